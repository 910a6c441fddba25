// The room's big screen: stage large, paper beside it, one line that can be read at five metres. One start button, which
// a browser wants before it gives sound and camera; after a power cut it goes on by itself (kiosk flags: docs/install.md).
import "../elements/check.js";
import "../elements/sheet.js";
import "../elements/tile.js";
import "../elements/timer.js";
import "../elements/vote-bars.js";
import { channel } from "../line.js";
import { Media, SHARED } from "../media.js";
import { melody } from "../melody.js";
import { Part, html, icon, nothing } from "../part.js";
import { showPointer } from "../room/pointer.js";
import { addressOf, isNarrow, isOutside, nameOf, paperIn, recordingBadge, sharedScreen, picturesOf } from "../sitting.js";
import { clock, marked, t } from "../words.js";
import { sites } from "./walls.js";

const LOOK_MS = 5000;
const SHOWN_MS = 15_000; // what a check found stays on the screen so long
const PAUSE_MS = 60_000; // after a check that failed, till the next
const SHAPE = { send: true, voices: 3, pictures: 4 };

class Wall extends Part {
  static properties = { site: { attribute: false }, started: { state: true }, sittings: { state: true }, checking: { state: true }, tick: { state: true }, code: { state: true } };

  constructor() {
    super();
    this.site = "";
    this.started = false;
    /** @type {import("../wire.d.ts").SittingRow[]} */
    this.sittings = [];
    this.tick = 0;
    /** @type {Media | null} */
    this.media = null;
    /** @type {import("../protocol.js").SittingView | null} */
    this.view = null;
    this.unheard = () => {};
    this.name = "";
    this.code = ""; // what people in the room check in with
    this.asked = ""; // the sitting that asks for codes, as it was last
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.nextCode = undefined;
    this.draw = () => {
      const parts = this.view?.parts;
      const asked = parts?.attendance.codes && parts.sitting.phase === "open" ? parts.sitting.id : "";
      if (asked !== this.asked) void this.refreshCode();
      this.asked = asked;
      this.media?.narrow(isNarrow(parts ?? null));
      this.requestUpdate();
    };
    this.look = () => this.line?.write({ type: "site-sittings" });
    /** @param {Event} event */
    this.listed = (event) => {
      const told = /** @type {CustomEvent} */ (event).detail;
      this.follow(told.sittings);
      this.answer(told.waited);
    };
    /** The sitting for which this room's things are being tried; "": nobody asked, but somebody here. @type {string | null} */
    this.checking = null;
    this.pausedTill = 0; // performance.now()
  }

  connectedCallback() {
    super.connectedCallback();
    const held = sites()[this.site];
    if (!held) return;
    this.name = held.name;
    this.line = channel(held.credential);
    this.line.addEventListener("site-sittings", this.listed);
    this.unheard = showPointer(this, this.line, () => this.view?.parts?.stage ?? null);
    this.line.addEventListener("state", this.draw);
    this.beat = setInterval(() => {
      this.look();
      this.tick += 1;
    }, LOOK_MS);
    this.line.addEventListener("welcome", this.look);
    if (new URLSearchParams(location.search).has("start")) void this.start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unheard();
    clearInterval(this.beat);
    clearTimeout(this.leaving);
    clearTimeout(this.nextCode);
    this.line?.removeEventListener("site-sittings", this.listed);
    this.line?.removeEventListener("state", this.draw);
    this.line?.removeEventListener("welcome", this.look);
    this.view?.removeEventListener("change", this.draw);
    this.media?.close();
    void this.lock?.release();
  }

  get now() {
    return () => this.line?.serverNow() ?? Date.now();
  }

  /** The press of the one button: sound is allowed now, the screen stays awake, and a sitting that is on is joined. */
  async start() {
    this.started = true;
    this.lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    this.join();
  }

  /** Sittings of this site: the open one, else the next. @param {import("../wire.d.ts").SittingRow[]} rows */
  follow(rows) {
    this.sittings = rows;
    const chosen = rows.find((row) => row.phase === "open") ?? rows[0];
    if (chosen && chosen.id !== this.view?.id && this.line) {
      this.view?.removeEventListener("change", this.draw);
      this.view = this.line.watch(chosen.id);
      this.view.addEventListener("change", this.draw);
      this.media?.close();
      this.media = null;
    }
    this.join();
  }

  /** Rung for a rehearsal: try everything. A sitting that is on comes first. @param {string[]} waited */
  answer(waited) {
    const [sitting] = waited;
    const busy = this.sittings.some((row) => row.phase === "open");
    if (busy && this.checking !== null) this.back();
    else if (sitting && !busy && !this.checking && performance.now() >= this.pausedTill) this.check(sitting);
  }

  /** @param {string} sitting */
  check(sitting) {
    this.media?.close();
    this.media = null;
    this.checking = sitting;
    if (sitting && !this.pausedTill) melody([880, 660, 880, 660], 0.3);
  }

  /** @param {CustomEvent<import("../wire.d.ts").Check | null>} event */
  async checked(event) {
    const [sitting, line, check] = [this.checking, this.line, event.detail];
    if (!sitting || !line) return;
    const told = check && (await this.attempt(() => line.do(sitting, { kind: "report-check", check })));
    this.pausedTill = told ? 0 : performance.now() + PAUSE_MS;
    if (this.checking === sitting && this.isConnected) this.leaving = setTimeout(() => this.back(), SHOWN_MS);
  }

  back() {
    clearTimeout(this.leaving);
    this.checking = null;
    this.join();
  }

  join() {
    if (this.checking !== null || !this.started || !this.view || !this.line || this.media) return;
    this.media = new Media(this.line, this.view.id, SHAPE);
    this.media.addEventListener("change", this.draw);
    void this.media.start();
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  stage(parts) {
    const { speaker, speaker_site: site, since, limit } = parts.stage;
    const own = parts.stage.stage === this.site;
    const endpoint = own ? this.site : (this.media?.slots.video[0] ?? "");
    const card = parts.people[speaker];
    const stream = own ? (this.media?.own ?? null) : (this.media?.pictures[0] ?? null);
    const about = speaker ? [card?.office, parts.rooms[site]].filter(Boolean).join(" · ") : "";
    return html`<bacap-tile class="stage" .stream=${endpoint ? stream : null} .name=${speaker ? (card?.name ?? "") : nameOf(parts, endpoint)} .about=${about} .since=${speaker ? since : 0} .limit=${limit} .now=${this.now}></bacap-tile>`;
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  others(parts) {
    const media = this.media;
    if (!media) return nothing;
    return html`<div class="others">${media.slots.video.map((endpoint, index) =>
        endpoint && !endpoint.endsWith(SHARED) && (index > 0 || parts.stage.stage === this.site)
          ? html`<bacap-tile data-endpoint=${endpoint} .stream=${media.pictures[index]} .name=${nameOf(parts, endpoint)}></bacap-tile>`
          : nothing,
      )}<bacap-tile class="self" .stream=${media.own} .name=${this.name} .about=${t(this.muted(parts) ? "wall.muted" : "wall.heard")}></bacap-tile></div>`;
  }

  /** Is this room not heard now? @param {import("../wire.d.ts").Screen} parts */
  muted(parts) {
    return Boolean(parts.stage.speaker) && parts.stage.stage !== this.site;
  }

  /** @param {import("../wire.d.ts").Screen} parts @param {import("../wire.d.ts").BallotPart} ballot */
  vote(parts, ballot) {
    if (ballot.result) return html`<bacap-vote-bars .result=${ballot.result} .options=${ballot.options} .absent=${ballot.absent}></bacap-vote-bars>`;
    if (ballot.step !== "open") return html`<p class="huge">${t(ballot.step === "voided" ? "vote.voided" : "vote.held")}</p>`;
    const called = parts.people[ballot.called];
    return html`<p class="huge">${t(`put.${ballot.way}`)}</p><p class="huge figures">${t("vote.sent", { cast: ballot.cast, electorate: ballot.electorate })}</p>
      ${called ? html`<p class="huge">${t("roll.called")} ${marked(called.name)}</p>` : nothing}`;
  }

  /** The code by which people in this room check in, anew each minute. */
  async refreshCode() {
    clearTimeout(this.nextCode);
    const [line, view] = [this.line, this.view];
    if (!line || !view?.parts?.attendance.codes || view.parts.sitting.phase !== "open") {
      this.code = "";
      return;
    }
    const shown = await line.ask({ type: "ask-wall-code", id: crypto.randomUUID(), sitting: view.id }).catch(() => null);
    if (view !== this.view) return; // another sitting is on the wall by now, and asks for its own
    this.code = shown?.code ?? "";
    if (this.isConnected) this.nextCode = setTimeout(() => void this.refreshCode(), shown ? Math.max(500, shown.until - line.serverNow() + 200) : 5000);
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  beside(parts) {
    if (parts.sitting.phase === "suspended") return html`<div class="wall-vote"><p class="huge">${t("phase.suspended")}</p></div>`;
    if (isOutside(parts)) return html`<div class="wall-vote"><p class="huge">${t("wall.outside")}</p></div>`;
    const ballot = parts.ballots.at(-1);
    if (ballot && ballot.item === parts.stage.item)
      return html`<div class="wall-vote"><h2>${marked(ballot.question)}</h2>${this.vote(parts, ballot)}</div>`;
    const screen = sharedScreen(parts, this.media);
    if (screen) return screen;
    const shown = paperIn(parts, parts.stage.paper);
    if (shown && this.line)
      return html`<bacap-sheet .paper=${shown.paper.sha256} .pictures=${picturesOf(parts.sitting.id, shown.paper.id)} .address=${addressOf(this.line, parts.sitting.id, shown.paper.id)} .page=${parts.stage.page}></bacap-sheet>`;
    return html`<div class="wall-quiet">${icon("file-text")}</div>`;
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  strip(parts) {
    const item = parts.agenda.find((one) => one.step === "now");
    const here = parts.attendance;
    const over = parts.sitting.phase === "closed"; // then there is no media to be linked to
    const good = this.line?.state === "open" && (over || this.media?.state === "on");
    return html`<footer><div class="what"><div class="label">${item ? t("room.item", { number: item.number, all: parts.agenda.length }) : t(`phase.${parts.sitting.phase}`)}</div><div class="value">${marked(item?.title ?? parts.sitting.title)}</div></div>
      <div><div class="label">${t("wall.quorum")}</div><div class="value ${here.quorate ? "good" : "warn"}">${here.present} / ${here.entitled} · ${t(here.quorate ? "wall.enough" : "wall.too-few")}</div></div>
      ${this.code ? html`<div><div class="label">${t("wall.code")}</div><div class="value figures">${this.code.slice(0, 3)} ${this.code.slice(3)}</div></div>` : nothing}
      <div class="last">${recordingBadge(parts)}<div class="value figures">${clock(this.now())}</div><div class="label ${good ? "good" : "warn"}">${t(good ? "line.good" : "line.lost")}</div></div></footer>`;
  }

  /** @param {string} sitting */
  trying(sitting) {
    const row = this.sittings.find((one) => one.id === sitting);
    const known = this.view?.id === sitting ? this.view.parts?.sites.find((one) => one.site === this.site) : null;
    return html`<div class="wall trying"><main id="main" class="card stack"><h1>${t(sitting ? "wall.rehearsal" : "place.place-check")}</h1>
      <p>${marked(this.name)}${row ? html` · ${marked(row.title)}` : nothing}</p>
      <bacap-check .line=${this.line} .profile=${known?.line ?? "full"} .at=${row?.begins ?? 0} ?auto=${Boolean(sitting)} @checked=${this.checked}></bacap-check>
      ${sitting ? nothing : html`<div class="row"><button class="button" @click=${this.back}>${icon("arrow-left")}${t("act.back")}</button></div>`}</main></div>`;
  }

  render() {
    if (!sites()[this.site]) return html`<main id="main" class="place narrow stack"><div class="note warn">${t("wall.not-enrolled")}</div><a class="button act" href="/wall">${t("walls.enrol")}</a></main>`;
    const parts = this.view?.parts;
    if (this.checking !== null) return this.trying(this.checking);
    if (!this.started)
      return html`<div class="wall start"><main id="main"><h1>${marked(this.name)}</h1><p>${parts ? marked(parts.sitting.title) : t("wall.no-sitting")}</p>
        <button class="button act decisive" @click=${this.start}>${icon("play")}${t("wall.start")}</button>
        <button class="button" @click=${() => this.check("")}>${icon("mic")}${t("desk.check")}</button></main></div>`;
    if (!parts) return html`<div class="wall start"><main id="main"><h1>${marked(this.name)}</h1><p>${t("wall.waiting")}</p></main></div>`;
    return html`<div class="wall"><main id="main"><section class="pictures">${this.stage(parts)}${this.others(parts)}</section><section class="beside">${this.beside(parts)}</section></main>${this.strip(parts)}
      ${this.media?.voices.map((stream, index) => html`<audio autoplay data-voice=${index} .srcObject=${stream}></audio>`) ?? nothing}
      ${this.media?.fault && !this.media.own ? html`<div class="toast seal">${t("wall.no-camera")}</div>` : nothing}</div>`;
  }
}

customElements.define("place-wall", Wall);
