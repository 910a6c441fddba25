// What I drew, highlighted and wrote, over a page; and the pen that does it. Places are ten-thousandths of the upright page
// (meetings/annotations/annotation.py), so they hold at every size and turn.
import { boxesOf, spot, textAt } from "./boxes.js";
import { newId } from "../part.js";
import { matches, words as wordsOf } from "./find.js";

const SVG = "http://www.w3.org/2000/svg";
const ALL = 10_000;
const NEAR = 12; // of ALL: points closer than this add nothing to a stroke
const MOST_POINTS = 2000;
const LONGEST = 2000; // letters of a highlight

/** @typedef {import("./boxes.js").Words} Words */
/** @typedef {import("../wire.d.ts").Shown} Shown */
/** @typedef {Shown["mark"]} Mark */
/** @typedef {"" | "ink" | "highlight" | "remark" | "erase"} Tool */
/** @typedef {import("./annotations.js").Annotations} Annotations */
/** @typedef {{tool: Tool, colour: "yellow" | "green" | "red" | "blue", write: (mine: Annotations, page: number, at: [number, number]) => void, open: (mine: Annotations, one: Shown) => void}} Hand */

/** @param {[number, number]} at @param {number} turned @returns {[number, number]} on the screen */
const onto = ([x, y], turned) => (turned === 90 ? [ALL - y, x] : turned === 180 ? [ALL - x, ALL - y] : turned === 270 ? [y, ALL - x] : [x, y]);

/** @param {[number, number]} at @param {number} turned @returns {[number, number]} on the upright page */
const upright = ([x, y], turned) => onto([x, y], (360 - turned) % 360);

export class Layer {
  /** @param {HTMLElement} sheet a drawn page @param {string} sha256 of its version @param {number} page @param {number} turned @param {Words} words @param {Hand} hand */
  constructor(sheet, sha256, page, turned, words, hand) {
    this.sheet = sheet;
    this.sha256 = sha256;
    /** Those of this version, once they are here: nothing is made before. @type {Annotations | null} */
    this.mine = null;
    this.page = page;
    this.turned = turned;
    this.words = words;
    this.hand = hand;
    /** @type {[number, number][] | null} */
    this.stroke = null;
    this.began = -1; // where in the text a highlight begins
    /** The pen, finger or mouse that is at work. @type {number | null} */
    this.pointer = null;
    this.marks = document.createElement("div");
    this.marks.className = "sheet-annotations";
    this.ink = document.createElementNS(SVG, "svg");
    this.ink.setAttribute("viewBox", `0 0 ${ALL} ${ALL}`);
    this.ink.setAttribute("preserveAspectRatio", "none");
    this.ink.setAttribute("aria-hidden", "true");
    this.pins = document.createElement("div");
    this.pins.className = "sheet-pins";
    sheet.append(this.marks, this.ink, this.pins);
    sheet.addEventListener("pointerdown", (event) => this.down(event));
    sheet.addEventListener("pointermove", (event) => this.move(event));
    sheet.addEventListener("pointerup", (event) => this.up(event));
    sheet.addEventListener("pointercancel", (event) => this.mineAlone(event) && this.give());
  }

  /** @param {Annotations | null} mine */
  draw(mine) {
    this.mine = mine?.sha256 === this.sha256 ? mine : null;
    this.sheet.dataset.tool = this.hand.tool;
    const here = (this.mine?.onPages ?? []).filter((one) => one.page === this.page);
    const from = this.marks.getBoundingClientRect();
    this.marks.replaceChildren(...here.flatMap((one) => this.highlight(one, from)));
    this.ink.replaceChildren(...here.flatMap((one) => (one.mark.kind === "ink" ? [this.line(one.mark.points, one.mark.colour, one.id)] : [])));
    this.pins.replaceChildren(...here.flatMap((one) => (one.mark.kind === "remark" ? [this.pin(one, one.mark)] : [])));
  }

  /** @param {Shown} one @param {DOMRect} from */
  highlight(one, from) {
    const { mark } = one;
    if (mark.kind !== "highlight") return [];
    const found = matches(wordsOf(this.words.text), [wordsOf(mark.quote)]);
    const there = found[Math.min(mark.nth, found.length - 1)];
    return (there ? boxesOf(this.words, there.start, there.end, from) : []).map((box) => {
      const made = spot(box, `highlight ${mark.colour}`);
      made.dataset.id = one.id;
      return made;
    });
  }

  /** @param {readonly (readonly number[])[]} points @param {string} colour @param {string} [id] */
  line(points, colour, id = "") {
    const made = document.createElementNS(SVG, "polyline");
    const shown = points.map((point) => onto(/** @type {[number, number]} */ (point), this.turned).join());
    made.setAttribute("points", (shown.length > 1 ? shown : [...shown, ...shown]).join(" "));
    made.setAttribute("class", colour);
    made.dataset.id = id;
    return made;
  }

  /** @param {Shown} one @param {{at: readonly number[], text: string}} mark */
  pin(one, mark) {
    const made = document.createElement("button");
    const [x, y] = onto(/** @type {[number, number]} */ (mark.at), this.turned);
    made.className = "pin";
    made.dataset.id = one.id;
    made.textContent = "✎";
    made.title = mark.text;
    made.setAttribute("aria-label", mark.text);
    made.style.setProperty("left", `${x / 100}%`);
    made.style.setProperty("top", `${y / 100}%`);
    made.addEventListener("click", () => this.mine && (this.hand.tool === "erase" ? this.mine.set(one.id, null) : this.hand.open(this.mine, one)));
    return made;
  }

  /** @param {PointerEvent} event @returns {[number, number]} on the upright page */
  at(event) {
    const box = this.ink.getBoundingClientRect();
    const part = (/** @type {number} */ value) => Math.round(Math.min(1, Math.max(0, value)) * ALL);
    return upright([part((event.clientX - box.left) / box.width), part((event.clientY - box.top) / box.height)], this.turned);
  }

  /** @param {PointerEvent} event */
  down(event) {
    const { tool } = this.hand;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.button || !tool || !this.mine || target.closest(".pin")) return;
    event.stopPropagation(); // no page is turned by a pen, nor by the hand beside it
    if (this.pointer !== null) return;
    this.pointer = event.pointerId;
    if (tool === "ink" || tool === "highlight") this.sheet.setPointerCapture(event.pointerId);
    if (tool === "ink") this.stroke = [this.at(event)];
    else if (tool === "highlight") this.began = this.textUnder(event);
  }

  /** Its words are under the ink and the pins. @param {PointerEvent} event */
  textUnder(event) {
    return textAt(this.words, event.clientX, event.clientY);
  }

  /** Is it the one that is at work? Another, a palm say, does nothing. @param {PointerEvent} event */
  mineAlone(event) {
    if (this.pointer !== null) event.stopPropagation();
    return this.pointer === event.pointerId;
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.mineAlone(event)) return;
    if (this.stroke && this.stroke.length < MOST_POINTS) {
      const between = event.getCoalescedEvents?.() ?? [];
      for (const one of between.length ? between : [event]) this.add(this.at(one));
      this.ink.querySelector(".going")?.remove();
      const going = this.line(this.stroke, `${this.hand.colour} going`);
      this.ink.append(going);
    } else if (this.began >= 0) this.paint(this.textUnder(event));
  }

  /** @param {[number, number]} point */
  add(point) {
    const last = this.stroke?.at(-1);
    if (this.stroke && last && this.stroke.length < MOST_POINTS && Math.hypot(point[0] - last[0], point[1] - last[1]) > NEAR) this.stroke.push(point);
  }

  /** The words from where it began to END. @param {number} end */
  chosen(end) {
    const [from, to] = [Math.min(this.began, end), Math.max(this.began, end)];
    const inside = wordsOf(this.words.text).filter((word) => word.start < to && word.end > from);
    const short = inside.filter((word) => word.end <= inside[0].start + LONGEST);
    return short.length ? { start: short[0].start, end: short[short.length - 1].end } : null;
  }

  /** @param {number} end */
  paint(end) {
    for (const one of this.marks.querySelectorAll(".going")) one.remove();
    const chosen = end < 0 ? null : this.chosen(end);
    if (chosen) this.marks.append(...boxesOf(this.words, chosen.start, chosen.end, this.marks.getBoundingClientRect()).map((box) => spot(box, `highlight going ${this.hand.colour}`)));
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (!this.mineAlone(event) || !this.mine) return;
    const { hand, mine, stroke, began } = this;
    const id = /** @type {HTMLElement} */ (event.target).dataset.id;
    if (stroke) mine.set(newId(), { page: this.page, mark: { kind: "ink", points: stroke, colour: hand.colour } });
    else if (began >= 0) this.finish(this.textUnder(event));
    else if (hand.tool === "remark" && !(/** @type {HTMLElement} */ (event.target).closest(".pin"))) hand.write(mine, this.page, this.at(event));
    else if (hand.tool === "erase" && id && !(/** @type {HTMLElement} */ (event.target).closest(".pin"))) mine.set(id, null);
    this.give();
  }

  /** @param {number} end */
  finish(end) {
    const chosen = end < 0 ? null : this.chosen(end);
    if (!chosen) return;
    const quote = this.words.text.slice(chosen.start, chosen.end);
    const nth = matches(wordsOf(this.words.text), [wordsOf(quote)]).findIndex((one) => one.start === chosen.start);
    this.mine?.set(newId(), { page: this.page, mark: { kind: "highlight", quote, nth: Math.max(0, nth), colour: this.hand.colour } });
  }

  /** What was under way is no more. */
  give() {
    this.stroke = this.pointer = null;
    this.began = -1;
    for (const one of this.sheet.querySelectorAll(".going")) one.remove();
  }
}
