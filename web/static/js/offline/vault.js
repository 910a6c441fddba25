// What this browser keeps for its person when there is no network, sealed (AES-GCM) under a key that never leaves the
// browser's own keeping: no page, this one neither, can read it out. The key goes with signing out, or when the tablet is cut
// off. A clock that is put back opens nothing: what was seen later counts, until the server tells the time again.
import { openDB } from "idb";

const [NAME, VERSION] = ["bacap", 1];
const FLAG = "keeps"; // in localStorage, to be asked at once: is there anything?
const LOCK = "offline";
const LEEWAY_MS = 300_000; // that a clock may go back by itself

/** @typedef {{person: string, tablet: string, key: CryptoKey, seen: number, offset: number}} Owner */

/** Does this browser keep anything? */
export const keeps = () => localStorage.getItem(FLAG) !== null;

/** @type {Promise<import("idb").IDBPDatabase> | null} */
let opened = null;

/** One connection, which gives way to a newer page's. */
function database() {
  opened ??= openDB(NAME, VERSION, {
    upgrade(made) {
      made.createObjectStore("owner");
      made.createObjectStore("sealed");
    },
    blocking(_, __, event) {
      /** @type {IDBDatabase} */ (event.target).close();
      opened = null;
    },
    terminated() {
      opened = null; // the browser took it away: opened anew when it is next asked for
    },
  });
  opened.catch(() => (opened = null));
  return opened;
}

/** Whatever changes what is kept, one after another, in all pages together. @template T @param {() => Promise<T>} act @returns {Promise<T>} */
export const alone = (act) => navigator.locks.request(LOCK, act);

/** Papers are brought by one page at a time. @template T @param {() => Promise<T>} act @returns {Promise<T>} */
export const taking = (act) => navigator.locks.request(`${LOCK}-taking`, act);

/** @param {ArrayBuffer} bytes */
export const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A tablet's own name, which nobody guesses. */
const secret = () => hex(crypto.getRandomValues(new Uint8Array(32)).buffer);

export class Vault {
  /** @param {import("idb").IDBPDatabase} database @param {Owner} owner */
  constructor(database, owner) {
    this.database = database;
    this.owner = owner;
  }

  /** What is kept here, whoever it is for; null for nothing. */
  static async found() {
    if (!keeps()) return null;
    const held = await database();
    const owner = /** @type {Owner | undefined} */ (await held.get("owner", "owner"));
    return owner ? new Vault(held, owner) : null;
  }

  /** PERSON's own; what was another's is gone. @param {string} person */
  static async of(person) {
    await Vault.disown(person);
    const found = await Vault.found();
    if (found) return found;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const owner = { person, tablet: secret(), key, seen: 0, offset: 0 };
    const held = await database();
    await held.clear("sealed");
    await held.put("owner", owner, "owner");
    localStorage.setItem(FLAG, "1");
    void navigator.storage?.persist?.().catch(() => undefined); // a browser that is asked throws it away last
    return new Vault(held, owner);
  }

  /** Another signed in here, who did not sign out before: nothing of that stays. @param {string} person */
  static async disown(person) {
    const found = await Vault.found();
    if (found && found.owner.person !== person) await found.wipe();
  }

  // ── time ──

  /** ms, as the server tells it. */
  get now() {
    return Math.max(this.owner.seen, Date.now() + this.owner.offset);
  }

  /** Was the clock put back since it was last looked at? */
  get turnedBack() {
    return Date.now() + this.owner.offset < this.owner.seen - LEEWAY_MS;
  }

  /** Keep the latest time seen; what the server says NOW counts alone. @param {number} [now] */
  async tick(now) {
    if (now !== undefined) this.owner.offset = now - Date.now();
    this.owner.seen = now ?? this.now;
    const writing = this.database.transaction("owner", "readwrite");
    const kept = /** @type {Owner | undefined} */ (await writing.store.get("owner"));
    if (kept?.tablet === this.owner.tablet) await writing.store.put({ ...this.owner, seen: now ?? Math.max(kept.seen, this.owner.seen) }, "owner");
    await writing.done;
  }

  // ── sealed ──

  /** @param {string} name @param {BufferSource} bytes */
  async put(name, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) }, this.owner.key, bytes);
    const writing = this.database.transaction(["owner", "sealed"], "readwrite");
    const owner = await writing.objectStore("owner").get("owner");
    if (owner?.tablet === this.owner.tablet) await writing.objectStore("sealed").put({ iv, body }, name); // else it was thrown away meanwhile
    await writing.done;
  }

  /** Null where it is not, or is not what was put there. @param {string} name @returns {Promise<ArrayBuffer | null>} */
  async get(name) {
    const found = await this.database.get("sealed", name);
    if (!found) return null;
    const opening = crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv, additionalData: new TextEncoder().encode(name) }, this.owner.key, found.body);
    return opening.catch(() => null);
  }

  /** @param {string} name @param {unknown} what */
  putJson = (name, what) => this.put(name, new TextEncoder().encode(JSON.stringify(what)));

  /** @param {string} name @returns {Promise<any>} */
  async getJson(name) {
    const found = await this.get(name);
    return found && JSON.parse(new TextDecoder().decode(found));
  }

  /** @param {string} begins @returns {Promise<string[]>} */
  async names(begins) {
    const names = await this.database.getAllKeys("sealed", IDBKeyRange.bound(begins, `${begins}\uffff`));
    return names.map(String);
  }

  /** @param {string} name */
  drop = (name) => this.database.delete("sealed", name);

  /** Everything, and first of all the key. */
  async wipe() {
    await this.database.clear("owner");
    await this.database.clear("sealed");
    localStorage.removeItem(FLAG);
  }
}
