// The register of numbers that a unit gave its documents: every one of them, used or void with its reason.
import { get } from "../api.js";
import { Part, html, nothing } from "../part.js";
import { date, marked, t } from "../words.js";

class RegisterPlace extends Part {
  static properties = { me: { attribute: false }, units: { state: true }, unit: { state: true }, year: { state: true }, rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {{unit: string, unit_name: string}[]} */
    this.units = [];
    this.unit = "";
    this.year = new Date().getFullYear();
    /** @type {import("../wire.d.ts").RegisterNumber[] | null} */
    this.rows = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    const keeps = (this.me?.offices ?? []).filter((office) => ["administrator", "clerk", "secretary", "office-head", "chair"].includes(office.role));
    this.units = [...new Map(keeps.map((office) => [office.unit, { unit: office.unit, unit_name: office.unit_name }])).values()];
    this.unit = this.units[0]?.unit ?? "";
    await this.look();
  }

  async look() {
    this.rows = this.unit ? ((await this.attempt(() => get(`/api/units/${this.unit}/register?year=${this.year}`))) ?? []) : [];
  }

  /** @param {Event} event */
  async choose(event) {
    this.unit = /** @type {HTMLSelectElement} */ (event.target).value;
    await this.look();
  }

  /** @param {number} step */
  async turn(step) {
    this.year += step;
    await this.look();
  }

  render() {
    return html`<div class="place stack"><div class="head"><h1>${t("place.place-register")}</h1></div>
      <section class="card stack"><div class="row">
          ${this.units.length > 1 ? html`<label class="field"><span>${t("field.unit")}</span><select @change=${this.choose}>${this.units.map((one) => html`<option value=${one.unit}>${marked(one.unit_name)}</option>`)}</select></label>` : nothing}
          <span class="push"></span><button class="button" @click=${() => this.turn(-1)}>${t("register.year", { year: this.year - 1 })}</button><span class="strong figures">${this.year}</span><button class="button" @click=${() => this.turn(1)}>${t("register.year", { year: this.year + 1 })}</button></div>
        ${this.rows?.length
          ? html`<ul class="list">${this.rows.map(
              (row) => html`<li><span class="main"><span class="strong figures">${marked(row.symbol)}</span> · ${marked(row.about)}<br><span class="small soft">${t(`document.${row.kind}`)}${row.day ? html` · ${date(Date.parse(row.day))}` : nothing}${row.void ? html` · ${marked(row.void)}` : nothing}</span></span>
                <span class="badge ${row.void ? "seal" : "good"}">${t(row.void ? "register.void" : "register.issued")}</span></li>`,
            )}</ul>`
          : html`<p class="soft">${t(this.rows ? "register.empty" : "app.loading")}</p>`}</section></div>`;
  }
}

customElements.define("place-register", RegisterPlace);
