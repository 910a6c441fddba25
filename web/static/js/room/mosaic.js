// All sites at a glance, a page at a time, in their smallest picture: who is there, how each line does, and how much of the
// sitting each site gets. For who conducts.
import { html, icon, nothing } from "../part.js";
import { RoomPart, nameOf } from "../sitting.js";
import { t } from "../words.js";

export const PAGE = 12;
export const LINES = ["full", "1.5M", "512k", "256k", "64k", "send-only"];

class Mosaic extends RoomPart {
  static properties = { page: { state: true }, health: { state: true } };

  constructor() {
    super();
    this.page = 0;
    /** @type {Record<string, import("../wire.d.ts").Health>} */
    this.health = {};
    /** @param {Event} event */
    this.hear = (event) => {
      const told = /** @type {CustomEvent} */ (event).detail;
      if (told.sitting === this.room.sitting) this.health = told.endpoints;
    };
  }

  connectedCallback() {
    super.connectedCallback();
    this.room.line.addEventListener("media-health", this.hear);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.room.line.removeEventListener("media-health", this.hear);
    this.room.media?.show([]);
  }

  /** Sites that are linked, persons alone, then sites that are missing. */
  get endpoints() {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const alone = parts.attendance.seats.filter((seat) => seat.present && !seat.site).map((seat) => seat.person);
    const linked = parts.sites.filter((site) => site.joined).map((site) => site.site);
    const away = parts.sites.filter((site) => !site.joined).map((site) => site.site);
    return [...linked, ...alone.filter((person) => person !== this.room.me?.id), ...away];
  }

  updated() {
    this.room.media?.show(this.shown);
  }

  get shown() {
    return this.endpoints.slice(this.page * PAGE, (this.page + 1) * PAGE);
  }

  /** @param {string} endpoint */
  line(endpoint) {
    const health = this.health[endpoint];
    if (!health) return html`<span class="badge">${icon("power-off")}${t("sites.away")}</span>`;
    const weak = health.line === "weak";
    const about = t("mosaic.line", { up: health.video_kbit ?? 0, loss: Math.max(health.loss ?? 0, health.down_loss ?? 0) / 10, rtt: health.rtt ?? 0 });
    return html`<span class="badge ${weak ? "warn" : "good"}">${icon(weak ? "wifi-off" : "wifi")}${t(`line.${health.line}`)}</span>
      <span class="small soft figures">${about}${health.tcp ? ` · TCP` : nothing}${health.freezes ? ` · ${t("mosaic.freezes", { count: health.freezes })}` : nothing}</span>`;
  }

  /** @param {string} endpoint */
  profile(endpoint) {
    const site = this.parts?.sites.find((one) => one.site === endpoint);
    if (!site) return nothing;
    return html`<label class="field small"><span>${t("mosaic.profile")}</span><select @change=${(/** @type {Event} */ event) =>
      this.room.ask({ kind: "choose-line", site: endpoint, line: /** @type {HTMLSelectElement} */ (event.target).value })}>${LINES.map(
      (line) => html`<option value=${line} ?selected=${line === site.line}>${t(`profile.${line}`)}</option>`,
    )}</select></label>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const all = this.endpoints;
    const pages = Math.max(1, Math.ceil(all.length / PAGE));
    const media = this.room.media;
    return html`<div class="row"><span class="soft figures">${t("mosaic.count", { linked: parts.sites.filter((site) => site.joined).length, all: parts.sites.length })}</span><span class="push"></span>
        ${pages > 1
          ? html`<button class="button" ?disabled=${!this.page} @click=${() => (this.page -= 1)}>${icon("chevron-left")}${t("mosaic.before")}</button>
        <span class="figures">${this.page + 1} / ${pages}</span>
        <button class="button" ?disabled=${this.page + 1 >= pages} @click=${() => (this.page += 1)}>${t("mosaic.after")}${icon("chevron-right")}</button>`
          : nothing}</div>
      <ul class="mosaic">${this.shown.map(
        (endpoint) => html`<li data-endpoint=${endpoint}><bacap-tile .stream=${media?.mosaicOf(endpoint) ?? null} .name=${nameOf(parts, endpoint)}></bacap-tile>
          <div class="row">${this.line(endpoint)}</div>${this.profile(endpoint)}</li>`,
      )}</ul>`;
  }
}

customElements.define("room-mosaic", Mosaic);
