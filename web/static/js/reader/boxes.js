// Where words of a page stand on the screen. `Words` is what a sheet knows of its page: pdf.js's layer of them, the text it
// tells, and where each piece begins in it.

/** @typedef {{layer: any, starts: number[], text: string}} Words */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/**
 * The boxes of the text from START to END, counted from the corner of FROM.
 * @param {Words} words @param {number} start @param {number} end @param {DOMRect} from
 * @returns {Box[]}
 */
export function boxesOf({ layer, starts }, start, end, from) {
  const made = [];
  for (const [piece, begins] of starts.entries()) {
    const node = layer.textDivs[piece]?.firstChild;
    if (!node || begins >= end || begins + node.data.length <= start) continue;
    const range = document.createRange();
    range.setStart(node, Math.max(0, start - begins));
    range.setEnd(node, Math.min(node.data.length, end - begins));
    for (const box of range.getClientRects()) made.push({ left: box.left - from.left, top: box.top - from.top, width: box.width, height: box.height });
  }
  return made;
}

/** A piece of the page, marked. @param {Box} box @param {string} name */
export function spot(box, name) {
  const made = document.createElement("span");
  made.className = name;
  for (const [side, value] of Object.entries(box)) made.style.setProperty(side, `${value}px`);
  return made;
}

/** Where in the text a point of the screen is; -1 beside it. @param {Words} words @param {number} x @param {number} y */
export function textAt({ layer, starts }, x, y) {
  const range = /** @type {any} */ (document).caretRangeFromPoint?.(x, y);
  const place = range ? { node: range.startContainer, offset: range.startOffset } : caret(x, y);
  const piece = place ? layer.textDivs.findIndex((/** @type {HTMLElement} */ one) => one.firstChild === place.node) : -1;
  return place && piece >= 0 ? starts[piece] + place.offset : -1;
}

/** @param {number} x @param {number} y */
function caret(x, y) {
  const found = /** @type {any} */ (document).caretPositionFromPoint?.(x, y);
  return found ? { node: found.offsetNode, offset: found.offset } : null;
}
