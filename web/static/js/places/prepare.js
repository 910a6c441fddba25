// The secretary's desk before a sitting: agenda, papers, who is invited and who comes; the way to the release.
import { get, post, put } from "../api.js";
import { detailFields, detailsOf } from "../details.js";
import { ask } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import "../prepare/agenda.js";
import "../prepare/release.js";
import "../prepare/replies.js";
import { ASKED, SittingPlace } from "../sitting.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Screen} Screen */

class Prepare extends SittingPlace {
  static properties = { units: { state: true }, editing: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").UnitRow[]} */
    this.units = [];
    this.editing = false;
  }

  async connectedCallback() {
    super.connectedCallback();
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
  }

  get prepares() {
    return this.seat?.role === "secretary";
  }

  /** One more unit: its chair as a guest, and its site. @param {SubmitEvent} event */
  async invite(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    await this.attempt(() => post(`/api/sittings/${this.sitting}/invitations`, { units: [String(form.get("unit"))] }));
  }

  /** @param {string} person @param {string} name */
  async uninvite(person, name) {
    if (await ask({ title: t("prepare.uninvite-title", { name }), text: t("prepare.uninvite-text"), act: t("prepare.uninvite-short"), tone: "seal" })) await this.ask({ kind: "uninvite", people: [person] });
  }

  /** Title, time and place may be put right until it opens. @param {SubmitEvent} event */
  async correct(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const given = { ...detailsOf(form), reason: String(form.get("reason") ?? ""), seen: this.view?.seq ?? 0 };
    if (await this.did(() => put(`/api/sittings/${this.sitting}/details`, given))) this.editing = false;
  }

  async cancel() {
    await ask({ title: t("prepare.cancel-title"), text: t("prepare.cancel-text"), act: t("prepare.cancel"), tone: "seal", field: t("field.reason") }, (reason) =>
      this.send({ kind: "cancel", reason }),
    );
  }

  async keepTemplate() {
    const unit = this.parts?.sitting.unit;
    const kept = await ask({ title: t("prepare.template-title"), act: t("prepare.template"), field: t("prepare.template-name"), value: this.parts?.sitting.title }, (name) =>
      post(`/api/units/${unit}/templates`, { name, sitting: this.sitting }),
    );
    if (kept) this.say(t("prepare.template-kept"));
  }

  /** One click: the minutes of the sitting before are an item of this one, with their file. */
  async previousMinutes() {
    if (await this.attempt(() => post(`/api/sittings/${this.sitting}/previous-minutes`))) this.say(t("prepare.previous-put"));
  }

  showInvitation() {
    return this.openLink(() => get(`/api/sittings/${this.sitting}/invitation`));
  }

  /** @param {Screen} parts */
  details(parts) {
    const { phase, invitation } = parts.sitting;
    const paper = invitation ? html`<button class="button" @click=${this.showInvitation}>${icon("mail-check")}${t("prepare.invitation", { symbol: invitation })}</button>` : nothing;
    if (!this.prepares || (phase !== "planned" && phase !== "released")) return html`<div class="row">${paper}</div>`;
    if (!this.editing)
      return html`<div class="row">${paper}<button class="button" @click=${() => (this.editing = true)}>${icon("pencil")}${t("prepare.details")}</button>
        <a class="button" href="/plan?like=${this.sitting}">${icon("calendar-plus")}${t("prepare.again")}</a>
        <button class="button" @click=${this.previousMinutes}>${icon("file-text")}${t("prepare.previous")}</button>
        <button class="button" @click=${this.keepTemplate}>${icon("save")}${t("prepare.template")}</button>
        <button class="button" @click=${this.cancel}>${icon("ban")}${t("prepare.cancel")}</button></div>`;
    return html`<form class="card form" @submit=${this.correct}>${detailFields(parts.sitting)}
      ${phase === "released" ? html`<label class="field"><span>${t("prepare.change-reason")}</span><input name="reason" maxlength="500"><span class="help">${t("prepare.change-help")}</span></label>` : nothing}
      <div class="row"><button class="button act">${icon("save")}${t("prepare.details-save")}</button><button type="button" class="button" @click=${() => (this.editing = false)}>${t("act.close")}</button></div></form>`;
  }

  /** @param {Screen} parts */
  inviting(parts) {
    const own = parts.sitting.unit;
    const left = this.units.filter((unit) => unit.id !== own && !parts.sites.some((site) => site.unit === unit.id) && !parts.attendance.seats.some((seat) => seat.unit === unit.id));
    if (!left.length || !this.prepares || parts.sitting.phase === "closed" || parts.sitting.phase === "cancelled") return nothing;
    return html`<form class="stack tight" @submit=${this.invite}><label class="field"><span>${t("prepare.invite-more")}</span>
        <select name="unit" required><option value="">${t("prepare.choose-unit")}</option>${left.map((unit) => html`<option value=${unit.id}>${marked(unit.name)}</option>`)}</select></label>
      <button class="button">${icon("user-plus")}${t("prepare.invite")}</button></form>`;
  }

  /** @param {Screen} parts */
  notes(parts) {
    const { cancelled, agenda_reason: returned, short_reason: short, phase } = parts.sitting;
    return html`${cancelled ? html`<div class="note seal" role="status">${t("prepare.cancelled", { reason: marked(cancelled) })}</div>` : nothing}
      ${returned && phase === "planned" ? html`<div class="note warn" role="status">${t("agenda.returned", { reason: marked(returned) })}</div>` : nothing}
      ${short ? html`<div class="note">${t("release.was-short", { reason: marked(short) })}</div>` : nothing}`;
  }

  /** @param {Screen} parts */
  go(parts) {
    const { phase } = parts.sitting;
    if (phase === "planned") return html`<prepare-release class="push" .room=${this} .parts=${parts}></prepare-release>`;
    if (phase === "cancelled") return nothing;
    return html`<span class="row push">${phase === "released" ? html`<a class="button decisive" href="/sittings/${this.sitting}/rehearsal">${icon("bell-ring")}${t("prepare.rehearse")}</a>` : nothing}
      <a class="button act decisive" href="/sittings/${this.sitting}">${icon("door-open")}${t("desk.view")}</a></span>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return this.waits();
    const { phase, title, begins, place, occasion } = parts.sitting;
    const invited = parts.attendance.seats.filter((seat) => phase === "planned" || !ASKED.includes(seat.role)); // the others are with their replies
    const tone = { planned: "warn", cancelled: "seal" }[/** @type {"planned" | "cancelled"} */ (phase)] ?? "good";
    return html`<div class="place stack">
      <div class="head"><div><h1>${marked(title)}</h1><p class="soft">${t(`occasion.${occasion}`)} · ${moment(begins)} · ${marked(place)}</p></div>
        <span class="badge ${tone}">${t(`phase.${phase}`)}</span>${this.go(parts)}</div>
      ${this.notes(parts)}${this.details(parts)}
      <div class="two"><prepare-agenda .room=${this} .parts=${parts}></prepare-agenda>
        <div class="stack"><prepare-replies .room=${this} .parts=${parts}></prepare-replies>
          <section class="card stack"><div class="row"><h2>${t("prepare.invited")}</h2><span class="soft figures">${invited.length}</span></div>
          <ul class="list">${invited.map((seat) => {
            const card = parts.people[seat.person];
            return html`<li><span class="main"><span class="strong">${marked(card?.name ?? "")}</span><br><span class="small soft">${marked(card?.office ?? "")}</span></span><span class="badge">${t(`seat.${seat.role}`)}</span>
              ${seat.role === "guest" && this.prepares ? html`<button class="button plain" aria-label=${t("prepare.uninvite", { name: card?.name ?? "" })} @click=${() => this.uninvite(seat.person, card?.name ?? "")}>${icon("x")}${t("prepare.uninvite-short")}</button>` : nothing}</li>`;
          })}</ul><h3>${t("prepare.sites")}</h3><p class="small">${marked(Object.values(parts.rooms).join(", "))}</p>${this.inviting(parts)}</section></div></div></div>`;
  }
}

customElements.define("place-prepare", Prepare);
