// A page of a paper, drawn by pdf.js, its words over it: they may be chosen, are read aloud, and are marked when found. Until
// the paper is here, and on a weak line, the page is a picture.
import { Part, html, nothing } from "../part.js";
import { isHere, isNear, isThin, openPaper, pdfjs } from "../pdf.js";
import { boxesOf, spot } from "../reader/boxes.js";
import { joined, matches, sought, words } from "../reader/find.js";
import { t } from "../words.js";

const POINTED_MS = 1500;
const AHEAD_MS = 50; // after a page is shown, the next is painted

/** @typedef {{key: string, page: any, view: any, large: any, task: any}} Plan */

/** Its picture and its words. @param {Plan} plan */
async function paint(plan) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(plan.large.width);
  canvas.height = Math.floor(plan.large.height);
  canvas.setAttribute("aria-hidden", "true");
  plan.task = plan.page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport: plan.large });
  await plan.task.promise;
  return { canvas, content: await plan.page.getTextContent() };
}

export class Sheet extends Part {
  static properties = {
    pictures: {}, thin: { state: true }, paper: {}, address: { attribute: false }, page: { type: Number }, zoom: { type: Number }, drawn: { attribute: false }, fault: { state: true }, pages: { state: true },
    widest: { type: Number }, turned: { type: Number }, whole: { type: Boolean }, seek: {}, at: { type: Number },
  };

  constructor() {
    super();
    this.paper = "";
    /** @type {() => Promise<string>} */
    this.address = async () => "";
    /** Where its pages are as pictures; "" where they are not. */
    this.pictures = "";
    this.page = 1;
    this.zoom = 1;
    /** CSS px of a page that has all the room. */
    this.widest = 980;
    /** Degrees clockwise. */
    this.turned = 0;
    /** All of the page within the height of what it stands in. */
    this.whole = false;
    /** What is marked, as it was typed. */
    this.seek = "";
    /** Which of the marked is the one looked at; -1 for none. */
    this.at = -1;
    this.fault = "";
    this.pages = 0;
    this.turn = 0;
    /** @type {Plan | null} */
    this.drawing = null;
    /** The page behind the one that is shown. @type {Plan & {painting: ReturnType<typeof paint> | null} | null} */
    this.ahead = null;
    this.thin = false;
    /** @type {import("../reader/boxes.js").Words | null} */
    this.words = null;
    /** What is told when a page was drawn. @type {((sheet: HTMLElement, sha256: string, page: number, words: import("../reader/boxes.js").Words) => void) | null} */
    this.drawn = null;
    /** The paper itself was asked for, whatever the line. */
    this.sharp = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pointing = undefined;
    this.watcher = new ResizeObserver(() => void this.draw());
  }

  firstUpdated() {
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watcher.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (["paper", "page", "zoom", "turned", "whole", "widest"].some((name) => changed.has(name))) void this.draw();
    else if (changed.has("seek") || changed.has("at")) this.mark();
  }

  /** How large a page may be drawn, in CSS pixels. @param {{width: number, height: number}} natural */
  scaleOf(natural) {
    const { paddingLeft, paddingRight } = getComputedStyle(this);
    const width = Math.min(this.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 2, this.widest) / natural.width;
    const room = this.whole ? /** @type {HTMLElement | null} */ (this.closest(".desk-top")) : null;
    if (!room) return width * this.zoom;
    const { paddingTop, paddingBottom } = getComputedStyle(room);
    return Math.min(width, (room.clientHeight - parseFloat(paddingTop) - parseFloat(paddingBottom) - 4) / natural.height) * this.zoom;
  }

  /** Draw the page; an older drawing that is still under way is given up. */
  async draw() {
    const turn = ++this.turn;
    if (!this.paper || !this.clientWidth) return;
    if (!(await this.depict(turn)) || turn !== this.turn) return;
    try {
      const paper = await openPaper(this.paper, this.address);
      this.pages = paper.numPages;
      this.dispatchEvent(new CustomEvent("pages", { detail: paper.numPages }));
      const plan = await this.plan(paper, Math.min(Math.max(1, this.page), paper.numPages));
      if (turn !== this.turn) return;
      const { canvas, content } = await this.paintedOf(plan);
      if (turn !== this.turn) return;
      const { view } = plan;
      const [shown, known] = await this.over(canvas, content, view);
      if (turn !== this.turn) return;
      this.words = known;
      this.querySelector(".sheet-room")?.replaceChildren(shown);
      this.mark();
      this.drawn?.(shown, this.paper, this.page, known);
      this.fault = "";
      this.dataset.shown = `${this.paper}:${this.page}`;
      if (this.page < paper.numPages) this.ahead = { ...(await this.plan(paper, this.page + 1)), painting: null };
      setTimeout(() => turn === this.turn && this.paintAhead(), AHEAD_MS);
    } catch (error) {
      if (turn === this.turn) this.fault = /** @type {Error} */ (error).message;
    }
  }

  /** How a page is to be drawn now. @param {any} paper @param {number} number @returns {Promise<Plan>} */
  async plan(paper, number) {
    const page = await paper.getPage(number);
    const rotation = (page.rotate + this.turned) % 360;
    const scale = this.scaleOf(page.getViewport({ scale: 1, rotation }));
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const large = page.getViewport({ scale: scale * ratio, rotation });
    return { key: `${this.paper}:${number}:${rotation}:${scale * ratio}`, page, view: page.getViewport({ scale, rotation }), large, task: null };
  }

  /** The next page, so that it is there when it is turned to. */
  paintAhead() {
    if (!this.ahead) return;
    this.ahead.painting = paint(this.ahead);
    this.ahead.painting.catch(() => undefined); // given up: painted when it is wanted
  }

  /** The page as planned: painted ahead, or now; what is still being painted for another is given up. @param {Plan} plan */
  paintedOf(plan) {
    const { ahead } = this;
    this.ahead = null;
    this.drawing?.task?.cancel();
    this.drawing = plan;
    if (ahead?.key === plan.key && ahead.painting) return ahead.painting;
    ahead?.task?.cancel();
    return paint(plan);
  }

  /**
   * While the paper is not here: the page as a picture, which is small. On a weak line that is all, until more is asked for.
   * @param {number} turn @returns {Promise<boolean>} whether the paper itself is to be fetched
   */
  async depict(turn) {
    if (!this.pictures || this.turned || (await isNear(this.paper))) return true;
    const size = isThin() || (this.clientWidth * (devicePixelRatio || 1) * this.zoom) < 800 ? "small" : "large";
    const picture = await pictureOf(`${this.pictures}/${this.page}/${size}?v=${this.paper.slice(0, 12)}`);
    if (turn !== this.turn || !picture) return turn === this.turn;
    const scale = this.scaleOf({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.alt = t("sheet.picture", { page: this.page });
    picture.style.setProperty("width", `${picture.naturalWidth * scale}px`);
    picture.className = "sheet-picture";
    this.querySelector(".sheet-room")?.replaceChildren(picture);
    this.words = null;
    this.fault = "";
    this.dataset.pictured = `${this.paper}:${this.page}`;
    this.thin = isThin() && !this.sharp;
    if (!this.thin) return true;
    void pictureOf(`${this.pictures}/${this.page + 1}/${size}?v=${this.paper.slice(0, 12)}`); // the next one, ahead
    return false;
  }

  /**
   * The picture with its words over it.
   * @param {HTMLCanvasElement} canvas
   * @param {any} content
   * @param {any} view
   */
  async over(canvas, content, view) {
    const shown = document.createElement("div");
    shown.className = "sheet-page";
    shown.setAttribute("role", "group");
    const { text, starts } = joined(content);
    shown.setAttribute("aria-label", t(text.trim() ? "sheet.page" : "sheet.scan", { page: this.page }));
    shown.style.setProperty("width", `${view.width}px`);
    shown.style.setProperty("height", `${view.height}px`);
    shown.style.setProperty("--total-scale-factor", String(view.scale));
    const over = document.createElement("div");
    over.className = "sheet-words";
    over.dataset.ownWords = "";
    const lib = await pdfjs();
    const layer = new lib.TextLayer({ textContentSource: content, container: over, viewport: view });
    await layer.render();
    const marks = document.createElement("div");
    marks.className = "sheet-marks";
    shown.append(canvas, marks, over);
    return /** @type {[HTMLElement, import("../reader/boxes.js").Words]} */ ([shown, { layer, starts, text }]);
  }

  /** Somebody points at a place of the page, in thousandths; it is seen for a moment. @param {number} x @param {number} y */
  point(x, y) {
    const page = this.querySelector(".sheet-page");
    if (!page) return;
    const dot = /** @type {HTMLElement} */ (page.querySelector(".pointer-dot") ?? document.createElement("i"));
    dot.className = "pointer-dot";
    dot.setAttribute("aria-hidden", "true");
    dot.style.setProperty("left", `${x / 10}%`);
    dot.style.setProperty("top", `${y / 10}%`);
    if (!dot.isConnected) page.append(dot);
    clearTimeout(this.pointing);
    this.pointing = setTimeout(() => dot.remove(), POINTED_MS);
  }

  /** Mark what is sought, and bring the one that is looked at into sight. */
  mark() {
    const marks = this.querySelector(".sheet-marks");
    if (!marks || !this.words) return;
    const [known, from] = [this.words, marks.getBoundingClientRect()];
    const made = matches(words(known.text), sought(this.seek)).flatMap(({ start, end }, index) =>
      boxesOf(known, start, end, from).map((box) => spot(box, index === this.at ? "now" : "")),
    );
    marks.replaceChildren(...made);
    marks.querySelector(".now")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  render() {
    return html`${this.fault ? html`<div class="note seal">${t("sheet.fault")}</div>` : nothing}
      ${this.thin && !isHere(this.paper) ? html`<div class="note row small"><span>${t("sheet.thin")}</span><button class="button" @click=${() => ((this.sharp = true), (this.thin = false), void this.draw())}>${t("sheet.sharp")}</button></div>` : nothing}<div class="sheet-room"></div>`;
  }
}

/** A picture that has come; null where there is none. @param {string} address @returns {Promise<HTMLImageElement | null>} */
async function pictureOf(address) {
  const made = new Image();
  made.src = address;
  return made.decode().then(() => made, () => null);
}

customElements.define("bacap-sheet", Sheet);
