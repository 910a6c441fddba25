// Planning a sitting: title, time, chair, units and people. A unit is invited whole, with one stroke for all communes.
import { get, post } from "../api.js";
import { detailFields, detailsOf } from "../details.js";
import { Part, go, html, icon, newId, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */
/** @typedef {import("../wire.d.ts").PersonRow} PersonRow */

const OCCASIONS = ["ordinary", "thematic", "urgent"];

class Plan extends Part {
  static properties = { planning: { state: true }, unit: { state: true }, chosen: { state: true }, fault: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Planning | null} */
    this.planning = null;
    this.unit = "";
    /** @type {Set<string>} */
    this.chosen = new Set();
    this.fault = "";
    this.planned = newId();
    this.proposed = { title: "", begins: Date.now(), place: "" };
  }

  async connectedCallback() {
    super.connectedCallback();
    this.planning = (await this.attempt(() => get("/api/planning"))) ?? null;
    this.unit = this.planning?.own[0] ?? "";
  }

  /** @param {string} id */
  toggle(id) {
    const next = new Set(this.chosen);
    if (!next.delete(id)) next.add(id);
    this.chosen = next;
  }

  /** Every unit right below one: all, or none if all were chosen. @param {UnitRow[]} units */
  stroke(units) {
    const all = units.every((unit) => this.chosen.has(unit.id));
    const next = new Set(this.chosen);
    for (const unit of units) {
      if (all) next.delete(unit.id);
      else next.add(unit.id);
    }
    this.chosen = next;
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ name) => String(form.get(name) ?? "");
    this.fault = "";
    try {
      const made = await post("/api/sittings", {
        id: this.planned, unit: this.unit, ...detailsOf(form),
        chair: text("chair"), secretary: text("secretary"), clerk: text("clerk"), units: [...this.chosen], occasion: text("occasion"),
      });
      go(`/sittings/${made.id}/prepare`);
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
  }

  /** @param {string} name @param {string[]} roles */
  choice(name, roles) {
    const people = (this.planning?.people ?? []).filter((person) => person.unit === this.unit);
    const first = people.find((person) => roles.includes(person.role));
    return html`<label class="field"><span>${t(`plan.${name}`)}</span><select name=${name} required>${people.map(
      (person) => html`<option value=${person.id} ?selected=${person === first}>${marked(person.name)}: ${marked(person.office)}</option>`,
    )}</select></label>`;
  }

  /** The units above mine, the nearest first. */
  above() {
    const units = this.planning?.units ?? [];
    const found = [];
    for (let at = units.find((unit) => unit.id === this.unit); at; ) {
      const parent = at.parent;
      at = units.find((unit) => unit.id === parent);
      if (at) found.push(at);
    }
    return found;
  }

  /** @param {UnitRow} unit */
  box(unit) {
    return html`<label class="check"><input type="checkbox" .checked=${this.chosen.has(unit.id)} @change=${() => this.toggle(unit.id)}>${marked(unit.name)}</label>`;
  }

  /** Units that can be invited: the level above, then the rest in groups under their parent, mine first. */
  groups() {
    const units = this.planning?.units ?? [];
    const above = this.above();
    const parents = units.filter((unit) => units.some((child) => child.parent === unit.id));
    parents.sort((a, b) => Number(b.id === this.unit) - Number(a.id === this.unit));
    const upper = above.length ? html`<fieldset><legend>${t("plan.above")}</legend><div class="people-grid">${above.map((unit) => this.box(unit))}</div></fieldset>` : nothing;
    const groups = parents.map((parent) => {
      const children = units.filter((unit) => unit.parent === parent.id && unit.id !== this.unit);
      if (!children.length) return nothing;
      const all = children.every((unit) => this.chosen.has(unit.id));
      return html`<fieldset><legend>${t("plan.below", { unit: parent.name })}</legend>
        <button type="button" class="button" aria-pressed=${all} @click=${() => this.stroke(children)}>${icon("check-check")}${t("plan.all", { unit: parent.name, count: children.length })}</button>
        <div class="people-grid">${children.map((unit) => this.box(unit))}</div></fieldset>`;
    });
    return [upper, ...groups];
  }

  render() {
    if (!this.planning) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    return html`<div class="place"><div class="head"><h1>${t("place.place-plan")}</h1></div>
      <form class="two" @submit=${this.submit}>
        <section class="card stack">
          ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
          ${detailFields(this.proposed)}
          <label class="field"><span>${t("field.occasion")}</span><select name="occasion">${OCCASIONS.map((one) => html`<option value=${one}>${t(`occasion.${one}`)}</option>`)}</select></label>
          <h2>${t("plan.invite")}</h2><p class="soft">${t("plan.invite-help")}</p>
          ${this.groups()}
        </section>
        <section class="card stack">
          ${this.planning.own.length > 1
            ? html`<label class="field"><span>${t("field.unit")}</span><select @change=${(/** @type {Event} */ event) => (this.unit = /** @type {HTMLSelectElement} */ (event.target).value)}>${this.planning.own.map((id) => html`<option value=${id}>${marked(this.planning?.units.find((unit) => unit.id === id)?.name ?? id)}</option>`)}</select></label>`
            : nothing}
          ${this.choice("chair", ["chair"])}${this.choice("secretary", ["secretary"])}${this.choice("clerk", ["clerk"])}
          <p class="small soft">${t("plan.members-help")}</p>
          <p class="strong" aria-live="polite">${t("plan.count", { count: this.chosen.size })}</p>
          <button class="button act decisive wide">${icon("calendar-plus")}${t("plan.act")}</button>
        </section>
      </form></div>`;
  }
}

customElements.define("place-plan", Plan);
