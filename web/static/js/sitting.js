// What the screens of one sitting share: they follow it on the channel, draw when it changes, and ask things of it.
import { channel } from "./line.js";
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
    this.line = channel();
    /** @type {import("./protocol.js").SittingView | null} */
    this.view = null;
    this.draw = () => void this.changed();
  }

  connectedCallback() {
    super.connectedCallback();
    this.view = this.line.watch(this.sitting);
    this.view.addEventListener("change", this.draw);
    void this.changed();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.view?.removeEventListener("change", this.draw);
  }

  get parts() {
    return this.view?.parts ?? null;
  }

  /** My own seat. */
  get seat() {
    return this.parts?.attendance.seats.find((seat) => seat.person === this.me?.id);
  }

  /** The sitting is not what it was. @returns {void | Promise<void>} */
  changed() {
    this.requestUpdate();
  }

  /** @param {Command} command */
  ask(command) {
    return this.attempt(() => this.line.do(this.sitting, command));
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

/** A paper with its item. @param {Screen | null} parts @param {string} id */
export function paperIn(parts, id) {
  for (const item of parts?.agenda ?? []) for (const paper of item.papers) if (paper.id === id) return { paper, item };
  return null;
}

/** How a sheet gets the address of a paper, which is good for a short time. @param {import("./protocol.js").Channel} line @param {string} sitting @param {string} paper */
export const addressOf = (line, sitting, paper) => async () => (await line.ask({ type: "fetch", id: crypto.randomUUID(), sitting, paper })).url;

/** A room or a person that sends, in words. @param {Screen | null} parts @param {string} endpoint */
export const nameOf = (parts, endpoint) => parts?.rooms[endpoint] ?? parts?.people[endpoint]?.name ?? "";
