// The rules that sittings are held under: in words, with their source and what is unsure; and a unit's own, taken in.
import { get, post } from "../api.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").RuleSetRow} RuleSetRow */
/** @typedef {import("../wire.d.ts").RuleSet} RuleSet */

const LARGEST = 64 * 1024;

/** Each value of a rule set in words. @param {RuleSet} rule @returns {[string, string][]} */
function values(rule) {
  const [quorum, majority] = [rule.quorum, rule.majority].map(([top, bottom]) => ({ top, bottom }));
  const roles = rule.entitled.map((role) => t(`role.${role}`)).join(", ");
  return [
    ["entitled", t("rule.entitled-value", { roles })],
    ["quorum", t("rule.quorum-value", quorum)],
    ["majority", t("rule.majority-value", majority)],
    ["base", t(`rule.base-${rule.base}`)],
    ["tie", t(`rule.tie-${rule.tie}`)],
    ["changeable", t(`rule.changeable-${rule.changeable}`)],
    ["notice", t("rule.notice-value", { ...rule.notice })],
    ["opinion_ballots", t(`rule.opinion_ballots-${rule.opinion_ballots}`)],
    ["guests", t(`rule.guests-${rule.guests}`)],
    ["substitutes", t(`rule.substitutes-${rule.substitutes}`)],
    ["without_quorum", t(`rule.without_quorum-${rule.without_quorum ?? "discuss"}`)],
    ["paper_comments", t(`rule.paper_comments-${rule.paper_comments ?? "shared"}`)],
    ["read_receipts", t(rule.read_receipts === false ? "receipts.off" : "receipts.on")],
    ["chat_in_record", t(rule.chat_in_record ? "chat.in-record" : "chat.out-of-record")],
  ];
}

class Rules extends Part {
  static properties = { me: { attribute: false }, units: { state: true }, unit: { state: true }, rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {{id: string, name: string}[]} units whose rules I may see */
    this.units = [];
    this.unit = "";
    /** @type {RuleSetRow[] | null} */
    this.rows = null;
    this.adopts = false;
  }

  async connectedCallback() {
    super.connectedCallback();
    const tree = (await this.attempt(() => get("/api/tree"))) ?? [];
    const offices = this.me?.offices ?? [];
    const mine = offices.map((office) => office.unit);
    const technical = offices.some((office) => ["technician", "administrator"].includes(office.role));
    this.units = tree.filter((/** @type {{id: string}} */ unit) => technical || mine.includes(unit.id));
    if (this.units.length) await this.show(this.units.find((one) => mine.includes(one.id))?.id ?? this.units[0].id);
    else this.rows = [];
  }

  /** @param {string} unit */
  async show(unit) {
    this.unit = unit;
    /** @type {import("../wire.d.ts").UnitRules | undefined} */
    const found = await this.attempt(() => get(`/api/units/${unit}/rules`));
    this.adopts = found?.adopts ?? false;
    this.rows = found?.rows ?? [];
  }

  /** @param {SubmitEvent} event */
  async takeIn(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const file = /** @type {File} */ (new FormData(form).get("file"));
    if (file.size > LARGEST) return this.say(t("refused.field-long", { field: t("field.document") }), "seal");
    const document = await file.text();
    const made = await this.attempt(() => post(`/api/units/${this.unit}/rules`, { document }));
    if (!made) return;
    form.reset();
    await this.show(this.unit);
    this.say(t("rules.taken-in", { title: this.rows?.find((row) => row.rule.id === made.id)?.rule.title ?? made.id }));
  }

  /** The document as a file. @param {RuleSetRow} row */
  save(row) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([row.text], { type: "application/toml" }));
    link.download = `${row.rule.id}.toml`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** @param {RuleSetRow} row */
  card(row) {
    const unsure = new Set(row.rule.unsure ?? []);
    return html`<section class="card stack"><div class="row"><h3>${marked(row.rule.title)}</h3>
        ${row.in_force ? html`<span class="badge good">${icon("check")}${t("rules.in-force")}</span>` : nothing}${row.own ? html`<span class="badge">${t("rules.own")}</span>` : nothing}</div>
      <p class="soft">${t("rules.source", { source: marked(row.rule.source) })}<br>${t("rules.from", { day: date(Date.parse(row.rule.valid_from)) })} · ${t("rules.cases", { count: row.cases })}</p>
      <dl class="facts">${values(row.rule).map(
        ([name, value]) => html`<dt>${t(`rule.${name}`)}</dt><dd>${value} ${unsure.has(name) ? html`<span class="badge warn">${t("rules.unsure")}</span>` : nothing}</dd>`,
      )}</dl>
      <p><button class="button" @click=${() => this.save(row)}>${icon("download")}${t("rules.save")}</button></p></section>`;
  }

  render() {
    if (!this.rows) return html`<p class="soft">${t("app.loading")}</p>`;
    return html`<div class="stack"><section class="card stack"><h2>${t("administration.rules")}</h2><p class="soft">${t("rules.about")}</p><p class="note">${t("rules.unsure-help")}</p>
        ${this.units.length > 1
          ? html`<label class="field"><span>${t("field.unit")}</span><select @change=${(/** @type {Event} */ event) => this.show(/** @type {HTMLSelectElement} */ (event.target).value)}>${this.units.map(
              (unit) => html`<option value=${unit.id} ?selected=${unit.id === this.unit}>${marked(unit.name)}</option>`,
            )}</select></label>`
          : nothing}</section>
      ${this.rows.map((row) => this.card(row))}
      ${this.adopts
        ? html`<form class="card stack" @submit=${this.takeIn}><h3>${t("rules.take-in")}</h3><p class="soft">${t("rules.take-in-help")}</p>
            <label class="field"><span>${t("rules.file")}</span><input type="file" name="file" accept=".toml" required></label>
            <button class="button act">${icon("upload")}${t("rules.take-in")}</button></form>`
        : nothing}</div>`;
  }
}

customElements.define("admin-rules", Rules);
