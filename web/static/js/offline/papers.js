// Papers in the vault: fetched and sealed piece by piece, so that a line that breaks costs a piece and a tablet never holds a
// large paper twice; put together and compared with their SHA-256 when they are read.
import { newId } from "../part.js";
import { within } from "../within.js";
import { hex } from "./vault.js";

const PAPER = "paper:"; // then its SHA-256, with + where the copy bears a watermark; then which piece, of how many
const PIECE = 4 * 1024 * 1024;
const STALL_MS = 60_000; // without a byte: the line is gone
const NAME = /^paper:([0-9a-f]{64}\+?):(\d+):(\d+)$/;

/** @typedef {import("./vault.js").Vault} Vault */

/** Pieces by paper. @param {Vault} vault @returns {Promise<Map<string, {names: string[], pieces: number}>>} */
async function pieces(vault) {
  const found = new Map();
  for (const name of await vault.names(PAPER)) {
    const [, key, , of] = NAME.exec(name) ?? [];
    const one = found.get(key) ?? { names: [], pieces: Number(of) };
    one.names.push(name);
    found.set(key, one);
  }
  return found;
}

/** Those that are here as a whole. @param {Vault} vault @returns {Promise<Set<string>>} */
export async function whole(vault) {
  return new Set([...(await pieces(vault))].filter(([, one]) => one.names.length === one.pieces).map(([key]) => key));
}

/** Everything goes but what KEEPS names. @param {Vault} vault @param {Set<string>} keeps */
export async function sweep(vault, keeps) {
  for (const [key, one] of await pieces(vault)) if (!keeps.has(key)) for (const name of one.names) await vault.drop(name);
}

/**
 * Bring a paper that is not here, or what of it is missing.
 * @param {Vault} vault @param {import("../protocol.js").Channel} line @param {string} sitting @param {import("../wire.d.ts").PaperPart} paper @param {string} key
 * @param {(bytes: number) => void} told
 */
export async function bring(vault, line, sitting, paper, key, told) {
  const known = new Set((await pieces(vault)).get(key)?.names ?? []);
  if (key.endsWith("+")) {
    for (const name of known) await vault.drop(name); // begun at another time, which stands in the mark: pieces of two copies are none
    known.clear();
  }
  const { url } = await within(STALL_MS, line.ask({ type: "fetch", id: newId(), sitting, paper: paper.id }));
  for (let [at, count] = [0, 1]; at < count; at++) {
    const there = [...known].find((name) => name.startsWith(`${PAPER}${key}:${at}:`));
    if (there) count = Number(NAME.exec(there)?.[3]);
    else {
      const { size, body } = await piece(url, at, (come) => told(at * PIECE + come));
      count = Math.ceil(size / PIECE);
      await vault.put(`${PAPER}${key}:${at}:${count}`, body);
    }
    told((at + 1) * PIECE);
  }
}

/**
 * One piece of what lies at URL, and the size of the whole. However slow it comes, as long as it comes.
 * @param {string} url @param {number} at @param {(bytes: number) => void} told
 */
async function piece(url, at, told) {
  const given = new AbortController();
  const stalled = () => setTimeout(() => given.abort(), STALL_MS);
  let clock = stalled();
  try {
    const answer = await fetch(url, { headers: { Range: `bytes=${at * PIECE}-${(at + 1) * PIECE - 1}` }, signal: given.signal });
    const size = Number(/\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "")?.[1]);
    if (answer.status !== 206 || !size || !answer.body) throw new Error(String(answer.status));
    const [parts, reader] = [/** @type {Uint8Array<ArrayBuffer>[]} */ ([]), answer.body.getReader()];
    for (let [come, read] = [0, await reader.read()]; !read.done; read = await reader.read()) {
      clearTimeout(clock);
      clock = stalled();
      parts.push(read.value);
      told((come += read.value.length));
    }
    return { size, body: await new Blob(parts).arrayBuffer() };
  } finally {
    clearTimeout(clock);
  }
}

/** The bytes of a paper; null where they are not here, or are not what they should be. @param {Vault} vault @param {string} key */
export async function bytesOf(vault, key) {
  const found = (await pieces(vault)).get(key);
  if (!found || found.names.length !== found.pieces) return null;
  const parts = [];
  for (let at = 0; at < found.pieces; at++) parts.push(await vault.get(`${PAPER}${key}:${at}:${found.pieces}`));
  if (parts.some((part) => !part)) return null;
  const bytes = await new Blob(/** @type {ArrayBuffer[]} */ (parts)).arrayBuffer();
  if (key.endsWith("+")) return bytes; // a reader's own copy is nobody else's; its pieces were sealed one by one
  return hex(await crypto.subtle.digest("SHA-256", bytes)) === key ? bytes : null;
}
