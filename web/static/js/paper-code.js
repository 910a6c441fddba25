// The code on a printed sheet, read and proved in this browser alone (signing/paper_code.py says how it is made). No DOM.

const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-.";
const PREFIX = new TextEncoder().encode("bacap.paper.v1\n");
const [SIGNATURE, DIGEST, NAMED] = [64, 32, 4];

/** @typedef {{code: string, symbol: string, day: string, unit: string, signers: string[], votes: number[][], left: number, digest: string}} Told */

/** What a symbol's address holds, and whose it is; null for an address that is none of ours. @param {string} text @returns {{host: string, sheet: string} | null} */
export function sheetIn(text) {
  const found = /^https:\/\/([^/]+)\/k\/([0-9A-Z$*+\-.]+)$/i.exec(text.trim());
  return found && { host: found[1].toLowerCase(), sheet: found[2].toUpperCase() };
}

/** Three of 41 symbols are two bytes, a last two are one. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function decode(text) {
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = [...text.slice(at, at + 3)].map((char) => SYMBOLS.indexOf(char));
    const value = part.reduceRight((sum, digit) => sum * 41 + digit, 0);
    const size = part.length - 1;
    if (part.includes(-1) || !size || value >= 256 ** size) throw new Error("no code of ours");
    if (size === 2) out.push(value >> 8);
    out.push(value & 255);
  }
  return new Uint8Array(out);
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What a code says, believed or not. @param {Uint8Array} data @returns {Told} */
export function read(data) {
  const digest = data.slice(SIGNATURE, SIGNATURE + DIGEST);
  const lines = new TextDecoder("utf-8", { fatal: true }).decode(data.slice(SIGNATURE + DIGEST + NAMED)).split("\n");
  if (digest.length !== DIGEST || lines.length < 6 || lines.length > 7) throw new Error("no code of ours");
  const [code, symbol, day, unit, signers, votes, left] = lines;
  const counted = votes.split(" ").filter(Boolean).map((vote) => vote.split(":").map(Number));
  return { code, symbol, day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`, unit, signers: signers.split("\t"), votes: counted, left: Number(left ?? 0), digest: hex(digest) };
}

/**
 * `genuine`: signed by one of KEYS (SubjectPublicKeyInfo, base64); `forged`: it says so and is not; `unknown`: by a key
 * that is not known here.
 * @param {Uint8Array<ArrayBuffer>} data @param {string[]} keys
 * @returns {Promise<"genuine" | "forged" | "unknown">}
 */
export async function prove(data, keys) {
  const named = hex(data.slice(SIGNATURE + DIGEST, SIGNATURE + DIGEST + NAMED));
  for (const key of keys) {
    const spki = Uint8Array.from(atob(key), (char) => char.charCodeAt(0));
    if (hex(new Uint8Array(await crypto.subtle.digest("SHA-256", spki)).slice(0, NAMED)) !== named) continue;
    const way = { name: "ECDSA", namedCurve: "P-256" };
    const made = await crypto.subtle.importKey("spki", spki, way, false, ["verify"]);
    const signed = new Uint8Array([...PREFIX, ...data.slice(SIGNATURE)]);
    return (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, made, data.slice(0, SIGNATURE), signed)) ? "genuine" : "forged";
  }
  return "unknown";
}
