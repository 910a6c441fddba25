// Planning a sitting: title, time, chair, units and people. A unit is invited whole, with one stroke for all communes.
import { get, post } from "../api.js";
import { ask } from "../elements/confirm.js";
import { VIETNAM_MS, detailFields, detailsOf } from "../details.js";
import { Part, go, html, icon, newId, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */
/** @typedef {import("../wire.d.ts").PersonRow} PersonRow */

const HOUR_MS = 3_600_000;

const OCCASIONS = ["ordinary", "thematic", "urgent"];

const MOST = 24; // sittings of a series
const WEEK_MS = 7 * 86_400_000;

/** When the sittings of a series begin. A monthly one keeps the weekday and its place in the month. @param {number} begins @param {string} repeat @param {number} times */
function series(begins, repeat, times) {
  const found = [begins];
  const first = new Date(begins + VIETNAM_MS);
  const place = Math.floor((first.getUTCDate() - 1) / 7);
  while (repeat && found.length < Math.min(times, MOST)) {
    if (repeat === "weekly") {
      found.push(begins + found.length * WEEK_MS);
      continue;
    }
    const month = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + found.length, 1));
    const days = (first.getUTCDay() - month.getUTCDay() + 7) % 7;
    const day = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1 + days + 7 * Math.min(place, 3));
    found.push(day + ((begins + VIETNAM_MS) % 86_400_000) - VIETNAM_MS);
  }
  return found;
}

/** The title of a later one: what names a month names its own. @param {string} title @param {number} begins */
function retitled(title, begins) {
  const month = new Date(begins + VIETNAM_MS).getUTCMonth() + 1;
  return title.replace(/(tháng|month) \d{1,2}/i, (_, word) => `${word} ${month}`);
}

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
    this.ids = Array.from({ length: MOST }, newId); // of the rest of a series: asked twice, there is still one each
    this.proposed = { title: "", begins: Date.now(), place: "" };
    /** @type {import("../wire.d.ts").Like | null} the sitting this one is planned after */
    this.like = null;
    /** @type {import("../wire.d.ts").Template[]} */
    this.templates = [];
    /** @type {Set<string>} units between, which forward the call */
    this.through = new Set();
  }

  async connectedCallback() {
    super.connectedCallback();
    this.planning = (await this.attempt(() => get("/api/planning"))) ?? null;
    const like = new URLSearchParams(location.search).get("like");
    if (like) {
      this.like = (await this.attempt(() => get(`/api/sittings/${like}/plan`))) ?? null;
      if (this.like) this.proposed = { ...this.proposed, title: this.like.title, place: this.like.place };
      this.chosen = new Set(this.like?.units ?? []);
    }
    await this.choose(this.planning?.own[0] ?? "");
  }

  /** Plan for a unit: its people, its templates. @param {string} unit */
  async choose(unit) {
    this.unit = unit;
    this.templates = unit ? ((await this.attempt(() => get(`/api/units/${unit}/templates`))) ?? []) : [];
    this.requestUpdate();
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
    const names = form.has("naming");
    const items = this.templates.find((one) => one.id === text("template"))?.items ?? this.like?.items ?? [];
    const given = {
      unit: this.unit, chair: text("chair"), secretary: text("secretary"), clerk: text("clerk"), approver: text("approver"), items,
      units: names ? [] : [...this.chosen], convened: names ? [...this.chosen] : [], through: names ? [...this.through] : [], occasion: text("occasion"),
    };
    try {
      const first = detailsOf(form);
      if (first.begins < Date.now() - HOUR_MS && !(await ask({ title: t("plan.past-title"), text: t("plan.past-text", { when: moment(first.begins) }), act: t("plan.past-act") }))) return;
      const times = series(first.begins, text("repeat"), Number(text("times")));
      for (const [number, begins] of times.entries())
        await post("/api/sittings", { ...given, ...first, begins, id: number ? this.ids[number - 1] : this.planned, title: number ? retitled(first.title, begins) : first.title });
      go(times.length > 1 ? "/" : `/sittings/${this.planned}/prepare`);
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
  }

  /** @param {"chair" | "secretary" | "clerk"} name @param {string[]} roles */
  choice(name, roles) {
    const people = (this.planning?.people ?? []).filter((person) => person.unit === this.unit);
    const first = people.find((person) => person.id === this.like?.[name]) ?? people.find((person) => roles.includes(person.role));
    return html`<label class="field"><span>${t(`plan.${name}`)}</span><select name=${name} required>${people.map(
      (person) => html`<option value=${person.id} ?selected=${person === first}>${marked(person.name)}: ${marked(person.office)}</option>`,
    )}</select></label>`;
  }

  /** Who approves the agenda before it goes out; nobody has to. */
  approver() {
    const people = (this.planning?.people ?? []).filter((person) => person.unit === this.unit && person.role === "office-head");
    if (!people.length) return nothing;
    return html`<label class="field"><span>${t("plan.approver")}</span><select name="approver"><option value="">${t("plan.no-approver")}</option>${people.map((person) => html`<option value=${person.id} ?selected=${person.id === this.like?.approver}>${marked(person.name)}: ${marked(person.office)}</option>`)}</select></label>`;
  }

  /** Units above chosen ones that may forward the call. */
  between() {
    const units = this.planning?.units ?? [];
    const above = new Set(units.filter((unit) => this.chosen.has(unit.id) && unit.parent !== this.unit).map((unit) => unit.parent));
    const rows = units.filter((unit) => above.has(unit.id) && unit.id !== this.unit);
    if (!rows.length) return nothing;
    return html`<fieldset><legend>${t("plan.through")}</legend>${rows.map(
      (unit) => html`<label class="check"><input type="checkbox" @change=${(/** @type {Event} */ event) => (/** @type {HTMLInputElement} */ (event.target).checked ? this.through.add(unit.id) : this.through.delete(unit.id))}>${marked(unit.name)}</label>`,
    )}</fieldset>`;
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
          <label class="field"><span>${t("field.occasion")}</span><select name="occasion">${OCCASIONS.map((one) => html`<option value=${one} ?selected=${one === this.like?.occasion}>${t(`occasion.${one}`)}</option>`)}</select></label>
          <h2>${t("plan.invite")}</h2><p class="soft">${t("plan.invite-help")}</p>
          ${this.groups()}
          <label class="check"><input type="checkbox" name="naming"><span>${t("plan.naming")}<br><span class="small soft">${t("plan.naming-help")}</span></span></label>
          ${this.between()}
        </section>
        <section class="card stack">
          ${this.planning.own.length > 1
            ? html`<label class="field"><span>${t("field.unit")}</span><select @change=${(/** @type {Event} */ event) => this.choose(/** @type {HTMLSelectElement} */ (event.target).value)}>${this.planning.own.map((id) => html`<option value=${id}>${marked(this.planning?.units.find((unit) => unit.id === id)?.name ?? id)}</option>`)}</select></label>`
            : nothing}
          ${this.choice("chair", ["chair"])}${this.choice("secretary", ["secretary"])}${this.choice("clerk", ["clerk"])}
          ${this.approver()}
          ${this.templates.length ? html`<label class="field"><span>${t("plan.template")}</span><select name="template"><option value="">${t("plan.no-template")}</option>${this.templates.map((one) => html`<option value=${one.id}>${marked(one.name)}</option>`)}</select></label>` : nothing}
          <div class="form across"><label class="field"><span>${t("plan.repeat")}</span><select name="repeat"><option value="">${t("plan.once")}</option><option value="weekly">${t("plan.weekly")}</option><option value="monthly">${t("plan.monthly")}</option></select></label>
            <label class="field"><span>${t("plan.times")}</span><input name="times" type="number" min="1" max=${MOST} value="1"></label></div>
          <p class="small soft">${t("plan.members-help")} <a href="/administration/rules">${t("administration.rules")}</a></p>
          <p class="strong" aria-live="polite">${t("plan.count", { count: this.chosen.size })}</p>
          <button class="button act decisive wide">${icon("calendar-plus")}${t("plan.act")}</button>
        </section>
      </form></div>`;
  }
}

customElements.define("place-plan", Plan);
