// Who speaks, and who waits, in order. The chair gives the floor from here.
import { html, icon, nothing } from "../part.js";
import { RoomPart, nameOf } from "../sitting.js";
import { marked, t } from "../words.js";

class Speaking extends RoomPart {
  static properties = { slots: { attribute: false } };

  constructor() {
    super();
    this.slots = null;
  }

  /** @param {string} person @param {string} site */
  about(person, site) {
    const card = this.parts?.people[person];
    return [card?.office, this.parts?.rooms[site]].filter(Boolean).join(" · ");
  }

  stage() {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const { stage, speaker, speaker_site: site, since, limit } = parts.stage;
    const endpoint = stage || this.room.media?.slots.video[0] || "";
    const name = speaker ? (parts.people[speaker]?.name ?? "") : nameOf(parts, endpoint);
    const about = speaker ? this.about(speaker, site) : "";
    const own = endpoint && (endpoint === this.room.me?.id || endpoint === this.room.seat?.site);
    const stream = endpoint === this.room.me?.id ? (this.room.media?.own ?? null) : (this.room.media?.pictureOf(endpoint) ?? null);
    return html`<h3>${t(speaker ? "floor.speaking" : "floor.stage")}</h3>
      <bacap-tile .stream=${stream} .name=${name} .about=${about} .since=${speaker ? since : 0} .limit=${limit} .now=${this.room.now} ?mirrored=${endpoint === this.room.me?.id}></bacap-tile>
      ${own && speaker === this.room.me?.id ? html`<p class="badge good">${t("floor.you-speak")}</p>` : nothing}
      ${speaker && this.room.presides
        ? html`<div class="row">${limit ? html`<button class="button" @click=${() => this.room.ask({ kind: "extend-floor", seconds: 60 })}>${icon("plus")}${t("floor.extend")}</button>` : nothing}
          <button class="button push" @click=${() => this.room.ask({ kind: "end-floor" })}>${icon("square")}${t("floor.cut")}</button></div>`
        : nothing}`;
  }

  queue() {
    const queue = this.parts?.stage.queue ?? [];
    if (!queue.length) return html`<p class="soft small">${t("floor.nobody-waits")}</p>`;
    return html`<ol class="queue">${queue.map(
      ({ person, site, order }, index) => html`<li><span class="n">${index + 1}</span><span><span class="strong">${marked(this.parts?.people[person]?.name ?? "")}</span><br><span class="small soft">${marked(this.about(person, site))}</span>${order ? html`<br><span class="badge warn">${t("floor.order")}</span>` : nothing}</span>
        ${this.room.presides ? html`<button class="button act" @click=${() => this.room.ask({ kind: "give-floor", person })}>${t("floor.give")}</button>` : nothing}</li>`,
    )}</ol>`;
  }

  sites() {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const away = parts.sites.filter((site) => !site.joined);
    return html`<div class="row"><h3>${t("room.sites")}</h3>${this.room.conducts && parts.sitting.phase === "open" ? html`<button class="button" @click=${() => (this.room.panel = "sites")}>${icon("layout-grid")}${t("room.see-sites")}</button>` : nothing}<span class="push small soft figures">${parts.sites.length - away.length} / ${parts.sites.length}</span></div>
      <ul class="sites">${parts.sites
        .filter((site) => site.joined)
        .map((site) => html`<li><span>${marked(parts.rooms[site.site] ?? "")}</span><span class="badge ${site.side_room ? "" : "good"}">${site.side_room ? marked(parts.side_rooms[site.side_room]?.name ?? "") : t("sites.connected")}</span></li>`)}
      ${away.length && parts.sitting.phase === "open" ? html`<li><span class="soft">${t("room.sites-away", { count: away.length })}</span></li>` : nothing}</ul>`;
  }

  render() {
    if (!this.parts) return nothing;
    return html`<div class="stack tight">${this.stage()}</div>
      <div><div class="row"><h3>${t("floor.queue")}</h3><span class="push small soft figures">${this.parts.stage.queue.length}</span></div>${this.queue()}</div>
      <div>${this.sites()}</div>`;
  }
}

customElements.define("room-speaking", Speaking);
