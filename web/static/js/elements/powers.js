// Who may sign in the chair's place, by which power and until when; given and ended by who leads the unit.
import { drop, get, post } from "../api.js";
import { ask, fill } from "./confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Power} Power */

const KINDS = ["KT", "TM", "TL", "TUQ"];

class Powers extends Part {
  static properties = { unit: { attribute: false }, powers: { state: true }, people: { state: true } };

  constructor() {
    super();
    this.unit = "";
    /** @type {Power[]} */
    this.powers = [];
    /** @type {import("../wire.d.ts").PersonRow[]} */
    this.people = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    this.people = ((await get("/api/planning").catch(() => null))?.people ?? []).filter((/** @type {import("../wire.d.ts").PersonRow} */ one) => one.unit === this.unit);
    await this.look();
  }

  async look() {
    this.powers = (await this.attempt(() => get(`/api/units/${this.unit}/powers`))) ?? this.powers;
  }

  async give() {
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10); // in Vietnam
    const fields = html`<label class="field"><span>${t("power.person")}</span><select name="person" required>${this.people.map((one) => html`<option value=${one.id}>${`${one.name}, ${one.office}`}</option>`)}</select></label>
      <label class="field"><span>${t("power.kind")}</span><select name="kind">${KINDS.map((kind) => html`<option value=${kind}>${t(`power.kind-${kind}`)}</option>`)}</select></label>
      <label class="field"><span>${t("power.office")}</span><input name="office" required maxlength="100" value="CHỦ TỊCH" data-own-words></label>
      <label class="field"><span>${t("power.basis")}</span><input name="basis" required maxlength="200"></label>
      <label class="field"><span>${t("power.begins")}</span><input type="date" name="begins" required value=${today}></label>
      <label class="field"><span>${t("power.ends")}</span><input type="date" name="ends" required value=${today}></label>`;
    const told = (/** @type {FormData} */ form) => Object.fromEntries(["person", "kind", "office", "basis", "begins", "ends"].map((name) => [name, String(form.get(name))]));
    await fill({ title: t("power.give"), text: t("power.give-text"), act: t("power.give") }, fields, (form) => post(`/api/units/${this.unit}/powers`, told(form)));
    await this.look();
  }

  /** @param {Power} one */
  async end(one) {
    if (!(await ask({ title: t("power.end-title"), text: t("power.end-text"), act: t("power.end"), tone: "seal" }))) return;
    await this.attempt(() => drop(`/api/powers/${one.id}`));
    await this.look();
  }

  render() {
    const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    return html`<section class="card stack"><h2>${icon("user-check")} ${t("power.title")}</h2><p class="soft">${t("power.about")}</p>
      ${this.powers.length ? html`<ul class="list">${this.powers.map((one) => html`<li><span class="main"><span class="strong">${marked(this.people.find((person) => person.id === one.person)?.name ?? "")}</span><br><span class="small">${marked(`${one.kind}. ${one.office}`)} · ${marked(one.basis)}</span><br><span class="small soft">${t("power.days", { begins: date(Date.parse(one.begins)), ends: date(Date.parse(one.ends)) })}</span></span>${one.ends < today ? html`<span class="badge">${t("power.over")}</span>` : html`<button class="button" @click=${() => this.end(one)}>${icon("x")}${t("power.end")}</button>`}</li>`)}</ul>` : nothing}
      <div class="row"><button class="button act" @click=${this.give}>${icon("plus")}${t("power.give")}</button></div></section>`;
  }
}

customElements.define("signature-powers", Powers);
