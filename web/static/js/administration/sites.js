// Rooms: how each is doing now, a join code to read out over the phone, cutting one off.
import { drop, get, post } from "../api.js";
import { ask } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SiteRow} SiteRow */
/** @typedef {import("../wire.d.ts").UnitRow} UnitRow */

const LOOK_MS = 3000;

class Sites extends Part {
  static properties = { rows: { state: true }, units: { state: true }, code: { state: true } };

  constructor() {
    super();
    /** @type {SiteRow[]} */
    this.rows = [];
    /** @type {UnitRow[]} */
    this.units = [];
    /** @type {{site: string, code: string} | null} */
    this.code = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    this.units = (await this.attempt(() => get("/api/tree"))) ?? [];
    await this.look();
    this.beat = setInterval(() => void this.look(), LOOK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.beat);
  }

  async look() {
    this.rows = (await get("/api/sites").catch(() => null)) ?? this.rows;
  }

  /** @param {SiteRow} row */
  async issue(row) {
    const made = await this.attempt(() => post(`/api/sites/${row.id}/code`));
    if (made) this.code = { site: row.id, code: made.code };
  }

  /** @param {SiteRow} row */
  async revoke(row) {
    const sure = await ask({ title: t("sites.revoke-title", { name: row.name }), text: t("sites.revoke-text"), act: t("sites.revoke"), tone: "seal" });
    if (sure) await this.attempt(() => drop(`/api/sites/${row.id}/credential`));
    await this.look();
  }

  /** @param {SubmitEvent} event */
  async add(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (await this.attempt(() => post("/api/sites", Object.fromEntries(new FormData(form))))) form.reset();
    await this.look();
  }

  /** @param {SiteRow} row */
  health(row) {
    if (row.revoked) return html`<span class="badge seal">${icon("ban")}${t("sites.revoked")}</span>`;
    if (!row.enrolled) return html`<span class="badge warn">${icon("key-round")}${t("sites.not-enrolled")}</span>`;
    if (!row.health.connected) return html`<span class="badge">${icon("power-off")}${t("sites.away")}</span>`;
    const weak = row.health.line === "weak";
    return html`<span class="badge good">${icon("check")}${t("sites.connected")}</span>
      ${row.health.line === "none" ? nothing : html`<span class="badge ${row.health.camera ? "good" : "warn"}">${icon(row.health.camera ? "video" : "video-off")}${t(row.health.camera ? "sites.camera" : "sites.no-camera")}</span>
      <span class="badge ${row.health.sound ? "good" : "warn"}">${icon(row.health.sound ? "mic" : "mic-off")}${t(row.health.sound ? "sites.sound" : "sites.no-sound")}</span>
      <span class="badge ${weak ? "warn" : "good"}">${t(`line.${row.health.line}`)} · ${row.health.video_kbit} kbit/s</span>`}`;
  }

  /** @param {SiteRow} row */
  line(row) {
    const code = this.code?.site === row.id ? this.code.code : "";
    return html`<li><span class="main"><span class="strong">${marked(row.name)}</span><br><span class="small soft">${marked(row.room)}</span></span>
      ${this.health(row)}
      <button class="button" @click=${() => this.issue(row)}>${icon("key-round")}${t("sites.code")}</button>
      ${row.enrolled && !row.revoked ? html`<button class="button" @click=${() => this.revoke(row)}>${t("sites.revoke")}</button>` : nothing}
      ${code ? html`<div class="note" data-full><div class="joincode">${code}</div><p>${t("sites.code-help")}</p></div>` : nothing}</li>`;
  }

  render() {
    const ranked = [...this.rows].sort((a, b) => Number(b.health.line === "weak") - Number(a.health.line === "weak"));
    const up = this.rows.filter((row) => row.health.connected).length;
    return html`<section class="card stack">
        <div class="row"><h2>${t("administration.sites")}</h2><span class="soft figures">${t("sites.count", { up, all: this.rows.length })}</span></div>
        <ul class="list">${ranked.map((row) => this.line(row))}</ul></section>
      <form class="card form across" @submit=${this.add}>
        <label class="field"><span>${t("field.unit")}</span><select name="unit" required>${this.units.map((unit) => html`<option value=${unit.id}>${marked(unit.name)}</option>`)}</select></label>
        <label class="field"><span>${t("sites.name")}</span><input name="name" required></label>
        <label class="field"><span>${t("sites.room")}</span><input name="room" required></label>
        <button class="button act">${icon("plus")}${t("sites.add")}</button></form>`;
  }
}

customElements.define("admin-sites", Sites);
