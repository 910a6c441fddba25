// Papers that were opened, by the SHA-256 of their content: each crosses the line once. pdf.js with scripts off: nothing of
// the file is ever run.
import { keptPaper, keptPapers } from "./offline/copies.js";
import { keeps } from "./offline/vault.js";

const BASE = new URL("../vendor/pdfjs", import.meta.url).pathname;

/** @type {Promise<any> | null} */
let library = null;

export async function pdfjs() {
  library ??= import("pdfjs").then((lib) => {
    lib.GlobalWorkerOptions.workerSrc = `${BASE}/pdf.worker.min.mjs`;
    return lib;
  });
  return library;
}

/** @type {Map<string, Promise<any>>} */
const opened = new Map();
/** Those that can be drawn. @type {Set<string>} */
const here = new Set();

/** The document, opened once. @param {string} sha256 @param {() => Promise<string>} address good for a short time */
export function openPaper(sha256, address) {
  let found = opened.get(sha256);
  if (!found) {
    found = load(sha256, address);
    opened.set(sha256, found);
    found.then(() => here.add(sha256), () => opened.delete(sha256));
  }
  return found;
}

/** What was taken along is used at once; else it is fetched. @param {string} sha256 @param {() => Promise<string>} address */
async function load(sha256, address) {
  const [lib, kept] = [await pdfjs(), keeps() ? await keptPaper(sha256) : null];
  return lib.getDocument({
    ...(kept ? { data: kept } : { url: await address() }), isEvalSupported: false, enableXfa: false, cMapUrl: `${BASE}/cmaps/`, wasmUrl: `${BASE}/wasm/`,
    standardFontDataUrl: `${BASE}/standard_fonts/`, iccUrl: `${BASE}/iccs/`, cMapPacked: true,
  }).promise;
}

/** Is it here, or was it taken along? @param {string} sha256 */
export const isNear = async (sha256) => here.has(sha256) || (keeps() && (await keptPapers()).has(sha256));

/** Has it come? @param {string} sha256 */
export const isHere = (sha256) => here.has(sha256);

/** Is the line so weak that pages come as pictures, and the paper itself only when it is asked for? */
export function isThin() {
  const line = /** @type {any} */ (navigator).connection;
  return Boolean(line?.saveData) || ["slow-2g", "2g"].includes(line?.effectiveType);
}

/** What is taken from the screens is taken from memory too. @param {string} sha256 */
export function forget(sha256) {
  const found = opened.get(sha256);
  opened.delete(sha256);
  here.delete(sha256);
  found?.then((document) => document.destroy()).catch(() => undefined);
}
