// What whoever presents points at, on the sheets of all who follow: sent while it is switched on, shown for a moment.
const EVERY_MS = 70;

/** @typedef {import("../elements/sheet.js").Sheet} Sheet */

/**
 * Show on the sheet of ROOT where the presenter points. @param {HTMLElement} root @param {import("../protocol.js").Channel} line
 * @param {() => {paper: string, page: number} | null} follows what is followed now; null while one looks at something else
 * @returns {() => void} ends it
 */
export function showPointer(root, line, follows) {
  const hear = (/** @type {Event} */ event) => {
    const told = /** @type {import("../wire.d.ts").Pointed} */ (/** @type {CustomEvent} */ (event).detail);
    const now = follows();
    if (now && now.paper === told.paper && now.page === told.page) /** @type {Sheet | null} */ (root.querySelector("bacap-sheet"))?.point(told.x, told.y);
  };
  line.addEventListener("pointed", hear);
  return () => line.removeEventListener("pointed", hear);
}

/** What sends where I point, while I present. @param {import("../protocol.js").Channel} line @param {string} sitting */
export function sendPointer(line, sitting) {
  /** Where it is now, and was not said yet. @type {[number, number] | null} */
  let at = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const say = () => {
    waiting = undefined;
    if (!at) return;
    line.write({ type: "point", sitting, x: Math.round(at[0] * 1000), y: Math.round(at[1] * 1000) });
    at = null;
    waiting = setTimeout(say, EVERY_MS);
  };
  return (/** @type {PointerEvent} */ event) => {
    const page = /** @type {HTMLElement} */ (event.currentTarget).querySelector(".sheet-page");
    if (!page) return;
    const box = page.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    if (x < 0 || x > 1 || y < 0 || y > 1) return;
    at = [x, y];
    if (!waiting) say();
  };
}
