// What the screens of one sitting share: they follow it on the channel, draw when it changes, and ask things of it.
import { channel } from "./line.js";
import { keeps } from "./offline/vault.js";
import { Part, html, icon, nothing } from "./part.js";
import { t } from "./words.js";

/** @typedef {import("./wire.d.ts").Screen} Screen */
/** @typedef {import("./wire.d.ts").Command} Command */

/** A place at the address of a sitting. */
export class SittingPlace extends Part {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = { me: { attribute: false }, sitting: { attribute: false } };

  constructor() {
    super();
    /** @type {import("./wire.d.ts").Me | null} */
    this.me = null;
    this.sitting = "";
    this.past = false; // does this place show what was said and cast before it was opened?
    this.line = channel();
    /** SHA-256 of the papers that are out, with + where readers' copies bear a watermark. @type {Set<string>} */
    this.papers = new Set();
    /** @type {import("./protocol.js").SittingView | null} */
    this.view = null;
    this.draw = () => void this.changed();
  }

  connectedCallback() {
    super.connectedCallback();
    this.view = this.line.watch(this.sitting, this.past);
    this.view.addEventListener("change", this.draw);
    this.line.addEventListener("state", this.draw);
    void this.changed();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.view?.removeEventListener("change", this.draw);
    this.line.removeEventListener("state", this.draw);
  }

  get parts() {
    return this.view?.parts ?? null;
  }

  /** My own seat. */
  get seat() {
    return this.parts?.attendance.seats.find((seat) => seat.person === this.me?.id);
  }

  /** Chair or secretary. */
  get conducts() {
    return this.seat?.role === "chair" || this.seat?.role === "secretary";
  }

  /** The sitting is not what it was; what was recalled or replaced leaves this browser's memory. @returns {void | Promise<void>} */
  changed() {
    const now = new Set(this.parts?.agenda.flatMap((item) => item.papers.map((paper) => (paper.step === "recalled" ? "" : paper.sha256 + (paper.watermarked ? "+" : "")))));
    const gone = [...this.papers].filter((one) => one && !now.has(one));
    const come = this.papers.size && [...now].some((one) => one && !this.papers.has(one));
    const { me, parts } = this;
    if ((gone.length || come) && me && parts && keeps()) void import("./offline/copies.js").then(({ follow }) => follow(this.line, me, parts)).catch(() => undefined); // it is renewed now and then
    this.papers = now;
    if (gone.length) void import("./pdf.js").then(({ forget }) => gone.forEach((one) => forget(one.replace("+", ""))));
    this.requestUpdate();
  }

  /** While there is nothing to show: it is coming, or why it never will. */
  waits() {
    const fault = this.view?.fault;
    if (this.line.state === "lost" && keeps()) return html`<div class="place stack"><p class="note">${t("offline.instead")}</p><div class="row"><a class="button act" href="/offline">${t("offline.read")}</a></div></div>`;
    return html`<div class="place">${fault
      ? html`<p class="note seal" role="alert">${fault}</p><div class="row"><a class="button act" href="/">${t("place.place-desk")}</a></div>`
      : html`<p class="soft">${t("app.loading")}</p>`}</div>`;
  }

  /** What is refused is said, and undefined. @param {Command} command */
  ask(command) {
    return this.attempt(() => this.send(command));
  }

  /** What is refused is thrown. @param {Command} command */
  send(command) {
    return this.line.do(this.sitting, command);
  }
}

/** Roles that are asked whether they come. */
export const ASKED = ["deputy", "member", "guest"];

/** Is a closed item on, which whoever looks is not shown? @param {Screen} parts */
export const isOutside = (parts) => parts.sitting.closed_item && !parts.stage.item;

/** Told to everybody while a recording runs. @param {Screen} parts */
export function recordingBadge(parts) {
  return parts.sitting.recorded_since ? html`<span class="badge seal recording" role="status">${icon("circle")}${t("room.recording")}</span>` : nothing;
}

/** A part of the sitting room: the room it is in, and what there is to see. */
export class RoomPart extends Part {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = { room: { attribute: false }, parts: { attribute: false } };

  constructor() {
    super();
    /** @type {any} */
    this.room = null;
    /** @type {Screen | null} */
    this.parts = null;
  }
}

/** The screen that somebody shares, in a tile; null for none. @param {Screen | null} parts @param {import("./media.js").Media | null} [media] */
export function sharedScreen(parts, media) {
  const screen = media?.screen;
  return screen
    ? html`<bacap-tile class="screen" .stream=${screen.stream} .name=${t("room.shared-by", { name: nameOf(parts, screen.endpoint) })}></bacap-tile>`
    : null;
}

/** Does a site take part over the narrowest line? @param {Screen | null} parts */
export const isNarrow = (parts) => parts?.sites.some((one) => one.joined && one.line === "64k") ?? false;

/** How many comments a paper has, for who reads them all. @param {Screen | null} parts @param {string} paper */
export function commentsBadge(parts, paper) {
  const tally = parts?.paper_comments[paper];
  return tally?.count ? html` <span class="badge ${tally.waiting ? "warn" : ""}">${t("paper-comment.count", { count: tally.count })}</span>` : null;
}

/** A paper with its item. @param {Screen | null} parts @param {string} id */
export function paperIn(parts, id) {
  for (const item of parts?.agenda ?? []) for (const paper of item.papers) if (paper.id === id) return { paper, item };
  return null;
}

/** Is there any paper to be read here? @param {Screen} parts */
export const hasPapers = (parts) => parts.agenda.some((item) => item.papers.some((paper) => !paper.on_paper && paper.step !== "recalled"));

/** How a sheet gets the address of a paper, which is good for a short time. @param {import("./protocol.js").Channel} line @param {string} sitting @param {string} paper */
export const addressOf = (line, sitting, paper) => async () => (await line.ask({ type: "fetch", id: crypto.randomUUID(), sitting, paper })).url;

/** Where the pages of a paper are as pictures. @param {string} sitting @param {string} paper */
export const picturesOf = (sitting, paper) => `/api/sittings/${sitting}/papers/${paper}/pages`;

/** A room or a person that sends, in words. @param {Screen | null} parts @param {string} endpoint */
export const nameOf = (parts, endpoint) => parts?.rooms[endpoint] ?? parts?.people[endpoint]?.name ?? "";
