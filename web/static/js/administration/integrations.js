// Programs of others that work with this installation: each has a token of its own, for some things at one unit.
import { drop, get, post, put } from "../api.js";
import { ask, fill, show } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Integration} Integration */
/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */

const VERBS = ["tree.see", "register.see", "register.keep", "upload.send", "paper.add"];

class Integrations extends Part {
  static properties = { rows: { state: true }, units: { state: true } };

  constructor() {
    super();
    /** @type {Integration[] | null} */
    this.rows = null;
    /** @type {UnitRow[]} */
    this.units = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
    await this.look();
  }

  async look() {
    this.rows = (await this.attempt(() => get("/api/integrations"))) ?? this.rows ?? [];
  }

  async make() {
    /** @type {import("../wire.d.ts").MadeIntegration | null} */
    let made = null;
    const fields = html`<label class="field"><span>${t("integration.name")}</span><input name="name" required maxlength="200"></label>
      <label class="field"><span>${t("field.unit")}</span><select name="unit">${this.units.map((unit) => html`<option value=${unit.id}>${marked(unit.name)}</option>`)}</select></label>
      <fieldset class="choices"><legend>${t("integration.verbs")}</legend>${VERBS.map((verb) => html`<label class="check"><input type="checkbox" name="verb" value=${verb}><span>${t(`integrates.${verb}`)}</span></label>`)}</fieldset>`;
    await fill({ title: t("integration.make"), text: t("integration.make-text"), act: t("integration.make") }, fields, async (form) => {
      made = await post("/api/integrations", { unit: String(form.get("unit")), name: String(form.get("name")), verbs: form.getAll("verb").map(String) });
    });
    if (made) show(t("integration.token"), html`<p>${t("integration.token-text")}</p><p class="hash" data-own-words>${/** @type {any} */ (made).token}</p>`);
    await this.look();
  }

  /** @param {Integration} row */
  async tell(row) {
    /** @type {import("../wire.d.ts").MadeWebhook | null} */
    let made = null;
    const fields = html`<label class="field"><span>${t("webhook.url")}</span><input name="url" type="url" required placeholder="https://" .value=${row.webhook ?? ""}><span class="help">${t("webhook.url-help")}</span></label>`;
    await fill({ title: t("webhook.title", { name: row.name }), text: t("webhook.text"), act: t("webhook.act") }, fields, async (form) => {
      made = await put(`/api/integrations/${row.id}/webhook`, { url: String(form.get("url")) });
    });
    if (made) show(t("webhook.secret"), html`<p>${t("webhook.secret-text")}</p><p class="hash" data-own-words>${/** @type {any} */ (made).secret}</p>`);
    await this.look();
  }

  /** @param {Integration} row */
  async hush(row) {
    await this.attempt(() => drop(`/api/integrations/${row.id}/webhook`));
    await this.look();
  }

  /** @param {Integration} row */
  async end(row) {
    const sure = await ask({ title: t("integration.end-title", { name: row.name }), text: t("integration.end-text"), act: t("integration.end"), tone: "seal" });
    if (sure) await this.attempt(() => drop(`/api/integrations/${row.id}`));
    await this.look();
  }

  render() {
    const rows = this.rows ?? [];
    const unit = (/** @type {string} */ id) => this.units.find((one) => one.id === id)?.name ?? "";
    return html`<section class="card stack"><div class="row"><h2>${t("administration.integrations")}</h2><span class="push"></span><button class="button act" @click=${this.make}>${icon("plus")}${t("integration.make")}</button></div>
      <p class="soft">${t("integration.help")} <a href="/api/openapi.json" target="_blank" rel="noopener">${t("integration.openapi")}</a></p>
      ${rows.length ? html`<ul class="list">${rows.map((row) => html`<li><span class="main"><span class="strong">${marked(row.name)}</span>, ${marked(unit(row.unit))}<br><span class="small soft">${row.verbs.map((verb) => t(`integrates.${verb}`)).join("; ")} · ${row.seen ? t("integration.seen", { when: moment(row.seen) }) : t("integration.unseen")}</span></span>
        ${row.ended ? html`<span class="badge seal">${t("integration.ended", { when: moment(row.ended) })}</span>` : html`<span class="row tight">${row.webhook ? html`<span class="small soft">${t("webhook.told", { url: row.webhook })}</span><button class="button plain" @click=${() => this.hush(row)}>${icon("bell-off")}${t("webhook.hush")}</button>` : html`<button class="button plain" @click=${() => this.tell(row)}>${icon("bell-ring")}${t("webhook.act")}</button>`}<button class="button plain" @click=${() => this.end(row)}>${icon("ban")}${t("integration.end")}</button></span>`}</li>`)}</ul>` : nothing}</section>`;
  }
}

customElements.define("admin-integrations", Integrations);
