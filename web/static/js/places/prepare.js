// The secretary's desk before a sitting: agenda, papers, who is invited; then one act that sends it to everyone.
import { get, post, send } from "../api.js";
import { detailFields, detailsOf } from "../details.js";
import { ask } from "../elements/confirm.js";
import { html, icon, newId, nothing } from "../part.js";
import { SittingPlace } from "../sitting.js";
import { marked, moment, size, t } from "../words.js";

/** @typedef {import("../wire.d.ts").ItemPart} ItemPart */
/** @typedef {import("../wire.d.ts").Command} Command */

class Prepare extends SittingPlace {
  static properties = { units: { state: true }, editing: { state: true }, sending: { state: true }, told: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").UnitRow[]} */
    this.units = [];
    this.editing = "";
    /** @type {Record<string, {name: string, done: number}>} */
    this.sending = {};
    this.told = "";
  }

  async connectedCallback() {
    super.connectedCallback();
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
  }

  /** One more unit: its chair as a guest, and its site. @param {SubmitEvent} event */
  async invite(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    await this.attempt(() => post(`/api/sittings/${this.sitting}/invitations`, { units: [String(form.get("unit"))] }));
  }

  /** Title, time and place may be put right until it opens. @param {SubmitEvent} event */
  async correct(event) {
    event.preventDefault();
    const given = detailsOf(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    if (await this.ask({ kind: "change-details", ...given })) this.editing = "";
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  details(parts) {
    const { phase } = parts.sitting;
    if (phase !== "planned" && phase !== "released") return nothing;
    if (this.editing !== "details") return html`<div><button class="button" @click=${() => (this.editing = "details")}>${icon("pencil")}${t("prepare.details")}</button></div>`;
    return html`<form class="card form" @submit=${this.correct}>${detailFields(parts.sitting)}
      <div class="row"><button class="button act">${icon("save")}${t("prepare.details-save")}</button><button type="button" class="button" @click=${() => (this.editing = "")}>${t("act.close")}</button></div></form>`;
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  inviting(parts) {
    const own = parts.sitting.unit;
    const left = this.units.filter((unit) => unit.id !== own && !parts.sites.some((site) => site.unit === unit.id));
    if (!left.length || parts.sitting.phase === "closed") return nothing;
    return html`<form class="stack tight" @submit=${this.invite}><label class="field"><span>${t("prepare.invite-more")}</span>
        <select name="unit">${left.map((unit) => html`<option value=${unit.id}>${marked(unit.name)}</option>`)}</select></label>
      <button class="button">${icon("user-plus")}${t("prepare.invite")}</button></form>`;
  }

  /** @param {SubmitEvent} event @param {ItemPart | null} item */
  async save(event, item) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = new FormData(form);
    const values = {
      title: String(given.get("title")), minutes: Number(given.get("minutes")), rapporteur: String(given.get("rapporteur")),
      question: String(given.get("question")), closed: given.has("closed"),
    };
    const command = item ? { kind: "change-item", item: item.id, ...values } : { kind: "add-item", item: newId(), ...values };
    const sent = JSON.stringify([...given]);
    if (await this.ask(/** @type {Command} */ (command))) {
      this.editing = "";
      if (JSON.stringify([...new FormData(form)]) === sent) form.reset(); // unless the next one is being typed already
    }
  }

  /** @param {ItemPart} item @param {number} step */
  async move(item, step) {
    const position = item.number - 1 + step;
    await this.ask({ kind: "move-item", item: item.id, position });
  }

  /** @param {ItemPart} item */
  async leaveOut(item) {
    if (await ask({ title: t("prepare.remove-title", { title: item.title }), text: t("prepare.remove-text"), act: t("prepare.remove"), tone: "seal" }))
      await this.ask({ kind: "remove-item", item: item.id });
  }

  /** @param {import("../wire.d.ts").PaperPart} paper */
  async takeOff(paper) {
    if (await ask({ title: t("paper.remove", { name: paper.name }), text: t("prepare.remove-text"), act: t("prepare.remove"), tone: "seal" }))
      await this.ask({ kind: "detach-paper", paper: paper.id });
  }

  /** @param {ItemPart} item @param {FileList | null} files */
  async upload(item, files) {
    for (const file of files ?? []) {
      const key = newId();
      const name = file.name.replace(/\.pdf$/i, "");
      const step = (/** @type {number} */ done) => (this.sending = { ...this.sending, [key]: { name, done } });
      step(0);
      const taken = await this.attempt(() => send(`/api/sittings/${this.sitting}/items/${item.id}/papers?name=${encodeURIComponent(name)}`, file, step));
      const { [key]: _, ...rest } = this.sending;
      this.sending = rest;
      if (taken?.stripped?.length) this.told = t("prepare.stripped", { name, what: taken.stripped.map((/** @type {string} */ one) => t(`stripped.${one}`)).join(", ") });
    }
  }

  async release() {
    if (await ask({ title: t("prepare.release-title"), text: t("prepare.release-text"), act: t("prepare.release") })) await this.ask({ kind: "release" });
  }

  /** @param {ItemPart | null} item */
  form(item) {
    const people = this.parts?.people ?? {};
    return html`<form class="form" @submit=${(/** @type {SubmitEvent} */ event) => this.save(event, item)}>
      <label class="field"><span>${t("item.title")}</span><input name="title" required maxlength="500" .value=${item?.title ?? ""}></label>
      <div class="form across">
        <label class="field"><span>${t("item.minutes")}</span><input name="minutes" type="number" min="1" max="600" required value=${item?.minutes ?? 15}></label>
        <label class="field"><span>${t("item.rapporteur")}</span><select name="rapporteur"><option value="">${t("item.nobody")}</option>${Object.entries(people).map(
          ([id, card]) => html`<option value=${id} ?selected=${item?.rapporteur === id}>${marked(card.name)}: ${marked(card.office)}</option>`,
        )}</select></label></div>
      <label class="field"><span>${t("item.question")}</span><input name="question" maxlength="500" .value=${item?.question ?? ""}><span class="help">${t("item.question-help")}</span></label>
      <label class="check"><input type="checkbox" name="closed" ?checked=${item?.closed}>${t("item.closed")}</label>
      <div class="row"><button class="button act">${t(item ? "item.save" : "item.add")}</button>
        ${item ? html`<button type="button" class="button" @click=${() => (this.editing = "")}>${t("act.cancel")}</button>` : nothing}</div></form>`;
  }

  /** @param {ItemPart} item @param {number} count */
  item(item, count) {
    if (this.editing === item.id) return html`<li>${this.form(item)}</li>`;
    const over = (/** @type {DragEvent} */ event) => event.preventDefault();
    const dropped = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      void this.upload(item, event.dataTransfer?.files ?? null);
    };
    return html`<li class="agenda-item"><div class="main stack tight">
      <div class="row"><span class="number">${item.number}</span><span class="strong">${marked(item.title)}</span><span class="small soft">${t("item.length", { minutes: item.minutes })}</span>
        ${item.closed ? html`<span class="badge warn">${icon("lock")}${t("item.is-closed")}</span>` : nothing}</div>
      ${item.question ? html`<p class="small soft">${t("item.to-vote")} ${marked(item.question)}</p>` : nothing}
      <ul>${item.papers.map(
        (paper) => html`<li class="row small">${icon("file-text")}<a href="/sittings/${this.sitting}/papers/${paper.id}">${marked(paper.name)}</a><span class="soft">${t("paper.about", { pages: paper.pages, size: size(paper.size) })}</span>
          <button class="button plain" aria-label=${t("paper.remove", { name: paper.name })} @click=${() => this.takeOff(paper)}>${icon("x")}</button></li>`,
      )}</ul>
      <label class="drop" @dragover=${over} @drop=${dropped}><span class="button">${icon("upload")}${t("paper.choose")}</span><span class="soft">${t("paper.add")}</span><input class="read-only-to-ears" type="file" accept="application/pdf" multiple
        @change=${(/** @type {Event} */ event) => this.upload(item, /** @type {HTMLInputElement} */ (event.target).files)}></label></div>
      <div class="row"><button class="button" aria-label=${t("item.up", { title: item.title })} ?disabled=${item.number === 1} @click=${() => this.move(item, -1)}>${icon("arrow-up")}</button>
        <button class="button" aria-label=${t("item.down", { title: item.title })} ?disabled=${item.number === count} @click=${() => this.move(item, 1)}>${icon("arrow-down")}</button>
        <button class="button" @click=${() => (this.editing = item.id)}>${icon("pencil")}${t("item.edit")}</button>
        <button class="button" @click=${() => this.leaveOut(item)}>${icon("trash-2")}${t("prepare.remove")}</button></div></li>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const released = parts.sitting.phase !== "planned";
    const invited = parts.attendance.seats;
    return html`<div class="place stack">
      <div class="head"><div><h1>${marked(parts.sitting.title)}</h1><p class="soft">${moment(parts.sitting.begins)} · ${marked(parts.sitting.place)}</p></div>
        <span class="badge ${released ? "good" : "warn"}">${t(`phase.${parts.sitting.phase}`)}</span>
        ${released
          ? html`<span class="row push">${parts.sitting.phase === "released" ? html`<a class="button decisive" href="/sittings/${this.sitting}/rehearsal">${icon("bell-ring")}${t("prepare.rehearse")}</a>` : nothing}
            <a class="button act decisive" href="/sittings/${this.sitting}">${icon("door-open")}${t("desk.view")}</a></span>`
          : html`<button class="button act decisive push" ?disabled=${!parts.agenda.length} @click=${this.release}>${icon("send")}${t("prepare.release")}</button>`}</div>
      ${this.told ? html`<div class="note" role="status">${this.told}</div>` : nothing}
      ${this.details(parts)}
      <div class="two"><section class="card stack"><h2>${t("prepare.agenda")}</h2>
          <ol class="list">${parts.agenda.map((item) => this.item(item, parts.agenda.length))}</ol>
          ${Object.values(this.sending).map((one) => html`<label class="field"><span>${t("paper.sending", { name: one.name })}</span><progress max="1" .value=${one.done}></progress></label>`)}
          ${this.editing ? nothing : html`<h3>${t("item.new")}</h3>${this.form(null)}`}</section>
        <section class="card stack"><div class="row"><h2>${t("prepare.invited")}</h2><span class="soft figures">${invited.length}</span></div>
          <ul class="list">${invited.map((seat) => {
            const card = parts.people[seat.person];
            return html`<li><span class="main"><span class="strong">${marked(card?.name ?? "")}</span><br><span class="small soft">${marked(card?.office ?? "")}</span></span><span class="badge">${t(`seat.${seat.role}`)}</span></li>`;
          })}</ul><h3>${t("prepare.sites")}</h3><p class="small">${marked(Object.values(parts.rooms).join(", "))}</p>${this.inviting(parts)}</section></div></div>`;
  }
}

customElements.define("place-prepare", Prepare);
