// My annotations on a version of a paper. What is made stands at once, and is kept in this browser until the server has it:
// also without a line, and when the page is left meanwhile.
import { drop, get, put } from "../api.js";
import { keptAnnotations } from "../offline/copies.js";
import { within } from "../within.js";

/** @typedef {import("../wire.d.ts").Shown} Shown */
/** @typedef {Shown["mark"]} Mark */
/** @typedef {{sha256: string, page: number, mark: Mark}} Made the version it was made on, and where */

const AGAIN_MS = 4000;
const ANSWER_MS = 15_000; // then the line is as good as none
const KEPT = "annotation:"; // then who, which sitting, which paper, which one
const WRONG = ["annotations-many", "body", "field-wrong"]; // refusals that another try would meet again

/** What this browser keeps of whoever is signed in, and the server does not have yet. @param {string} me */
export const unsentOf = (me) => Object.keys(localStorage).filter((key) => key.startsWith(`${KEPT}${me}:`));

/** Send all of it; how much is left. @param {string} me */
export async function sendAll(me) {
  for (const key of unsentOf(me)) {
    const [, , sitting, paper, id] = key.split(":");
    await alone(async () => {
      const what = localStorage.getItem(key);
      if (what === null) return; // sent meanwhile
      await sent(pathOf(sitting, paper), id, JSON.parse(what));
      if (localStorage.getItem(key) === what) localStorage.removeItem(key);
    }).catch(() => undefined);
  }
  return unsentOf(me).length;
}

/** One after another, in all pages together: what was written last is what the server has. @template T @param {() => Promise<T>} act @returns {Promise<T>} */
const alone = (act) => navigator.locks.request("annotations", act);

/** @param {string} sitting @param {string} paper */
const pathOf = (sitting, paper) => `/api/sittings/${sitting}/papers/${paper}/annotations`;

/** @param {string} path @param {string} id @param {Made | null} what */
const sent = (path, id, what) => within(ANSWER_MS, what ? put(`${path}/${id}`, what) : drop(`${path}/${id}`));

export class Annotations extends EventTarget {
  /** @param {string} me @param {string} sitting @param {string} paper @param {string} sha256 */
  constructor(me, sitting, paper, sha256) {
    super();
    this.sha256 = sha256;
    this.sitting = sitting;
    this.paper = paper;
    this.path = pathOf(sitting, paper);
    this.prefix = `${KEPT}${me}:${sitting}:${paper}:`;
    /** @type {Map<string, Shown>} */
    this.all = new Map();
    /** What the server does not have yet; null: taken away. @type {Map<string, Made | null>} */
    this.unsent = new Map();
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(this.prefix))) this.unsent.set(key.slice(this.prefix.length), JSON.parse(localStorage.getItem(key) ?? "null"));
    this.sending = false;
    this.closed = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
  }

  get onPages() {
    return [...this.all.values()];
  }

  /** What was not sent stays in this browser, for the next time it is opened. */
  close() {
    this.closed = true;
    clearTimeout(this.again);
  }

  /** Again after a while, until it goes. @param {() => Promise<void>} act */
  later(act) {
    clearTimeout(this.again);
    if (!this.closed) this.again = setTimeout(() => void act(), AGAIN_MS);
  }

  /** @returns {Promise<void>} */
  async load() {
    for (const [id, what] of this.unsent) this.stand(id, what);
    this.changed();
    try {
      const rows = /** @type {Shown[]} */ (await get(this.path));
      this.all = new Map(rows.map((row) => [row.id, row]));
    } catch {
      const kept = this.all.size ? null : await keptAnnotations(this.sitting, this.paper);
      if (kept) this.all = new Map(kept.map((row) => [row.id, row]));
      for (const [id, what] of this.unsent) this.stand(id, what);
      this.changed();
      return this.later(() => this.load());
    }
    for (const [id, what] of this.unsent) this.stand(id, what);
    this.changed();
    await this.send();
  }

  /** What was made on another version shows when the server has said where it belongs. @param {string} id @param {Made | null} what */
  stand(id, what) {
    if (what && what.sha256 === this.sha256) this.all.set(id, { id, page: what.page, mark: what.mark });
    else if (!what) this.all.delete(id);
  }

  /** @param {string} id @param {{page: number, mark: Mark} | null} what */
  set(id, what) {
    const made = what && { sha256: this.sha256, ...what };
    this.unsent.set(id, made);
    this.stand(id, made);
    try {
      localStorage.setItem(this.prefix + id, JSON.stringify(made));
    } catch {
      // no room left in this browser: it is kept here while the page is open
    }
    this.changed();
    void this.send();
  }

  changed() {
    if (!this.closed) this.dispatchEvent(new Event("change"));
  }

  /** One after another; what is changed on its way is sent again. */
  async send() {
    if (this.sending || this.closed) return;
    this.sending = true;
    let elsewhere = false; // something belongs on a page that only the server can name
    for (const [id, what] of this.unsent) {
      if (this.closed) break;
      try {
        await alone(() => sent(this.path, id, what));
        elsewhere ||= Boolean(what) && what?.sha256 !== this.sha256;
      } catch (error) {
        const told = /** @type {any} */ (error);
        if (!WRONG.includes(told.code)) {
          this.later(() => this.send());
          break;
        }
        elsewhere = true;
        this.dispatchEvent(new CustomEvent("refused", { detail: told.message }));
      }
      if (this.unsent.get(id) !== what) continue; // changed on its way
      this.unsent.delete(id);
      if (localStorage.getItem(this.prefix + id) === JSON.stringify(what)) localStorage.removeItem(this.prefix + id);
    }
    this.sending = false;
    this.changed();
    if (elsewhere && !this.closed) await this.load();
    else if (this.unsent.size && !this.again) this.later(() => this.send());
  }
}
