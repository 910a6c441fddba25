// Diễn tập: one button rings every site of a coming sitting; each tries its things by itself, and says so here. For whoever
// prepares the sitting, and for technicians, who also choose here how much of it each line gets.
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { findingsList } from "../elements/check.js";
import { get } from "../api.js";
import { channel } from "../line.js";
import { Part, html, icon, nothing } from "../part.js";
import { LINES } from "../room/mosaic.js";
import { clock, day, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SiteReadiness} SiteReadiness */

const LOOK_MS = 2000;
const TONES = { bad: "seal", warn: "warn", silent: "seal", waiting: "", busy: "", away: "seal", unenrolled: "warn", unasked: "", good: "good" };
const ICONS = {
  bad: "x", warn: "triangle-alert", silent: "circle", waiting: "timer", busy: "users", away: "power-off", unenrolled: "key-round", unasked: "circle", good: "check",
};
/** Steps that want a word of help, told once above the list. */
const HELPED = /** @type {const} */ (["silent", "busy", "away", "unenrolled"]);

class Rehearsal extends Part {
  static properties = { sitting: { attribute: false }, shown: { state: true }, open: { state: true }, fault: { state: true } };

  constructor() {
    super();
    this.sitting = "";
    this.line = channel();
    /** @type {import("../wire.d.ts").Rehearsal | null} */
    this.shown = null;
    /** Sites whose findings are shown in full. @type {Set<string>} */
    this.open = new Set();
    /** The order of the rows: it stays while somebody is at one of them. @type {string[]} */
    this.order = [];
    this.looking = false;
    this.fault = "";
  }

  connectedCallback() {
    super.connectedCallback();
    void this.look();
    this.beat = setInterval(() => void this.look(), LOOK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.beat);
  }

  get address() {
    return `/api/sittings/${this.sitting}/rehearsal`;
  }

  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      this.shown = await get(this.address);
      this.fault = "";
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
      if (/** @type {any} */ (error).code === "no-right") clearInterval(this.beat);
    } finally {
      this.looking = false;
    }
  }

  /** @param {string[]} sites none: all of them */
  async ring(sites = []) {
    await this.attempt(() => this.line.do(this.sitting, { kind: "ring-sites", sites }));
    await this.look();
  }

  /** @param {string} site @param {Event} event */
  async choose(site, event) {
    const line = /** @type {import("../wire.d.ts").ChooseLine["line"]} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    await this.attempt(() => this.line.do(this.sitting, { kind: "choose-line", site, line }));
    await this.look();
  }

  /** @param {string} site */
  turn(site) {
    const open = new Set(this.open);
    if (!open.delete(site)) open.add(site);
    this.open = open;
  }

  /** @param {SiteReadiness} row @param {boolean} coming */
  row(row, coming) {
    const open = this.open.has(row.site);
    const wrong = row.findings.filter((one) => one.verdict !== "good");
    return html`<li data-site=${row.site} data-step=${row.step}>
      <span class="main"><span class="strong">${marked(row.name)}</span><br><span class="small soft">${row.step === "away" || row.step === "unenrolled" ? nothing : t(row.connected ? "sites.connected" : "sites.away")}${row.checked ? html` · ${t("rehearsal.at", { time: clock(row.checked), day: day(row.checked) })}` : nothing}</span></span>
      <span class="badge ${TONES[row.step]}">${icon(ICONS[row.step])}${t(`rehearsal.${row.step}`)}</span>
      <label class="field small"><span>${t("mosaic.profile")}</span><select .value=${live(row.line)} aria-label=${t("rehearsal.profile-of", { name: row.name })} @change=${(/** @type {Event} */ event) => this.choose(row.site, event)}>${LINES.map(
        (line) => html`<option value=${line} ?selected=${line === row.line}>${t(`profile.${line}`)}</option>`,
      )}</select></label>
      ${coming && row.step !== "unasked" ? html`<button class="button" aria-label=${t("rehearsal.again-one", { name: row.name })} @click=${() => this.ring([row.site])}>${icon("rotate-cw")}${t("rehearsal.again")}</button>` : nothing}
      ${row.findings.length ? html`<button class="button" aria-expanded=${open} aria-label=${t("rehearsal.details-of", { name: row.name })} @click=${() => this.turn(row.site)}>${icon(open ? "chevron-up" : "chevron-down")}${t("rehearsal.details")}</button>` : nothing}
      ${open ? html`<div data-full>${findingsList(row.findings)}</div>` : wrong.length ? html`<div data-full>${findingsList(wrong)}</div>` : nothing}</li>`;
  }

  /** In the server's order: the worst first. @param {import("../wire.d.ts").Rehearsal} shown */
  rows(shown) {
    if (!this.querySelector("ul.list")?.contains(document.activeElement)) {
      this.order = shown.sites.map((one) => one.site);
    }
    const place = new Map(this.order.map((site, index) => [site, index]));
    return [...shown.sites].sort((a, b) => (place.get(a.site) ?? 1e9) - (place.get(b.site) ?? 1e9));
  }

  /** @param {import("../wire.d.ts").Rehearsal} shown */
  progress(shown) {
    const rung = shown.sites.filter((site) => site.rung);
    if (!rung.length) return shown.sitting.phase === "released" ? html`<p class="soft">${t("rehearsal.about")}</p>` : nothing;
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const site of shown.sites) counts.set(site.step, (counts.get(site.step) ?? 0) + 1);
    const told = [...counts].map(([step, count]) => `${t(`rehearsal.${step}`)}: ${count}`).join(" · ");
    const open = shown.sites.filter((site) => ["waiting", "silent", "busy", "away"].includes(site.step)).length;
    return html`<div role="status"><p class="strong">${told}</p>
      ${open ? html`<progress max=${rung.length} .value=${rung.length - open} aria-label=${t("check.progress")}></progress>` : nothing}</div>
      ${HELPED.filter((step) => counts.has(step)).map((step) => html`<p class="small soft"><span class="strong">${t(`rehearsal.${step}`)}:</span> ${t(`rehearsal.${step}-help`)}</p>`)}`;
  }

  render() {
    const shown = this.shown;
    if (!shown) return html`<div class="place">${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : html`<p class="soft">${t("app.loading")}</p>`}</div>`;
    const coming = shown.sitting.phase === "released";
    const rung = shown.sites.some((site) => site.rung);
    const left = shown.sites.filter((site) => !["good", "waiting"].includes(site.step)).map((site) => site.site);
    return html`<div class="place stack">
      <div class="head"><button class="button" @click=${() => history.back()}>${icon("arrow-left")}${t("act.back")}</button><div><h1>${t("place.place-rehearsal")}</h1><p class="soft">${marked(shown.sitting.title)} · ${moment(shown.sitting.begins)} · ${marked(shown.sitting.place)}</p></div>
        <span class="row push">${rung ? html`<a class="button" href="${this.address}.pdf" target="_blank">${icon("printer")}${t("rehearsal.print")}</a>` : nothing}
        ${coming && rung ? html`<button class="button" @click=${() => this.ring()}>${icon("bell-ring")}${t("rehearsal.ring-again")}</button>` : nothing}
        ${coming && (!rung || left.length) ? html`<button class="button act decisive" @click=${() => this.ring(rung ? left : [])}>${icon("bell-ring")}${t(rung ? "rehearsal.ring-left" : "rehearsal.ring")}</button>` : nothing}</span></div>
      ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
      ${coming ? nothing : html`<div class="note warn">${t(shown.sitting.phase === "planned" ? "rehearsal.not-released" : "rehearsal.not-coming")}</div>`}
      <section class="card stack">${this.progress(shown)}<ul class="list">${repeat(this.rows(shown), (row) => row.site, (row) => this.row(row, coming))}</ul></section></div>`;
  }
}

customElements.define("place-rehearsal", Rehearsal);
