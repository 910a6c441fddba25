// What was recorded of a sitting: one player, its parts, and the items of the agenda to jump to.
import { html, icon, nothing } from "../part.js";
import { SittingPlace } from "../sitting.js";
import { clock, day, elapsed, marked, size, t } from "../words.js";

/** @typedef {import("../wire.d.ts").RecordingFile} Recording */

class Recordings extends SittingPlace {
  static properties = { chosen: { state: true } };

  constructor() {
    super();
    this.chosen = 0;
  }

  /** @param {Recording} one */
  address(one) {
    return `/api/sittings/${this.sitting}/recordings/${one.sha256}`;
  }

  /** Items that were opened while it ran, and how far into it. @param {Recording} one */
  chapters(one) {
    const opened = this.parts?.agenda.filter((item) => item.opened_at && !item.closed) ?? [];
    const before = opened.filter((item) => item.opened_at <= one.began).sort((a, b) => b.opened_at - a.opened_at).slice(0, 1);
    const during = opened.filter((item) => item.opened_at > one.began && item.opened_at < one.began + one.ms);
    return [...before, ...during].map((item) => ({ item, at: Math.max(0, item.opened_at - one.began) }));
  }

  /** @param {number} ms */
  jump(ms) {
    const player = this.querySelector("video");
    if (!player) return;
    player.currentTime = ms / 1000;
    void player.play();
  }

  /** @param {Recording} one */
  player(one) {
    return html`<section class="card stack">
      <video class="player" controls preload="metadata" src=${this.address(one)} aria-label=${t("recording.of", { when: `${day(one.began)}, ${clock(one.began)}` })}></video>
      <p class="row soft">${day(one.began)}, ${clock(one.began)} · ${elapsed(one.ms)} · ${size(one.size)}
        <a class="button push" href="${this.address(one)}?download=1">${icon("save")}${t("recording.download")}</a></p></section>`;
  }

  /** @param {Recording} one */
  jumps(one) {
    const found = this.chapters(one);
    if (!found.length) return nothing;
    return html`<h2>${t("recording.jump")}</h2><ul class="list">${found.map(
      ({ item, at }) => html`<li><button class="button plain wide" @click=${() => this.jump(at)}>${icon("play")}<span class="figures">${elapsed(at)}</span> ${item.number}. ${marked(item.title)}</button></li>`,
    )}</ul>`;
  }

  /** The files of a recording that was begun several times, or had to be. @param {import("../wire.d.ts").Screen} parts */
  others(parts) {
    if (parts.recordings.length < 2) return nothing;
    return html`<h2>${t("recording.parts")}</h2><div class="row">${parts.recordings.map(
      (_, index) => html`<button class="button" aria-pressed=${index === this.chosen} @click=${() => (this.chosen = index)}>${t("recording.part", { number: index + 1 })}</button>`,
    )}</div>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return this.waits();
    const one = parts.recordings[this.chosen];
    const beside = one ? [this.jumps(one), this.others(parts)].filter((part) => part !== nothing) : [];
    return html`<div class="place"><div class="head"><div><h1>${t("place.place-recordings")}</h1><p class="soft">${marked(parts.sitting.title)}</p></div></div>
      ${parts.sitting.recorded_since ? html`<div class="note">${t("recording.still-on")}</div>` : nothing}
      ${one
        ? html`<div class="two">${this.player(one)}${beside.length ? html`<section class="card stack">${beside}</section>` : nothing}</div>`
        : html`<p class="soft">${t("recording.none")}</p>`}</div>`;
  }
}

customElements.define("place-recordings", Recordings);
