// The tree of units, and the people in office at the chosen one.
import { drop, get, post, put } from "../api.js";
import { ask, fill } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */
/** @typedef {import("../wire.d.ts").PersonRow} PersonRow */

const KINDS = ["tinh", "thanh-pho", "thi-xa", "huyen", "huyen-dao", "thi-tran", "xa", "phuong", "dac-khu"];
const ROLES = ["chair", "deputy", "secretary", "office-head", "member", "specialist", "clerk", "technician", "administrator"];

class Units extends Part {
  static properties = { units: { state: true }, chosen: { state: true }, people: { state: true }, link: { state: true } };

  constructor() {
    super();
    /** @type {UnitRow[]} */
    this.units = [];
    this.chosen = "";
    /** @type {PersonRow[]} */
    this.people = [];
    this.link = "";
  }

  async connectedCallback() {
    super.connectedCallback();
    await this.look();
  }

  async look() {
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
    if (this.units.length) await this.choose(this.chosen || this.units[0].id);
  }

  /** @param {string} unit */
  async choose(unit) {
    this.chosen = unit;
    this.link = "";
    this.people = (await this.attempt(() => get(`/api/units/${unit}/people`))) ?? [];
  }

  /** @param {SubmitEvent} event @param {string} path @param {object} more */
  async add(event, path, more) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = { ...Object.fromEntries(new FormData(form)), ...more };
    if (await this.attempt(() => post(path, given))) {
      form.reset();
      await this.look();
    }
  }

  /** @param {PersonRow} person */
  async account(person) {
    const make = async (/** @type {string} */ login) => (this.link = (await post(`/api/people/${person.id}/account`, { login })).url);
    if (person.login) return void (await this.attempt(() => make(person.login)));
    const field = html`<label class="field"><span>${t("field.login")}</span><input name="login" required autocomplete="off" autocapitalize="none" maxlength="100"></label>`;
    await fill({ title: t("people.account-title", { name: person.name }), text: t("people.account-text"), act: t("people.account") }, field, (form) => make(String(form.get("login"))));
  }

  /** Where letters go. @param {PersonRow} person */
  async address(person) {
    const fields = html`<label class="field"><span>${t("field.email")}</span><input type="email" name="email" .value=${person.email}></label>`;
    await fill({ title: t("people.email-title", { name: person.name }), text: t("people.email-text"), act: t("prepare.details-save") }, fields, (form) =>
      put(`/api/people/${person.id}/email`, { email: String(form.get("email")) }),
    );
    await this.choose(this.chosen);
  }

  /** @param {PersonRow} person */
  async close(person) {
    if (await ask({ title: t("people.close-title", { name: person.name }), text: t("people.close-text"), act: t("people.close"), tone: "seal" }))
      await this.attempt(() => drop(`/api/people/${person.id}/account`));
    await this.choose(this.chosen);
  }

  /** @param {PersonRow} person */
  async end(person) {
    if (await ask({ title: t("people.end-title", { name: person.name }), text: t("people.end-text"), act: t("people.end"), tone: "seal" }))
      await this.attempt(() => drop(`/api/offices/${person.membership}`));
    await this.choose(this.chosen);
  }

  /** @param {PersonRow} person */
  row(person) {
    return html`<li><span class="main"><span class="strong">${marked(person.name)}</span><br><span class="small soft">${marked(person.office)} · ${t(`role.${person.role}`)}${person.counted ? ` · ${t("people.counted")}` : ""}${person.email ? html`<br>${marked(person.email)}` : nothing}</span></span>
      ${person.login ? html`<span class="badge good">${person.login}</span>` : nothing}
      <button class="button" @click=${() => this.account(person)}>${t(person.login ? "people.reset" : "people.account")}</button>
      ${person.login ? html`<button class="button" @click=${() => this.close(person)}>${t("people.close")}</button>` : nothing}
      <button class="button" @click=${() => this.address(person)}>${t("people.email")}</button>
      <button class="button" @click=${() => this.end(person)}>${t("people.end")}</button></li>`;
  }

  render() {
    const chosen = this.units.find((unit) => unit.id === this.chosen);
    return html`<div class="two">
      <section class="card stack"><h2>${chosen ? marked(chosen.name) : ""}</h2>
        ${this.link ? html`<div class="note"><p>${t("people.link")}</p><p class="hash">${this.link}</p></div>` : nothing}
        <ul class="list">${this.people.map((person) => this.row(person))}</ul>
        ${this.people.length ? nothing : html`<p class="soft">${t("people.none")}</p>`}
        <form class="form across" @submit=${(/** @type {SubmitEvent} */ event) => this.add(event, "/api/people", { unit: this.chosen, counted: new FormData(/** @type {HTMLFormElement} */ (event.target)).has("counted") })}>
          <label class="field"><span>${t("field.name")}</span><input name="name" required></label>
          <label class="field"><span>${t("people.honorific")}</span><select name="honorific"><option value="ong">${t("honorific.ong")}</option><option value="ba">${t("honorific.ba")}</option></select></label>
          <label class="field"><span>${t("people.role")}</span><select name="role">${ROLES.map((role) => html`<option value=${role} ?selected=${role === "member"}>${t(`role.${role}`)}</option>`)}</select></label>
          <label class="field"><span>${t("people.office")}</span><input name="office" required></label>
          <label class="check"><input type="checkbox" name="counted">${t("people.counted")}</label>
          <button class="button act">${icon("user-plus")}${t("people.add")}</button></form></section>
      <section class="card stack"><h2>${t("administration.units")}</h2>
        <div class="tree">${this.units.map(
          (unit) => html`<button class="tier-${unit.tier}" aria-current=${unit.id === this.chosen} @click=${() => this.choose(unit.id)}>${marked(unit.name)}</button>`,
        )}</div>
        <form class="form" @submit=${(/** @type {SubmitEvent} */ event) => this.add(event, "/api/units", { parent: this.chosen })}>
          <label class="field"><span>${t("units.name", { parent: chosen?.name ?? "" })}</span><input name="name" required></label>
          <label class="field"><span>${t("units.kind")}</span><select name="kind">${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === "xa"}>${t(`kind.${kind}`)}</option>`)}</select></label>
          <button class="button">${icon("plus")}${t("units.add")}</button></form></section></div>`;
  }
}

customElements.define("admin-units", Units);
