// The channel to the server, with no page in it: a program of another's could use it as it is (docs/PROTOCOL.md).
//
// A line that falls silent for 5 s is given up and a new socket opened; the sitting is then told from the last event
// seen. A command keeps its id until it is answered, so that sending it again after a cut does nothing twice.
// @ts-check

export const VERSION = 1;
const PING_MS = 2000;
const SILENCE_MS = 5000;
const SLOW_MS = 1000; // an answer that took longer says little of the time
const FROM_NOW = Number.MAX_SAFE_INTEGER; // behind the last event there can be: no past is told
const WAITS_MS = [100, 400, 1000, 2000]; // no longer: after a cut of a minute, media waits for it

/** @typedef {import("./wire.d.ts").Told} Told */
/** @typedef {import("./wire.d.ts").Screen} Screen */
/** @typedef {import("./wire.d.ts").Command} Command */
/** @typedef {import("./wire.d.ts").ToBrowser} ToBrowser */
/** @typedef {import("./wire.d.ts").Refusal} Refusal */

export class CommandRefused extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.text);
    this.code = refusal.code;
    this.params = refusal.params;
  }
}

const GONE = ["no-right", "no-such-sitting", "not-invited-now"]; // a sitting that is not, or not any more, for whoever looks

/** A sitting as this screen may see it. `parts` is null until the first word from the server. */
export class SittingView extends EventTarget {
  /** @param {string} id */
  constructor(id) {
    super();
    this.id = id;
    this.seq = 0; // of the last event told
    this.past = false; // do `events` begin with the first?
    /** @type {Screen | null} */
    this.parts = null;
    /** @type {import("./wire.d.ts").SeenEvent[]} */
    this.events = [];
    this.fault = ""; // why there is nothing to see, in words
    this.code = ""; // and in a code
  }

  /** @param {Told} told */
  take(told) {
    this.parts = { .../** @type {Screen} */ (this.parts ?? {}), ...told.parts };
    this.events.push(...told.events.filter((event) => event.seq > this.seq));
    this.seq = told.seq;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} why @param {string} code */
  refuse(why, code) {
    this.fault = why;
    this.code = code;
    this.parts = null;
    this.events = [];
    this.seq = 0;
    this.dispatchEvent(new Event("change"));
  }
}

export class Channel extends EventTarget {
  /**
   * @param {string} url
   * @param {{site?: string, makeSocket?: (url: string) => WebSocket, now?: () => number}} [options]
   */
  constructor(url, options = {}) {
    super();
    this.url = url;
    this.site = options.site ?? "";
    this.makeSocket = options.makeSocket ?? ((address) => new WebSocket(address));
    this.now = options.now ?? (() => Date.now());
    /** @type {"connecting" | "open" | "lost" | "closed"} */
    this.state = "connecting";
    /** @type {Map<string, SittingView>} */
    this.sittings = new Map();
    /** @type {Map<string, {message: any, resolve: (answer: any) => void, reject: (error: Error) => void}>} */
    this.pending = new Map();
    this.who = ""; // who the server takes us for
    this.tries = 0;
    this.heard = 0;
    this.offset = 0; // server clock minus ours, ms
    /** External TURN servers, if any. @type {RTCIceServer[]} */
    this.ice = [];
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.beat = undefined;
    this.open();
  }

  /** Follow the server's clock, by an answer that took TRIP ms. @param {number} now @param {number} trip */
  synchronise(now, trip) {
    if (trip >= 0 && trip < SLOW_MS) this.offset = now + trip / 2 - this.now();
  }

  /** The server's clock. */
  serverNow() {
    return this.now() + this.offset;
  }

  open() {
    if (this.state === "closed") return;
    const socket = this.makeSocket(this.url);
    this.socket = socket;
    this.heard = this.now();
    socket.onopen = () => this.write({ type: "hello", v: VERSION, site: this.site });
    socket.onmessage = (event) => this.hear(JSON.parse(event.data));
    socket.onclose = (event) => this.lost(socket, event.code);
    clearInterval(this.beat);
    this.beat = setInterval(() => this.tick(socket), PING_MS);
  }

  /** @param {WebSocket} socket */
  tick(socket) {
    if (this.now() - this.heard > SILENCE_MS) {
      socket.onclose = null;
      socket.close();
      this.lost(socket, 0);
    } else if (socket.readyState === 1) {
      this.write({ type: "ping", t: this.now() });
    }
  }

  /** @param {WebSocket} socket @param {number} code */
  lost(socket, code) {
    if (this.socket !== socket || this.state === "closed") return;
    this.socket = null;
    clearInterval(this.beat);
    if (code === 4401) {
      this.change("closed");
      this.dispatchEvent(new Event("signed-out"));
      return;
    }
    this.change("lost");
    const wait = WAITS_MS[Math.min(this.tries++, WAITS_MS.length - 1)] * (0.5 + Math.random());
    setTimeout(() => this.open(), wait);
  }

  close() {
    this.change("closed");
    clearInterval(this.beat);
    this.socket?.close();
    this.socket = null;
  }

  /** @param {"connecting" | "open" | "lost" | "closed"} state */
  change(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  /** @param {object} message */
  write(message) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  /** @param {ToBrowser} message */
  hear(message) {
    this.heard = this.now();
    if (message.type === "told") this.sittings.get(message.sitting)?.take(message);
    else if (message.type === "welcome") this.welcomed(message);
    else if (message.type === "done" || message.type === "fetched" || message.type === "media-answer" || message.type === "wall-code")
      this.settle(message.id, (waiting) => waiting.resolve(message));
    else if (message.type === "refused") this.refused(message);
    else if (message.type === "pong") this.synchronise(message.now, this.now() - message.t);
    else this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** @param {import("./wire.d.ts").Welcome} welcome */
  welcomed(welcome) {
    if (welcome.kind === "reload") {
      this.dispatchEvent(new Event("outdated"));
      return;
    }
    this.tries = 0;
    this.who = welcome.who;
    this.offset = welcome.now - this.now();
    this.ice = welcome.ice ?? [];
    for (const view of this.sittings.values()) this.begin(view);
    for (const { message } of this.pending.values()) this.write(message);
    this.change("open");
    this.dispatchEvent(new CustomEvent("welcome", { detail: welcome }));
  }

  /** @param {Refusal} refusal */
  refused(refusal) {
    const view = this.sittings.get(refusal.id ?? "");
    if (refusal.id && this.pending.has(refusal.id))
      this.settle(refusal.id, (waiting) => waiting.reject(new CommandRefused(refusal)));
    else if (view && (!view.parts || GONE.includes(refusal.code))) view.refuse(refusal.text, refusal.code);
    else this.dispatchEvent(new CustomEvent("refused", { detail: refusal }));
  }

  /** @param {string} id @param {(waiting: {resolve: (answer: any) => void, reject: (error: Error) => void}) => void} use */
  settle(id, use) {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (waiting) use(waiting);
  }

  /** Follow a sitting: as it stands and goes on, or with all its PAST events too. @param {string} id @param {boolean} [past] */
  watch(id, past = false) {
    const view = this.sittings.get(id) ?? new SittingView(id);
    const known = this.sittings.has(id);
    if (known && (view.past || !past)) return view;
    this.sittings.set(id, view);
    view.past = past;
    view.events = [];
    view.seq = 0;
    if (this.state === "open") this.begin(view);
    return view;
  }

  /** @param {SittingView} view */
  begin(view) {
    this.write({ type: "watch", sitting: view.id, after: view.seq || (view.past ? 0 : FROM_NOW) });
  }

  /**
   * Send a message that is answered under its id.
   * @param {{type: string, id: string} & Record<string, unknown>} message
   * @returns {Promise<any>}
   */
  ask(message) {
    return new Promise((resolve, reject) => {
      this.pending.set(message.id, { message, resolve, reject });
      if (this.state === "open") this.write(message);
    });
  }

  /**
   * A command to a sitting; resolves when it is durable.
   * @param {string} sitting
   * @param {Command} command
   * @param {string} [id]
   * @returns {Promise<import("./wire.d.ts").Done>}
   */
  do(sitting, command, id = crypto.randomUUID()) {
    const seen = this.sittings.get(sitting)?.seq ?? 0;
    return this.ask({ type: "do", id, sitting, seen, command });
  }
}
