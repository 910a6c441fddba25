// The sitting room: where am I, is it lawful, is my line well; the paper everybody sees; who speaks; my one large button.
import "../elements/sheet.js";
import "../elements/tile.js";
import "../elements/timer.js";
import "../elements/vote-bars.js";
import { ask } from "../elements/confirm.js";
import { Media } from "../media.js";
import { html, icon, newId, nothing } from "../part.js";
import "../room/agenda.js";
import "../room/attendance.js";
import "../room/chair.js";
import "../room/chat.js";
import { PAGE } from "../room/mosaic.js";
import "../room/notes.js";
import "../room/paper.js";
import "../room/reply.js";
import "../room/speaking.js";
import "../room/vote.js";
import { SittingPlace, isNarrow, isOutside, recordingBadge, sharedScreen } from "../sitting.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Screen} Screen */

const NARROW = matchMedia("(max-width: 1023px)");
const TABS = ["paper", "agenda", "floor", "people"];

class Room extends SittingPlace {
  static properties = { tab: { state: true }, panel: { state: true } };

  constructor() {
    super();
    this.past = true;
    this.tab = "paper";
    this.panel = "";
    /** @type {HTMLElement | null} */
    this.opener = null; // what had the focus before a panel took it
    this.now = () => this.line.serverNow();
    /** @type {Media | null} */
    this.media = null;
    this.spoke = false;
    this.recorded = false;
    this.joined = ""; // how media is joined: "alone", "watches" or not at all
  }

  connectedCallback() {
    super.connectedCallback();
    NARROW.addEventListener("change", this.draw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    NARROW.removeEventListener("change", this.draw);
    this.media?.close();
    this.media = null;
  }

  get presides() {
    return this.seat?.role === "chair";
  }

  changed() {
    void super.changed();
    this.tend();
    this.hear();
    this.media?.narrow(isNarrow(this.parts));
    this.tellOfRecording();
  }

  /** Join with what my place allows: alone with camera and microphone, in a room with pictures only. */
  tend() {
    const seat = this.seat;
    const open = this.parts?.sitting.phase === "open";
    const alone = Boolean(open && seat?.present && !seat.site);
    const watches = Boolean(open && seat && !alone);
    const wanted = alone ? "alone" : watches ? "watches" : "";
    if (wanted === this.joined || this.line.state !== "open") return;
    this.joined = wanted;
    this.media?.close();
    this.media = null;
    if (!wanted) return;
    const mosaic = this.conducts ? PAGE : 0;
    const shape = alone
      ? { send: true, voices: 3, pictures: 3, quiet: true, share: true, mosaic }
      : { send: false, voices: 0, pictures: 1, share: true, mosaic };
    this.media = new Media(this.line, this.sitting, shape);
    this.media.addEventListener("change", () => this.requestUpdate());
    void this.media.start();
  }

  /** The floor drives a lone person's microphone: on with the floor, off when it ends; else they press it themselves. */
  hear() {
    const speaks = this.parts?.stage.speaker === this.me?.id;
    if (speaks !== this.spoke) this.media?.enable("audio", speaks);
    this.spoke = speaks;
  }

  /** That it has ended is said, whoever or whatever ended it. */
  tellOfRecording() {
    const on = Boolean(this.parts?.sitting.recorded_since);
    if (this.recorded && !on && this.parts?.sitting.phase === "open") this.say(t("room.recording-ended"));
    this.recorded = on;
  }

  async record() {
    const on = Boolean(this.parts?.sitting.recorded_since);
    const words = on ? "record-stop" : "record";
    if (await ask({ title: t(`room.${words}-title`), text: t(`room.${words}-text`), act: t(`room.${words}`) }))
      await this.ask(on ? { kind: "stop-recording" } : { kind: "start-recording", recording: newId() });
  }

  /** The chair's switch. */
  recorder() {
    if (!this.presides || this.parts?.sitting.phase !== "open") return nothing;
    const on = Boolean(this.parts.sitting.recorded_since);
    return html`<button class="button decisive" aria-pressed=${on} @click=${this.record}>${icon(on ? "circle-stop" : "circle")}${t(on ? "room.record-stop" : "room.record")}</button>`;
  }

  /** @param {Screen} parts */
  header(parts) {
    const here = parts.attendance;
    const item = parts.agenda.find((one) => one.step === "now");
    const phase = parts.sitting.phase;
    return html`<header class="room-header">
      <a class="button plain" href="/" aria-label=${t("room.back")}>${icon("chevron-left")}</a>
      <h1 class="title">${marked(parts.sitting.title)}</h1>
      ${item ? html`<span class="soft figures">${t("room.item", { number: item.number, all: parts.agenda.length })} · <bacap-timer .since=${item.since} .limit=${item.minutes * 60} .now=${this.now}></bacap-timer></span>` : nothing}
      <span class="push"></span>
      ${phase === "open"
        ? html`<button class="badge ${here.quorate ? "good" : "warn"}" @click=${() => (this.panel = "people")}>${icon(here.quorate ? "check" : "users")}${t(here.quorate ? "room.quorate" : "room.not-quorate", { present: here.present, entitled: here.entitled, needed: here.needed })}</button>`
        : html`<span class="badge">${t(`phase.${phase}`)}</span>`}
      ${recordingBadge(parts)}${this.lineBadge()}</header>`;
  }

  lineBadge() {
    if (this.line.state !== "open") return html`<span class="badge warn" role="status">${icon("wifi-off")}${t("line.lost")}</span>`;
    if (this.media?.state === "lost") return html`<span class="badge warn" role="status">${t("line.media-lost")}</span>`;
    return html`<span class="badge good">${icon("wifi")}${t("line.good")}</span>`;
  }

  /** @param {Screen} parts */
  notice(parts) {
    const { phase } = parts.sitting;
    if (this.line.state !== "open") return html`<div class="note warn" role="status">${t("room.reconnecting")}</div>`;
    if (phase === "released")
      return html`<room-reply .room=${this} .parts=${parts}></room-reply>`;
    if (phase === "cancelled") return html`<div class="note seal" role="status">${t("prepare.cancelled", { reason: marked(parts.sitting.cancelled) })}</div>`;
    if (phase === "closed")
      return html`<div class="note good row">${t("room.closed")}<a class="button" href="/sittings/${this.sitting}/minutes">${t("desk.minutes")}</a></div>`;
    if (phase === "suspended") return html`<div class="note warn" role="status">${t("room.suspended")}</div>`;
    if (isOutside(parts)) return html`<div class="note warn" role="status">${t("room.outside")}</div>`;
    if (parts.sitting.closed_item && this.seat?.present) return html`<div class="note" role="status">${icon("lock")} ${t("room.inside")}</div>`;
    if (this.seat && !this.seat.present && this.seat.role !== "clerk") return html`<room-check-in .room=${this} .parts=${parts}></room-check-in>`;
    return nothing;
  }

  /** @param {Screen} parts */
  footer(parts) {
    const seat = this.seat;
    const stage = parts.stage;
    const { phase } = parts.sitting;
    if (phase === "closed" || phase === "cancelled" || (phase !== "open" && !this.presides)) return nothing;
    const speaking = stage.speaker === this.me?.id;
    const waiting = stage.queue.some((one) => one.person === this.me?.id);
    const floor = !seat?.present || parts.sitting.phase !== "open" || isOutside(parts)
      ? nothing
      : speaking
        ? html`<button class="button decisive" @click=${() => this.ask({ kind: "end-floor" })}>${icon("check")}${t("floor.finish")}</button>`
        : waiting
          ? html`<button class="button decisive" aria-pressed="true" @click=${() => this.ask({ kind: "withdraw-floor" })}>${icon("hand")}${t("floor.withdraw")}</button>`
          : html`<button class="button decisive ${this.presides ? "" : "act"}" @click=${() => this.ask({ kind: "ask-floor" })}>${icon("hand")}${t("floor.ask")}</button>
            ${this.presides ? nothing : html`<button class="button decisive" @click=${() => this.ask({ kind: "ask-floor", order: true })}>${t("floor.ask-order")}</button>`}`;
    return html`<footer class="room-footer">${floor}${this.switches()}${this.recorder()}<span class="push"></span>
      ${phase === "open" && seat?.present ? html`<button class="button decisive" @click=${() => (this.panel = "chat")}>${icon("message-square")}${t("chat.title")}</button>` : nothing}
      ${seat?.role === "secretary" && phase === "open" ? html`<button class="button decisive act" @click=${() => (this.panel = "notes")}>${icon("pen-line")}${t("notes.title")}</button>` : nothing}
      ${this.presides ? html`<room-chair .room=${this} .parts=${parts}></room-chair>` : nothing}</footer>`;
  }

  switches() {
    const media = this.media;
    const may = this.conducts || this.parts?.stage.speaker === this.me?.id || media?.shared;
    const share = may && media?.shape.share && "getDisplayMedia" in (navigator.mediaDevices ?? {}) && !NARROW.matches
      ? html`<button class="button decisive" aria-pressed=${Boolean(media.shared)} @click=${() => void media.share()}>${icon(media.shared ? "monitor-x" : "monitor-up")}${t(media.shared ? "room.share-stop" : "room.share")}</button>`
      : nothing;
    if (!media?.shape.send) return html`${share}${this.seat?.site && !this.presides ? html`<span class="small soft">${t("room.sound-in-room")}</span>` : nothing}`;
    const [mic, camera] = [media.enabled("audio"), media.enabled("video")];
    return html`<button class="button decisive" aria-pressed=${mic} @click=${() => media.enable("audio", !mic)}>${icon(mic ? "mic" : "mic-off")}${t(mic ? "room.mic-on" : "room.mic-off")}</button>
      <button class="button decisive" aria-pressed=${camera} @click=${() => media.enable("video", !camera)}>${icon(camera ? "video" : "video-off")}${t(camera ? "room.camera-on" : "room.camera-off")}</button>${share}
      ${media.voices.map((stream) => html`<audio autoplay .srcObject=${stream}></audio>`)}`;
  }

  /** @param {Screen} parts */
  panels(parts) {
    if (this.panel === "people") return this.side(t("room.people"), "", html`<room-attendance .room=${this} .parts=${parts}></room-attendance>`);
    if (this.panel === "chat") return this.side(t("chat.title"), "", html`<room-chat .room=${this} .parts=${parts} .seq=${this.view?.seq}></room-chat>`);
    if (this.panel === "notes") return this.side(t("notes.title"), "", html`<room-notes .room=${this} .parts=${parts}></room-notes>`);
    if (this.panel === "sites") return this.side(t("room.sites"), "wide", html`<room-mosaic .room=${this} .parts=${parts}></room-mosaic>`);
    return nothing;
  }

  /** Who opens a panel by keyboard is in it, and back where they were when it closes. @param {Map<string, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    if (!changed.has("panel") || changed.get("panel") === undefined) return;
    if (!this.panel) return this.opener?.focus();
    if (!changed.get("panel")) this.opener = /** @type {HTMLElement | null} */ (document.activeElement);
    /** @type {HTMLElement | null} */ (this.querySelector("dialog.side button"))?.focus();
  }

  /** A panel that opens over the right of the room. @param {string} title @param {string} width @param {unknown} content */
  side(title, width, content) {
    return html`<dialog class="side ${width}" .open=${true} aria-label=${title} @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && (this.panel = "")}><div class="row"><h2>${title}</h2>
      <button class="button push" @click=${() => (this.panel = "")}>${icon("x")}${t("act.close")}</button></div>${content}</dialog>`;
  }

  /** @param {Screen} parts */
  body(parts) {
    const agenda = html`<aside class="left"><room-agenda .room=${this} .parts=${parts}></room-agenda></aside>`;
    const middle = html`<section class="middle">${sharedScreen(parts, this.media)}<room-paper .room=${this} .parts=${parts}></room-paper><room-vote .room=${this} .parts=${parts}></room-vote></section>`;
    const floor = parts.sitting.phase === "closed" ? html`<aside class="right"></aside>` : html`<aside class="right"><room-speaking .room=${this} .parts=${parts} .slots=${this.media?.slots}></room-speaking></aside>`;
    if (!NARROW.matches) return html`<main id="main" class="room-main">${agenda}${middle}${floor}</main>`;
    const shown = { agenda, floor, paper: middle, people: html`<aside class="left"><room-attendance .room=${this} .parts=${parts}></room-attendance></aside>` };
    return html`<main id="main" class="room-main narrow">
      <room-vote class="above" .room=${this} .parts=${parts}></room-vote>
      <nav class="tabs" role="tablist">${TABS.map((tab) => html`<button role="tab" aria-selected=${this.tab === tab} @click=${() => (this.tab = tab)}>${t(`room.tab-${tab}`)}</button>`)}</nav>
      ${this.tab === "paper" ? html`<section class="middle"><room-paper .room=${this} .parts=${parts}></room-paper></section>` : shown[/** @type {keyof typeof shown} */ (this.tab)]}</main>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return html`<main id="main">${this.waits()}</main>`;
    return html`<div class="room">${this.header(parts)}<div class="room-notice">${this.notice(parts)}</div>${this.body(parts)}${this.footer(parts)}</div>${this.panels(parts)}`;
  }
}

customElements.define("place-room", Room);
