// Diễn tập: one button rings every site of a coming sitting; each tries its things by itself, and says so here. For whoever
// prepares the sitting, and for technicians, who also choose here how much of it each line gets.
import { findingsList } from "../elements/check.js";
import { get } from "../api.js";
import { channel } from "../line.js";
import { Part, html, icon, nothing } from "../part.js";
import { LINES } from "../room/mosaic.js";
import { clock, day, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SiteReadiness} SiteReadiness */

const LOOK_MS = 2000;
/** The worst first: that is what is to be done. */
const RANK = { bad: 0, away: 1, warn: 2, waiting: 3, unasked: 4, good: 5 };
const TONES = { bad: "seal", away: "seal", warn: "warn", waiting: "", unasked: "", good: "good" };
const ICONS = { bad: "x", away: "power-off", warn: "triangle-alert", waiting: "timer", unasked: "circle", good: "check" };

class Rehearsal extends Part {
  static properties = { sitting: { attribute: false }, shown: { state: true }, open: { state: true } };

  constructor() {
    super();
    this.sitting = "";
    this.line = channel();
    /** @type {import("../wire.d.ts").Rehearsal | null} */
    this.shown = null;
    /** Sites whose findings are shown in full. @type {Set<string>} */
    this.open = new Set();
  }

  async connectedCallback() {
    super.connectedCallback();
    this.shown = (await this.attempt(() => get(this.address))) ?? null;
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
    this.shown = (await get(this.address).catch(() => null)) ?? this.shown;
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
      <span class="main"><span class="strong">${marked(row.name)}</span><br><span class="small soft">${t(row.connected ? "sites.connected" : "sites.away")}${row.checked ? html` · ${t("rehearsal.at", { time: clock(row.checked), day: day(row.checked) })}` : nothing}</span></span>
      <span class="badge ${TONES[row.step]}">${icon(ICONS[row.step])}${t(`rehearsal.${row.step}`)}</span>
      <label class="field small"><span>${t("mosaic.profile")}</span><select @change=${(/** @type {Event} */ event) => this.choose(row.site, event)}>${LINES.map(
        (line) => html`<option value=${line} ?selected=${line === row.line}>${t(`profile.${line}`)}</option>`,
      )}</select></label>
      ${coming && row.step !== "unasked" ? html`<button class="button" aria-label=${t("rehearsal.again-one", { name: row.name })} @click=${() => this.ring([row.site])}>${icon("rotate-cw")}${t("rehearsal.again")}</button>` : nothing}
      ${row.findings.length ? html`<button class="button" aria-expanded=${open} @click=${() => this.turn(row.site)}>${icon(open ? "chevron-up" : "chevron-down")}${t("rehearsal.details")}</button>` : nothing}
      ${row.step === "away" ? html`<p class="small" data-full>${t("rehearsal.away-help")}</p>` : nothing}
      ${open ? html`<div data-full>${findingsList(row.findings)}</div>` : wrong.length ? html`<div data-full>${findingsList(wrong)}</div>` : nothing}</li>`;
  }

  /** @param {import("../wire.d.ts").Rehearsal} shown */
  progress(shown) {
    const rung = shown.sites.filter((site) => site.rung);
    const told = rung.filter((site) => site.checked);
    if (!rung.length) return html`<p class="soft">${t("rehearsal.about")}</p>`;
    const all = told.length === rung.length;
    return html`<div role="status"><p class="strong">${t(all ? "rehearsal.done" : "rehearsal.so-far", { told: told.length, all: rung.length, good: told.filter((site) => site.step === "good").length })}</p>
      ${all ? nothing : html`<progress max=${rung.length} .value=${told.length} aria-label=${t("check.progress")}></progress>`}</div>`;
  }

  render() {
    const shown = this.shown;
    if (!shown) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const coming = shown.phase === "released";
    const rows = [...shown.sites].sort((a, b) => RANK[a.step] - RANK[b.step] || a.name.localeCompare(b.name, "vi"));
    const rung = shown.sites.some((site) => site.rung);
    return html`<div class="place stack">
      <div class="head"><div><h1>${t("place.place-rehearsal")}</h1><p class="soft">${marked(shown.title)} · ${moment(shown.begins)} · ${marked(shown.place)}</p></div>
        <span class="row push">${rung ? html`<a class="button" href="${this.address}.pdf" target="_blank">${icon("printer")}${t("rehearsal.print")}</a>` : nothing}
        ${coming ? html`<button class="button act decisive" @click=${() => this.ring()}>${icon("bell-ring")}${t(rung ? "rehearsal.ring-again" : "rehearsal.ring")}</button>` : nothing}</span></div>
      ${coming ? nothing : html`<div class="note warn">${t(shown.phase === "planned" ? "rehearsal.not-released" : "rehearsal.not-coming")}</div>`}
      <section class="card stack">${this.progress(shown)}<ul class="list">${rows.map((row) => this.row(row, coming))}</ul></section></div>`;
  }
}

customElements.define("place-rehearsal", Rehearsal);
