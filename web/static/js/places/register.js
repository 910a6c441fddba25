// The registers of a unit: what went out under which number, used or void with its reason; what came in, from whom, who
// deals with it. The records clerk puts down, adds files, copies and voids; others read.
import { get, post } from "../api.js";
import { ask } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { annex, copy, issue, receive } from "../register/entry.js";
import { bare } from "../reader/find.js";
import { date, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Issued} Issued */
/** @typedef {import("../wire.d.ts").Incoming} Incoming */

const REGISTERS = /** @type {const} */ (["outgoing", "incoming"]);

class RegisterPlace extends Part {
  static properties = { me: { attribute: false }, units: { state: true }, unit: { state: true }, year: { state: true }, register: { state: true }, rows: { state: true }, query: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {{unit: string, unit_name: string}[]} */
    this.units = [];
    this.unit = "";
    this.year = new Date().getFullYear();
    /** @type {(typeof REGISTERS)[number]} */
    this.register = "outgoing";
    this.query = "";
    /** @type {(Issued | Incoming)[] | null} */
    this.rows = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    const keeps = (this.me?.offices ?? []).filter((office) => ["administrator", "clerk", "secretary", "office-head", "chair"].includes(office.role));
    this.units = [...new Map(keeps.map((office) => [office.unit, { unit: office.unit, unit_name: office.unit_name }])).values()];
    this.unit = this.units[0]?.unit ?? "";
    await this.look();
  }

  /** Does whoever looks keep this unit's registers? */
  get keeps() {
    return (this.me?.offices ?? []).some((office) => office.unit === this.unit && office.role === "clerk");
  }

  async look() {
    const [register, path] = [this.register, this.register === "outgoing" ? "register" : "incoming"];
    const rows = this.unit ? ((await this.attempt(() => get(`/api/units/${this.unit}/${path}?year=${this.year}`))) ?? []) : [];
    if (register === this.register) this.rows = rows;
  }

  /** @param {Partial<RegisterPlace>} where */
  async turn(where) {
    Object.assign(this, where, { rows: null });
    await this.look();
  }

  /** @param {Promise<unknown>} act */
  async settled(act) {
    if (await act) await this.look();
  }

  /** @param {Issued | Incoming} row */
  open(row) {
    return this.openLink(() => get(`/api/units/${this.unit}/registers/${this.register}/${row.year}/${encodeURIComponent(row.kind)}/${row.number}/file`));
  }

  /** @param {Issued} row */
  void_(row) {
    return ask({ title: t("register.void-title", { symbol: row.symbol }), text: t("register.void-text"), act: t("register.void-act"), tone: "seal", field: t("field.reason") }, (reason) =>
      post(`/api/units/${this.unit}/register/${row.year}/${encodeURIComponent(row.kind)}/${row.number}/void`, { reason }),
    );
  }

  /** @param {Issued} row @param {number} position */
  openAnnex(row, position) {
    return this.openLink(() => get(`/api/units/${this.unit}/register/${row.year}/${encodeURIComponent(row.kind)}/${row.number}/annexes/${position}`));
  }

  /** What may be done with a document. @param {Issued | Incoming} row @param {boolean} voids */
  acts(row, voids) {
    const act = (/** @type {string} */ sign, /** @type {string} */ word, /** @type {() => void} */ run) => html`<button class="button plain small-button" aria-label=${`${t(word)}: ${row.symbol}`} @click=${run}>${icon(sign)}${t(word)}</button>`;
    return html`<span class="row tight">${row.file ? act("file-text", "register.open", () => void this.open(row)) : nothing}
      ${row.file && this.keeps ? act("stamp", "register.copy", () => void this.settled(copy(this.unit, this.register, row))) : nothing}
      ${this.register === "outgoing" && this.keeps && !(/** @type {Issued} */ (row).void) ? act("paperclip", "register.annex", () => void this.settled(annex(this.unit, /** @type {Issued} */ (row)))) : nothing}
      ${voids && this.keeps ? act("ban", "register.void-act", () => void this.settled(this.void_(/** @type {Issued} */ (row)))) : nothing}</span>`;
  }

  /** @param {Issued | Incoming} row */
  urgency = (row) => (row.urgency ? html` <span class="badge seal">${t(`urgency.${row.urgency}`)}</span>` : nothing);

  /** @param {Issued} row */
  outgoing(row) {
    const receivers = (row.recipients ?? "").split("\n").filter(Boolean);
    return html`<li><span class="main"><span class="strong figures">${marked(row.symbol)}</span>${this.urgency(row)} · ${marked(row.about)}<br>
        <span class="small soft">${t(`document.${row.kind}`)}${row.day ? html` · ${date(Date.parse(row.day))}` : nothing}${receivers.length ? html` · ${t("register.to")}: ${marked(receivers.join("; "))}` : nothing}${row.void ? html` · ${marked(row.void)}` : nothing}</span>
        ${row.annexes?.length ? html`<span class="row tight" role="group" aria-label=${t("register.annexes")}>${row.annexes.map((one) => html`<button class="button plain small-button" @click=${() => void this.openAnnex(row, one.position)}>${icon("paperclip")}${marked(one.name)}</button>`)}</span>` : nothing}
        ${this.acts(row, !row.void && row.thing.startsWith("document:"))}</span>
      <span class="badge ${row.void ? "seal" : "good"}">${t(row.void ? "register.void" : "register.issued")}</span></li>`;
  }

  /** @param {Incoming} row */
  incoming(row) {
    return html`<li><span class="main"><span class="strong figures">${row.number}</span> · <span class="strong">${marked(row.sender)}</span>, ${marked(row.symbol)}${this.urgency(row)} · ${marked(row.about)}<br>
        <span class="small soft">${t("register.came", { day: date(Date.parse(row.day)) })} · ${t(`document.${row.kind}`)} · ${t("register.of-day", { day: date(Date.parse(row.dated)) })}${row.handler ? html` · ${t("register.handler")}: ${marked(row.handler)}` : nothing}${row.due ? html` · ${t("register.due")}: ${date(Date.parse(row.due))}` : nothing}</span>
        ${this.acts(row, false)}</span></li>`;
  }

  /** Those that hold every word that is sought, with or without marks. */
  get found() {
    const words = bare(this.query.toLowerCase()).split(/\s+/).filter(Boolean);
    return (this.rows ?? []).filter((row) => {
      const said = bare(Object.values(row).join(" ").toLowerCase());
      return words.every((word) => said.includes(word));
    });
  }

  render() {
    const out = this.register === "outgoing";
    return html`<div class="place stack"><div class="head"><h1>${t("place.place-register")}</h1><span class="push"></span>
        ${this.keeps ? html`<button class="button act" @click=${() => void this.settled(out ? issue(this.unit) : receive(this.unit))}>${icon("plus")}${t(out ? "register.issue" : "register.receive")}</button>` : nothing}</div>
      <nav class="tabs" role="tablist" aria-label=${t("place.place-register")}>${REGISTERS.map((one) => html`<button role="tab" aria-selected=${this.register === one} @click=${() => this.turn({ register: one })}>${t(`register.${one}`)}</button>`)}</nav>
      <section class="card stack"><div class="row">
          ${this.units.length > 1 ? html`<label class="field"><span>${t("field.unit")}</span><select @change=${(/** @type {Event} */ event) => this.turn({ unit: /** @type {HTMLSelectElement} */ (event.target).value })}>${this.units.map((one) => html`<option value=${one.unit}>${marked(one.unit_name)}</option>`)}</select></label>` : nothing}
          <label class="field"><span class="read-only-to-ears">${t("register.seek")}</span><input type="search" placeholder=${t("register.seek")} .value=${this.query} @input=${(/** @type {Event} */ event) => (this.query = /** @type {HTMLInputElement} */ (event.target).value)}></label>
          <span class="push"></span><button class="button" @click=${() => this.turn({ year: this.year - 1 })}>${t("register.year", { year: this.year - 1 })}</button><span class="strong figures">${this.year}</span><button class="button" @click=${() => this.turn({ year: this.year + 1 })}>${t("register.year", { year: this.year + 1 })}</button></div>
        ${this.found.length
          ? html`<ul class="list">${this.found.map((row) => (out ? this.outgoing(/** @type {Issued} */ (row)) : this.incoming(/** @type {Incoming} */ (row))))}</ul>`
          : html`<p class="soft">${t(!this.rows ? "app.loading" : this.query ? "register.none" : out ? "register.empty" : "register.empty-incoming")}</p>`}</section></div>`;
  }
}

customElements.define("place-register", RegisterPlace);
