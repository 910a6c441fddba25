// Tasks of my unit: what it has and has to acknowledge, hand down or report; what it gave; who is behind, tier by tier.
import { get, post } from "../api.js";
import { ask, fill } from "../elements/confirm.js";
import { Part, html, icon, newId, nothing } from "../part.js";
import { date, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").TaskRow} TaskRow */
/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */

/** What is asked for in a task, for those who give one. @param {UnitRow[]} units @param {string} text @param {string} latest an ISO day, or "" */
export const taskFields = (units, text, latest) => html`<label class="field"><span>${t("task.text")}</span><textarea name="text" required maxlength="20000" .value=${text}></textarea></label>
  <label class="field"><span>${t("task.lead")}</span><select name="lead" required>${units.map((unit) => html`<option value=${unit.id}>${marked(unit.name)}</option>`)}</select></label>
  <details><summary>${t("task.supporting")}</summary><fieldset class="many"><legend class="read-only-to-ears">${t("task.supporting")}</legend>${units.map((unit) => html`<label class="check"><input type="checkbox" name="supporting" value=${unit.id}>${marked(unit.name)}</label>`)}</fieldset></details>
  <label class="field"><span>${t("task.deadline")}</span><input type="date" name="deadline" required max=${latest || nothing}></label>`;

/** @param {FormData} form @param {string} id */
export const taskOf = (form, id) => ({ id, text: String(form.get("text")), lead: String(form.get("lead")), deadline: String(form.get("deadline")), supporting: form.getAll("supporting").map(String) });

/** A unit and all below it. @param {UnitRow[]} units parents before children @param {string} unit */
export function within(units, unit) {
  const found = new Set([unit]);
  for (const one of units) if (found.has(one.parent)) found.add(one.id);
  return units.filter((one) => found.has(one.id));
}

class TasksPlace extends Part {
  static properties = { me: { attribute: false }, rows: { state: true }, tiers: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {TaskRow[] | null} */
    this.rows = null;
    /** @type {import("../wire.d.ts").Tier[]} */
    this.tiers = [];
    /** @type {UnitRow[]} */
    this.units = [];
    this.unit = "";
  }

  async connectedCallback() {
    super.connectedCallback();
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
    const office = (this.me?.offices ?? []).find((one) => ["chair", "deputy", "secretary", "office-head", "clerk"].includes(one.role));
    this.unit = office?.unit ?? "";
    await this.look();
  }

  async look() {
    this.rows = (await this.attempt(() => get("/api/tasks"))) ?? [];
    if (this.unit) this.tiers = (await this.attempt(() => get(`/api/units/${this.unit}/tasks`))) ?? [];
  }

  /** @param {() => Promise<unknown>} act */
  async do(act) {
    await this.attempt(act);
    await this.look();
  }

  /** Units below one. @param {string} unit */
  below(unit) {
    return within(this.units, unit).filter((one) => one.id !== unit);
  }

  /** @param {TaskRow} row */
  async handDown(row) {
    const task = newId();
    const fields = taskFields(this.below(row.task.lead), row.task.text, row.task.deadline);
    await fill({ title: t("task.hand-down"), text: t("task.hand-down-text"), act: t("task.hand-down") }, fields, (form) => post(`/api/tasks/${row.task.id}/tasks`, taskOf(form, task)));
    await this.look();
  }

  /** @param {TaskRow} row */
  async report(row) {
    await ask({ title: t("task.report-title"), act: t("task.report"), field: t("task.report-field") }, (report) => post(`/api/tasks/${row.task.id}/report`, { report }));
    await this.look();
  }

  /** @param {TaskRow} row */
  row(row) {
    const { task } = row;
    const tone = task.step === "done" ? "good" : row.overdue ? "seal" : task.step === "given" ? "warn" : "";
    const acts = row.mine && task.step !== "done"
      ? html`<div class="row">${task.step === "given" ? html`<button class="button act" @click=${() => this.do(() => post(`/api/tasks/${task.id}/acknowledgement`))}>${icon("check")}${t("task.acknowledge")}</button>` : nothing}
          ${this.below(task.lead).length ? html`<button class="button" @click=${() => this.handDown(row)}>${icon("send")}${t("task.hand-down")}</button>` : nothing}
          <button class="button" @click=${() => this.report(row)}>${icon("check-check")}${t("task.report")}</button></div>`
      : nothing;
    return html`<li class="agenda-item"><span class="main"><span class="strong">${marked(task.text)}</span><br><span class="small soft">${t("task.about", { lead: marked(row.lead_name), unit: marked(row.unit_name), day: date(Date.parse(task.deadline)) })}${row.supporting_names.length ? html`<br>${t("task.with", { units: marked(row.supporting_names.join(", ")) })}` : nothing}</span>
        ${task.report ? html`<br><span class="small">${marked(task.report)}</span>` : nothing}</span>
      <span class="badge ${tone}">${t(row.overdue ? "task.overdue" : `task.${task.step}`)}</span>${acts}</li>`;
  }

  /** @param {string} title @param {TaskRow[]} rows */
  list(title, rows) {
    return html`<section class="card stack"><div class="row"><h2>${title}</h2><span class="soft figures">${rows.length}</span></div>
      ${rows.length ? html`<ul class="list">${rows.map((row) => this.row(row))}</ul>` : html`<p class="soft">${t("task.none")}</p>`}</section>`;
  }

  render() {
    if (!this.rows) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const open = (/** @type {TaskRow} */ row) => row.task.step !== "done";
    const mine = this.rows.filter((row) => row.mine && open(row));
    const others = this.rows.filter((row) => !row.mine && open(row));
    const done = this.rows.filter((row) => !open(row));
    return html`<div class="place"><div class="head"><h1>${t("place.place-tasks")}</h1></div><div class="two">
      <div class="stack">${this.list(t("task.mine"), mine)}${this.list(t("task.gave"), others)}${done.length ? this.list(t("task.all-done"), done) : nothing}</div>
      <section class="card stack"><h2>${t("task.by-tier")}</h2>${this.tiers.length
        ? html`<ul class="list">${this.tiers.map(
            (one) => html`<li><span class="main"><span class="strong">${marked(one.name)}</span><br><span class="small soft">${t("task.tier", { tier: one.tier, open: one.open, unacknowledged: one.unacknowledged })}</span></span><span class="badge ${one.overdue ? "seal" : "good"}">${t("task.tier-overdue", { count: one.overdue })}</span></li>`,
          )}</ul>`
        : html`<p class="soft">${t("task.none")}</p>`}</section></div></div>`;
  }
}

customElements.define("place-tasks", TasksPlace);
