// Minutes after a sitting: the text to edit or approve, the number, who has signed, who has received.
import { call, get, post } from "../api.js";
import { ask, fill } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import "../minutes/archive.js";
import "../minutes/comments.js";
import "../minutes/outcomes.js";
import { SittingPlace } from "../sitting.js";
import { date, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").MinutesText} MinutesText */
/** @typedef {import("../wire.d.ts").Screen} Screen */

const STEPS = ["draft", "approved", "typeset", "signed", "circulated"];
const LINES = ["attendance", "course", "recipients"];

class Minutes extends SittingPlace {
  static properties = { minutes: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Minutes | null} */
    this.minutes = null;
    this.busy = false;
  }

  get role() {
    return this.seat?.role ?? "";
  }

  get reads() {
    return ["chair", "secretary", "clerk"].includes(this.role) || Boolean(this.parts?.minutes.open_to_comments);
  }

  /** Fetch the text whenever there is a newer version than the one shown, unless it is being edited. */
  async changed() {
    this.requestUpdate();
    const made = this.parts?.minutes;
    if (!this.reads || this.parts?.sitting.phase !== "closed" || this.loading) return;
    if (this.minutes && made && this.minutes.version >= made.version) return;
    if (this.minutes && this.dirty) return;
    this.loading = true;
    const found = await this.attempt(() => get(`/api/sittings/${this.sitting}/minutes`));
    this.minutes = found ? this.unsaved(found) : this.minutes;
    this.loading = false;
  }

  /** What is being written is kept in this tab, for whoever looks at something else before saving. */
  get kept() {
    return `bacap.minutes.${this.sitting}`;
  }

  /** @param {HTMLFormElement} form */
  written(form) {
    return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, LINES.includes(name) ? String(value).split("\n") : String(value)]));
  }

  /** @param {Event} event */
  write(event) {
    this.dirty = true;
    const text = this.written(/** @type {HTMLFormElement} */ (event.currentTarget));
    sessionStorage.setItem(this.kept, JSON.stringify({ version: this.minutes?.version, text }));
  }

  /** Of this very version only: what somebody saved meanwhile is not written over. @param {import("../wire.d.ts").Minutes} found */
  unsaved(found) {
    const kept = JSON.parse(sessionStorage.getItem(this.kept) ?? "null");
    if (kept?.version !== found.version || this.role !== "secretary") return found;
    this.dirty = true;
    this.say(t("minutes.kept"));
    return { ...found, text: kept.text };
  }

  /** @param {SubmitEvent} event */
  async save(event) {
    event.preventDefault();
    const text = this.written(/** @type {HTMLFormElement} */ (event.target));
    const saved = await this.attempt(() => call("PUT", `/api/sittings/${this.sitting}/minutes`, { text, based_on: this.minutes?.version ?? 0 }));
    if (saved) {
      this.minutes = saved;
      this.dirty = false;
      sessionStorage.removeItem(this.kept);
      this.say(t("minutes.saved", { version: saved.version }));
    }
  }

  /** @param {() => Promise<unknown>} act */
  async do(act) {
    this.busy = true;
    await this.attempt(act);
    this.busy = false;
  }

  async approve() {
    const version = this.minutes?.version ?? 0;
    const open = this.parts?.comments.filter((one) => typeof one.taken !== "boolean").length ?? 0;
    const text = `${open ? `${t("minutes.approve-comments", { count: open })} ` : ""}${t("minutes.approve-text")}`;
    if (await ask({ title: t("minutes.approve-title"), text, act: t("minutes.approve"), tone: "seal" }))
      await this.do(() => this.line.do(this.sitting, { kind: "approve-minutes", version }));
  }

  async giveBack() {
    await ask({ title: t("minutes.return-title"), act: t("minutes.return"), field: t("minutes.reason") }, (reason) =>
      this.send({ kind: "return-minutes", version: this.minutes?.version ?? 0, reason }),
    );
  }

  async number() {
    const parts = this.parts;
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10); // in Vietnam
    const voters = new Set(parts?.attendance.seats.filter((seat) => seat.entitled).map((seat) => seat.person));
    /** @type {import("../wire.d.ts").Power[]} */
    const powers = ((await get(`/api/units/${parts?.sitting.unit ?? ""}/powers`).catch(() => null)) ?? []).filter((/** @type {import("../wire.d.ts").Power} */ one) => one.begins <= today && today <= one.ends && voters.has(one.person));
    const fields = powers.length
      ? html`<label class="field"><span>${t("power.signer")}</span><select name="signer"><option value="">${t("power.chair")}</option>${powers.map((one) => html`<option value=${one.person}>${`${one.kind}. ${one.office}: ${parts?.people[one.person]?.name ?? ""}`}</option>`)}</select></label>`
      : null;
    const form = await fill({ title: t("minutes.number-title"), text: t("minutes.number-text"), act: t("minutes.number"), tone: "seal" }, fields);
    if (form) await this.do(() => post(`/api/sittings/${this.sitting}/minutes/number`, { signer: String(form.get("signer") ?? "") }));
  }

  /** @param {Screen} parts */
  async circulate(parts) {
    const closed = parts.agenda.some((item) => item.closed && item.opened_at);
    const people = parts.attendance.seats.filter((seat) => !closed || seat.role !== "guest").map((seat) => seat.person);
    if (await ask({ title: t("minutes.circulate-title"), text: t(closed ? "minutes.circulate-closed" : "minutes.circulate-text", { count: people.length }), act: t("minutes.circulate") }))
      await this.do(() => this.line.do(this.sitting, { kind: "circulate", people }));
  }

  openFile() {
    return this.openLink(() => get(`/api/sittings/${this.sitting}/minutes/file`));
  }

  /** What waits for me, as one button. @param {Screen} parts */
  next(parts) {
    const made = parts.minutes;
    const mine = made.recipients.includes(this.me?.id ?? "") && !made.acknowledged.some(([person]) => person === this.me?.id);
    if (made.step === "draft" && this.role === "chair")
      return html`<button class="button seal decisive wide" ?disabled=${this.busy} @click=${this.approve}>${icon("check")}${t("minutes.approve")}</button>
        <button class="button wide" @click=${this.giveBack}>${t("minutes.return")}</button>`;
    if ((made.step === "approved" || made.step === "numbered") && this.role === "chair")
      return html`<p class="soft">${t("minutes.with-the-clerk")}</p><button class="button wide" ?disabled=${this.busy} @click=${this.giveBack}>${t("minutes.return")}</button>`;
    if ((made.step === "approved" || made.step === "numbered") && this.role === "clerk")
      return html`<button class="button seal decisive wide" ?disabled=${this.busy} @click=${this.number}>${icon("stamp")}${t("minutes.number")}</button>`;
    const instead = made.next_field === "chair" && made.signer;
    const turn = instead ? made.signer === this.me?.id : { secretary: "secretary", chair: "chair", seal: "clerk" }[made.next_field] === this.role;
    if (made.step === "typeset" && made.next_field && turn)
      return html`<a class="button seal decisive wide" href="/sittings/${this.sitting}/sign">${icon("signature")}${t(`waiting-act.sign`)}</a>`;
    if (made.step === "signed" && (this.role === "clerk" || this.role === "secretary"))
      return html`<button class="button act decisive wide" ?disabled=${this.busy} @click=${() => this.circulate(parts)}>${icon("send")}${t("minutes.circulate")}</button>`;
    if (made.step === "circulated" && mine)
      return html`<button class="button act decisive wide" ?disabled=${this.busy} @click=${() => this.do(() => this.line.do(this.sitting, { kind: "acknowledge" }))}>${icon("mail-check")}${t("minutes.acknowledge")}</button>`;
    const who = made.next_field ? t(`signature.${made.next_field}`) : "";
    return html`<p class="note">${t(`minutes.wait-${made.step}`, { who, done: made.acknowledged.length, all: made.recipients.length })}</p>`;
  }

  /** @param {Screen} parts */
  steps(parts) {
    const made = parts.minutes;
    if (made.step === "withheld") return nothing;
    const at = STEPS.indexOf(made.step === "numbered" ? "approved" : made.step);
    return html`<ol class="steps">${STEPS.map(
      (step, index) => html`<li class=${index < at ? "done" : index === at ? "now" : ""} aria-current=${index === at ? "step" : "false"}><span class="n">${index < at ? icon("check") : index + 1}</span><span>${t(`minutes.step-${step}`)}${step === "typeset" && made.symbol ? html`<br><span class="small soft">${made.symbol}</span>` : nothing}</span></li>`,
    )}</ol>`;
  }

  /** @param {Screen} parts */
  proof(parts) {
    const made = parts.minutes;
    return html`${made.signatures.length
        ? html`<h3>${t("minutes.signatures")}</h3><ul class="list">${made.signatures.map(
            ([field, person, at]) => html`<li><span class="main"><span class="strong">${marked(parts.people[person]?.name ?? "")}</span><br><span class="small soft">${t(`signature.${field}`)} · ${moment(at)}</span></span><span class="badge good">${icon("check")}${t("minutes.signed")}</span></li>`,
          )}</ul>`
        : nothing}
      ${made.proved_until ? html`<p class="small">${icon("shield-check")} ${t("minutes.proved", { when: date(made.proved_until) })}</p>` : made.step === "signed" ? html`<p class="small soft">${t("minutes.not-proved")}</p>` : nothing}
      ${made.recipients.length
        ? html`<h3>${t("minutes.receipts", { done: made.acknowledged.length, all: made.recipients.length })}</h3><ul class="list">${made.recipients.map((person) => {
            const done = made.acknowledged.find(([one]) => one === person);
            return html`<li><span class="main">${marked(parts.people[person]?.name ?? "")}</span><span class="badge ${done ? "good" : ""}">${done ? moment(done[1]) : t("minutes.not-acknowledged")}</span></li>`;
          })}</ul>${this.reads ? html`<p><a class="button plain" href="/api/sittings/${this.sitting}/minutes/receipts.zip" download>${icon("download")}${t("minutes.receipts-file")}</a></p>` : nothing}`
        : nothing}
      ${made.code ? html`<p class="small">${t("minutes.code")} <a href="/k/${made.code}">${made.code}</a></p>` : nothing}`;
  }

  /** @param {string} name @param {MinutesText} text @param {boolean} edits */
  field(name, text, edits) {
    const value = /** @type {any} */ (text)[name];
    const long = LINES.includes(name);
    const shown = long ? value.join("\n") : value;
    if (!edits) return html`<div><h3>${t(`minutes.${name}`)}</h3>${(long ? value : [value]).map((/** @type {string} */ line) => html`<p class="document-text">${marked(line)}</p>`)}</div>`;
    return html`<label class="field"><span>${t(`minutes.${name}`)}</span>${long
      ? html`<textarea name=${name} rows=${Math.min(24, value.length + 2)} .value=${shown}></textarea>`
      : html`<input name=${name} required .value=${shown}>`}</label>`;
  }

  /** @param {Screen} parts */
  text(parts) {
    const minutes = this.minutes;
    if (!minutes) {
      const why = parts.sitting.phase !== "closed" ? "minutes.nothing-yet" : parts.minutes.step === "withheld" ? "minutes.wait-withheld" : parts.minutes.step === "circulated" ? "minutes.in-file" : this.reads ? "app.loading" : "minutes.not-for-you";
      return html`<p class="soft">${t(why)}</p>`;
    }
    const open = parts.minutes.step === "draft";
    const edits = this.role === "secretary" && (open || Boolean(this.dirty));
    const names = ["subject", "begun", "venue", "attendance", "chair", "secretary", "course", "ended", "recipients"];
    const body = names.map((name) => this.field(name, minutes.text, edits));
    if (!edits) return html`<div class="stack">${body}</div>`;
    const late = open ? nothing : html`<div class="note seal" role="alert">${t("minutes.unsaved")}</div>`;
    return html`<form class="stack" @submit=${this.save} @input=${this.write}>${late}${body}<button class="button act decisive">${icon("save")}${t("minutes.save")}</button></form>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return this.waits();
    const made = parts.minutes;
    return html`<div class="place stack"><div class="head"><div><h1>${t("place.place-minutes")}</h1><p class="soft">${marked(parts.sitting.title)}</p></div></div>
      ${parts.sitting.phase === "closed" ? nothing : html`<div class="note">${t("minutes.not-closed")}</div>`}
      ${made.returned ? html`<div class="note warn"><span class="strong">${made.refused_by ? t("minutes.was-refused", { who: parts.people[made.refused_by]?.name ?? "" }) : t("minutes.was-returned")}</span> ${marked(made.returned)}</div>` : nothing}
      <div class="two"><section class="card stack">${this.text(parts)}</section>
        <section class="card stack">${this.steps(parts)}${made.pdf ? html`<button class="button wide" @click=${this.openFile}>${icon("file-text")}${t("minutes.open-file")}</button>` : nothing}${parts.sitting.phase === "closed" ? this.next(parts) : nothing}${parts.recordings.length ? html`<a class="button wide" href="/sittings/${this.sitting}/recordings">${icon("play")}${t("minutes.recordings", { count: parts.recordings.length })}</a>` : nothing}${this.proof(parts)}
          <minutes-comments .room=${this} .parts=${parts} .version=${this.minutes?.version ?? 0}></minutes-comments>${parts.sitting.phase === "closed" ? html`<minutes-outcomes .room=${this} .parts=${parts}></minutes-outcomes><minutes-archive .room=${this} .parts=${parts}></minutes-archive>` : nothing}</section></div></div>`;
  }
}

customElements.define("place-minutes", Minutes);
