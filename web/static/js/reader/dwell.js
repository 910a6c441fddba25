// How long each page lies open before me, told now and then while I read; kept here while there is no line.
import { newId } from "../part.js";
import { Late, within } from "../within.js";

const TELL_MS = 10_000;
const ANSWER_MS = 30_000;
const MOST = 200; // pages told at once
const LOOK_MS = 1000; // what is only leafed past is not told
const AWAKE_MS = 180_000; // whoever touches nothing for so long is not believed to be reading

const KEPT = "dwell:"; // in this browser, then who, then which reader: what was read without a line

/** @typedef {{sitting: string, paper: string, sha256: string, pages: Map<number, number>}} Read pages: ms by page */

/**
 * Tell what was read without a line: each version once, for what is told too soon after another is not believed. What the
 * server did not answer stays; what it refuses is of no use any more.
 * @param {import("../protocol.js").Channel} line @param {string} me
 */
export async function tellKept(line, me) {
  /** @type {Map<string, {keys: Set<string>, read: Read}>} */
  const together = new Map();
  for (const key of untoldOf(me))
    for (const { pages, ...read } of JSON.parse(localStorage.getItem(key) ?? "[]")) {
      const one = together.get(read.paper + read.sha256) ?? { keys: new Set(), read: { ...read, pages: new Map() } };
      for (const [page, ms] of pages) one.read.pages.set(page, (one.read.pages.get(page) ?? 0) + ms);
      together.set(read.paper + read.sha256, { ...one, keys: one.keys.add(key) });
    }
  const [all, left] = [new Set(), new Set()];
  for (const { keys, read } of together.values()) {
    const told = within(ANSWER_MS, line.ask({ type: "reading", id: newId(), ...read, pages: longEnough(read) }));
    const answered = await told.then(() => true, (error) => !(error instanceof Late));
    for (const key of keys) (answered ? all : left).add(key);
  }
  for (const key of all) if (!left.has(key)) localStorage.removeItem(key);
}

/** What this browser keeps of what ME read, and the server does not know yet. @param {string} me */
export const untoldOf = (me) => Object.keys(localStorage).filter((key) => key.startsWith(`${KEPT}${me}:`));

/** What is worth telling of it. @param {Read} read */
const longEnough = ({ pages }) => [...pages].filter(([, ms]) => ms >= LOOK_MS).slice(0, MOST);

export class Dwell {
  /** @param {import("../protocol.js").Channel} line @param {string} me */
  constructor(line, me) {
    this.line = line;
    this.me = me;
    this.key = `${KEPT}${me}:${newId()}`;
    /** What lies open, and since when. @type {{sitting: string, paper: string, sha256: string, pages: number[], since: number} | null} */
    this.open = null;
    /** What was not told yet: ms by page, by version. @type {Map<string, Read>} */
    this.untold = new Map();
    this.touched = performance.now();
    this.hidden = document.visibilityState === "hidden";
    this.beat = setInterval(() => this.tell(), TELL_MS);
    this.stop = new AbortController();
    const { signal } = this.stop;
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "scroll"]) addEventListener(name, () => this.touch(), { signal, passive: true, capture: true });
    addEventListener("pagehide", () => this.tell(), { signal });
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
  }

  /** These pages lie open now; none, with an empty SHA-256. @param {string} sitting @param {string} paper @param {string} sha256 @param {number[]} pages */
  show(sitting, paper, sha256, pages) {
    const { open } = this;
    if (open && open.sha256 === sha256 && open.paper === paper && open.pages.join() === pages.join()) return;
    this.tell();
    this.touched = performance.now();
    this.open = sha256 ? { sitting, paper, sha256, pages, since: performance.now() } : null;
  }

  touch() {
    this.count();
    this.touched = performance.now();
  }

  seen() {
    this.tell(); // what went by until now
    this.hidden = document.visibilityState === "hidden";
  }

  /** Put down what went by since it was last counted. */
  count() {
    const { open } = this;
    if (!open) return;
    const now = performance.now();
    const until = Math.min(now, this.touched + AWAKE_MS);
    const ms = this.hidden ? 0 : Math.round((until - open.since) / open.pages.length); // of two side by side, each half
    open.since = now;
    if (ms <= 0) return;
    const key = `${open.paper}:${open.sha256}`;
    const known = this.untold.get(key) ?? { sitting: open.sitting, paper: open.paper, sha256: open.sha256, pages: new Map() };
    for (const page of open.pages) known.pages.set(page, (known.pages.get(page) ?? 0) + ms);
    this.untold.set(key, known);
  }

  /** Tell what was long enough; what is refused (another version has come, it was recalled) is of no use any more. Without
   * a line it stays in this browser until there is one. */
  tell() {
    this.count();
    if (this.line.state !== "open" || this.line.who !== this.me) {
      const kept = [...this.untold.values()].map((read) => ({ ...read, pages: longEnough(read) })).filter((read) => read.pages.length);
      try {
        if (kept.length) localStorage.setItem(this.key, JSON.stringify(kept));
      } catch {
        // no room left in this browser: it is kept while the page is open
      }
      return;
    }
    localStorage.removeItem(this.key);
    for (const [key, { sitting, paper, sha256, pages }] of this.untold) {
      const told = longEnough({ sitting, paper, sha256, pages });
      if (!told.length) continue;
      for (const [page] of told) pages.delete(page);
      if (!pages.size) this.untold.delete(key);
      void this.line.ask({ type: "reading", id: newId(), sitting, paper, sha256, pages: told }).catch(() => undefined);
    }
  }

  close() {
    this.tell();
    clearInterval(this.beat);
    this.stop.abort();
  }
}
