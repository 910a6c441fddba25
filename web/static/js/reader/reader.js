// Reading a paper: the sheet, nearly the whole screen; pages, headings and search beside it when asked for. By oneself, or
// after whoever presents until one turns a page.
import { showChanges } from "../elements/changes.js";
import { ask } from "../elements/confirm.js";
import { showReceipts } from "../elements/receipts.js";
import "../elements/sheet.js";
import { Part, html, icon, newId, nothing } from "../part.js";
import { addressOf, paperIn, picturesOf } from "../sitting.js";
import { marked, t } from "../words.js";
import { Annotations } from "./annotations.js";
import "./comments.js";
import { Dwell } from "./dwell.js";
import { Layer } from "./layer.js";
import "./margin.js";
import "./outline.js";
import "./pages.js";
import "./search.js";
import { watchTouch } from "./touch.js";

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const WIDEST = 980; // CSS px of a sheet at 100 %
const LONGEST = 4000; // letters of a remark
const KEPT = "reader"; // in this browser: how I like to read
const PANELS = [["pages", "layout-grid"], ["outline", "list-ordered"], ["search", "search"], ["margin", "pen-line"], ["comments", "messages-square"]];

/** How I like to read, as kept in this browser. */
function liked() {
  try {
    return /** @type {{night?: boolean, two?: boolean, whole?: boolean}} */ (JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  } catch {
    return {};
  }
}

export class Reader extends Part {
  static properties = {
    line: { attribute: false }, me: {}, inside: { type: Boolean }, offline: { type: Boolean }, sitting: {}, parts: { attribute: false }, paper: {}, page: { type: Number }, query: {},
    zoom: { state: true }, turned: { state: true }, panel: { state: true }, liking: { state: true }, hit: { state: true }, follows: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.line = null;
    /** Is it a part of a room, and not a place of its own? */
    this.inside = false;
    /** Is it read from this tablet alone? */
    this.offline = false;
    this.sitting = "";
    /** @type {import("../wire.d.ts").Screen | null} */
    this.parts = null;
    this.paper = "";
    this.page = 1;
    /** What is looked for in it. */
    this.query = "";
    this.zoom = 1;
    this.turned = 0;
    /** What stands beside the sheet. @type {"" | "pages" | "outline" | "search" | "margin" | "comments"} */
    this.panel = "";
    this.liking = liked();
    /** @type {import("./search.js").Hit | null} */
    this.hit = null;
    /** Do I see what is presented, as it is turned? */
    this.follows = false;
    /** Who reads. */
    this.me = "";
    this.annotated = "";
    /** @param {HTMLElement} sheet @param {string} sha256 @param {number} page @param {import("./boxes.js").Words} words */
    this.drawn = (sheet, sha256, page, words) => {
      for (const [other] of this.layers) if (!this.shown.includes(other)) this.layers.delete(other);
      const layer = new Layer(sheet, sha256, page, this.turned, words, this.hand);
      this.layers.set(page, layer);
      layer.draw(this.annotations);
    };
    /** @type {Map<string, () => Promise<string>>} */
    this.addresses = new Map();
    /** What is watched for touch, and what stops that. @type {HTMLElement | null} */
    this.watched = null;
    this.release = () => {};
    /** Mine, of the paper that is open. @type {Annotations | null} */
    this.annotations = null;
    /** By the page that each is over. @type {Map<number, Layer>} */
    this.layers = new Map();
    /** @type {import("./layer.js").Hand} */
    this.hand = {
      tool: "", colour: "yellow",
      write: (mine, page, at) => void this.write(mine, page, at),
      open: (mine, one) => void this.openOne(mine, one),
    };
    /** @type {Dwell | null} */
    this.dwell = null;
    /** @param {KeyboardEvent} event */
    this.press = (event) => this.key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.query) this.panel = "search";
    addEventListener("keydown", this.press);
    this.dwell = new Dwell(this.line, this.me);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("keydown", this.press);
    this.release();
    this.dwell?.close();
    this.annotations?.close();
  }

  /** My annotations of the version that is open, and again of one that replaces it. */
  async fetchAnnotations() {
    const sha256 = this.found?.sha256 ?? "";
    const key = `${this.paper}:${sha256}`;
    if (!sha256 || key === this.annotated) return;
    this.annotated = key;
    const mine = new Annotations(this.me, this.sitting, this.paper, sha256);
    mine.addEventListener("change", () => mine === this.annotations && this.redraw());
    mine.addEventListener("refused", (event) => this.say(/** @type {CustomEvent} */ (event).detail, "seal"));
    this.annotations?.close();
    this.annotations = mine;
    await mine.load();
  }

  redraw() {
    for (const layer of this.layers.values()) layer.draw(this.annotations);
    this.requestUpdate();
  }

  /** Something written at a place of PAGE. @param {Annotations} mine @param {number} page @param {[number, number]} at */
  async write(mine, page, at) {
    const text = await ask({ title: t("annotation.write-title", { page }), act: t("annotation.keep"), field: t("annotation.text"), most: LONGEST });
    if (text?.trim()) mine.set(newId(), { page, mark: { kind: "remark", at, text: text.trim() } });
  }

  /** Go where it is; what is written may be changed. @param {Annotations} mine @param {import("../wire.d.ts").Shown} one */
  async openOne(mine, one) {
    if (one.page && !this.shown.includes(one.page)) this.go(one.page);
    const { mark } = one;
    if (mark.kind !== "remark") return;
    const page = one.page || this.page;
    const text = await ask({ title: t("annotation.write-title", { page }), act: t("annotation.keep"), field: t("annotation.text"), value: mark.text, most: LONGEST });
    if (text?.trim() && text.trim() !== mark.text) mine.set(one.id, { page, mark: { ...mark, text: text.trim() } });
  }

  /** @param {Partial<import("./layer.js").Hand>} what */
  take(what) {
    Object.assign(this.hand, what);
    this.redraw();
  }

  /** The pages that lie open: one, or two side by side. */
  get shown() {
    const found = this.found;
    if (!found || found.step === "recalled") return [];
    return this.liking.two && this.page < found.pages ? [this.page, this.page + 1] : [this.page];
  }

  /** What is presented, where I may see it. */
  get presented() {
    const stage = this.parts?.sitting.phase === "open" ? this.parts.stage : null;
    return stage && paperIn(this.parts, stage.paper) ? stage : null;
  }

  get found() {
    return paperIn(this.parts, this.paper)?.paper ?? null;
  }

  willUpdate() {
    const stage = this.presented;
    if (!stage) this.follows = false;
    if (stage && this.follows) [this.paper, this.page] = [stage.paper, stage.page];
    if (this.found) this.page = Math.min(this.page, Math.max(1, this.found.pages)); // a new version may be shorter
  }

  updated() {
    void this.fetchAnnotations();
    this.dwell?.show(this.sitting, this.paper, this.shown.length ? (this.found?.sha256 ?? "") : "", this.shown);
    const sheets = /** @type {HTMLElement | null} */ (this.querySelector(".sheets"));
    sheets?.style.setProperty("width", sheets.classList.contains("two") ? `${this.zoom * 100}%` : "auto");
    const room = /** @type {HTMLElement | null} */ (this.querySelector(".desk-top"));
    if (room === this.watched) return;
    this.release();
    this.watched = room;
    const hands = {
      turn: (/** @type {number} */ step) => this.turn(step),
      zoom: (/** @type {number} */ factor) => (this.zoom = Math.min(3, Math.max(0.5, this.zoom * factor))),
      toggle: () => (this.zoom = this.zoom === 1 ? 2 : 1),
    };
    if (room) this.release = watchTouch(room, hands);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const elsewhere = target !== document.body && !this.contains(target) && !target.contains(this);
    if (event.defaultPrevented || elsewhere || target.closest("input, select, textarea, summary") || document.querySelector("dialog[open]")) return;
    const held = event.ctrlKey || event.metaKey;
    const room = this.querySelector(".desk-top");
    const wide = room && room.scrollWidth > room.clientWidth + 1; // then the arrows move the sheet
    if (held && event.key === "f" && !event.shiftKey && !event.altKey) {
      if (this.panel !== "search") this.show("search");
      else this.querySelector("input")?.focus();
    } else if (held || event.altKey || event.shiftKey || (wide && event.key.startsWith("Arrow"))) return;
    else if (event.key === "ArrowRight" || event.key === "PageDown") this.turn(1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") this.turn(-1);
    else if (event.key === "Home") this.go(1);
    else if (event.key === "End") this.go(this.found?.pages ?? 1);
    else if (event.key === "+" || event.key === "=") this.larger(1);
    else if (event.key === "-") this.larger(-1);
    else return;
    event.preventDefault();
  }

  /** @param {number} page */
  go(page) {
    this.follows = false;
    this.page = Math.min(Math.max(1, page), this.found?.pages ?? 1);
    this.querySelector(".desk-top")?.scrollTo(0, 0);
  }

  /** @param {number} step */
  turn(step) {
    this.go(this.page + step * (this.liking.two ? 2 : 1));
  }

  /** @param {number} step */
  larger(step) {
    const near = ZOOMS.findIndex((zoom) => zoom >= this.zoom - 0.01);
    const at = near < 0 ? ZOOMS.length - 1 : near;
    this.zoom = ZOOMS[Math.min(Math.max(0, at + step), ZOOMS.length - 1)];
  }

  /** @param {string} panel */
  show(panel) {
    this.panel = /** @type {any} */ (this.panel === panel ? "" : panel);
    if (this.panel !== "search") this.hit = null;
    if (this.panel !== "margin") this.take({ tool: "" });
  }

  /** @param {"night" | "two" | "whole"} name */
  like(name) {
    this.liking = { ...this.liking, [name]: !this.liking[name] };
    localStorage.setItem(KEPT, JSON.stringify(this.liking));
  }

  /** @param {CustomEvent} event */
  heard(event) {
    const { query, hit } = event.detail;
    [this.query, this.hit] = [query, hit];
    if (hit && (hit.page !== this.page || this.follows)) this.go(hit.page);
  }

  get address() {
    let found = this.addresses.get(this.paper);
    if (!found) this.addresses.set(this.paper, (found = addressOf(this.line, this.sitting, this.paper)));
    return found;
  }

  /** @param {import("../wire.d.ts").PaperPart} found */
  side(found) {
    const go = (/** @type {CustomEvent} */ event) => (this.go(event.detail), matchMedia("(max-width: 700px)").matches && this.show(""));
    const mine = this.annotations;
    const inside = {
      pages: () => html`<reader-pages .paper=${found.sha256} .address=${this.address} .pages=${found.pages} .page=${this.page} @go=${go}></reader-pages>`,
      outline: () => html`<reader-outline .paper=${found.sha256} .address=${this.address} @go=${go}></reader-outline>`,
      margin: () => html`<reader-margin .all=${this.annotations?.onPages ?? []} .tool=${this.hand.tool} .colour=${this.hand.colour} .unsent=${this.annotations?.sending ? 0 : (this.annotations?.unsent.size ?? 0)}
        @tool=${(/** @type {CustomEvent} */ event) => this.take({ tool: event.detail })} @colour=${(/** @type {CustomEvent} */ event) => this.take({ colour: event.detail })}
        @open=${(/** @type {CustomEvent} */ event) => mine && this.openOne(mine, event.detail)} @erase=${(/** @type {CustomEvent} */ event) => mine?.set(event.detail, null)} @write=${() => mine && this.write(mine, this.page, [500, 500])}></reader-margin>`,
      comments: () => html`<reader-comments .line=${this.line} .me=${this.me} .sitting=${this.sitting} .paper=${this.paper} .sha256=${found.sha256} .page=${this.page} .people=${this.parts?.people} .changes=${this.parts?.paper_comments[this.paper]?.changes ?? 0}
        @go=${(/** @type {CustomEvent} */ event) => this.go(event.detail.page)}></reader-comments>`,
      search: () => html`<reader-search .paper=${found.sha256} .address=${this.address} .query=${this.query} .from=${this.page} @found=${this.heard}></reader-search>`,
    };
    if (!this.panel) return nothing;
    return html`<aside class="reader-side" aria-label=${t(`reader.${this.panel}`)}><div class="row"><h2>${t(`reader.${this.panel}`)}</h2><span class="push"></span>
      <button class="button plain" aria-label=${t("act.close")} @click=${() => this.show("")}>${icon("x")}</button></div>${inside[this.panel]()}</aside>`;
  }

  /** @param {import("../wire.d.ts").PaperPart} found */
  sheets(found) {
    const { whole, night } = this.liking;
    const { shown } = this;
    const together = shown.length > 1;
    return html`<div class="desk-top ${night ? "night" : ""} ${this.zoom > 1 ? "wide" : ""}" tabindex="0" role="region" aria-label=${found.name} @click=${() => this.querySelector("details.menu")?.removeAttribute("open")}><div class="sheets ${together ? "two" : ""}">${shown.map(
      (page) => html`<bacap-sheet .paper=${found.sha256} .pictures=${this.offline ? "" : picturesOf(this.sitting, this.paper)} .address=${this.address} .page=${page} .zoom=${together ? 1 : this.zoom} .widest=${WIDEST * (together ? this.zoom : 1)} .turned=${this.turned} .whole=${Boolean(whole)}
        .drawn=${this.drawn} .seek=${this.panel === "search" ? this.query : ""} .at=${this.hit?.page === page ? this.hit.at : -1}></bacap-sheet>`,
    )}</div></div>`;
  }

  /** How it is looked at: two taps to anything. @param {import("../wire.d.ts").PaperPart} found */
  ways(found) {
    const way = (/** @type {"night" | "two" | "whole"} */ name, /** @type {string} */ sign) => html`<button class="button" aria-pressed=${Boolean(this.liking[name])} @click=${() => this.like(name)}>${icon(sign)}${t(`reader.${name}`)}</button>`;
    return html`<details class="menu"><summary class="button">${icon("eye")}<span class="wide-only">${t("reader.ways")}</span></summary><div class="menu-list">
      ${way("whole", "file-text")}${way("two", "book-open")}${way("night", "moon")}
      <button class="button" @click=${() => (this.turned = (this.turned + 90) % 360)}>${icon("rotate-cw")}${t("reader.rotate")}</button>
      <button class="button" @click=${() => this.attempt(() => showReceipts(this.sitting, this.parts, found))}>${icon("check-check")}${t("receipts.show")}</button></div></details>`;
  }

  /** What opens and closes a panel; comments are the server's. @param {string} name @param {string} sign */
  opener(name, sign) {
    if (name === "comments" && this.offline) return nothing;
    const said = name === "comments" ? this.parts?.paper_comments[this.paper]?.count : 0;
    const [label, count] = [t(`reader.${name}`), said ? ` (${said})` : ""];
    return html`<button class="button" aria-label="${label}${count}" title=${label} aria-pressed=${this.panel === name} @click=${() => this.show(name)}>${icon(sign)}<span class="wide-only">${t(`reader.${name}-short`)}</span>${count}</button>`;
  }

  following() {
    const stage = this.presented;
    if (!stage) return nothing;
    return this.follows
      ? html`<span class="badge">${t("paper.following")}</span><button class="button" @click=${() => (this.follows = false)}>${t("paper.free")}</button>`
      : html`<button class="button act" @click=${() => (this.follows = true)}>${icon("undo-2")}${t("paper.follow")}</button>`;
  }

  render() {
    const found = this.found;
    const leave = () => this.dispatchEvent(new Event("leave"));
    if (!found || found.step === "recalled")
      return html`<div class="stack"><p class="note seal" role="alert">${found ? t("refused.paper-recalled", { reason: marked(found.reason) }) : t("refused.no-such-paper")}</p><div class="row"><button class="button" @click=${leave}>${t("room.back")}</button></div></div>`;
    const last = Math.min(found.pages, this.page + (this.liking.two ? 1 : 0));
    return html`<div class="reader"><header class="room-header"><button class="button plain" aria-label=${t("room.back")} @click=${leave}>${icon("chevron-left")}</button>
        ${this.inside ? html`<h2 class="title">${marked(found.name)}</h2>` : html`<h1 class="title">${marked(found.name)}</h1>`}
        ${PANELS.map(([name, sign]) => this.opener(name, sign))}
        ${this.ways(found)}
        <button class="button" aria-label=${t("paper.smaller")} @click=${() => this.larger(-1)}>${icon("zoom-out")}</button>
        <span class="figures wide-only">${Math.round(this.zoom * 100)} %</span>
        <button class="button" aria-label=${t("paper.larger")} @click=${() => this.larger(1)}>${icon("zoom-in")}</button></header>
      <div class="reader-desk ${this.panel ? "sided" : ""}">${this.side(found)}${this.sheets(found)}</div>
      <footer class="reader-bar"><button class="button" aria-label=${t("paper.before")} ?disabled=${this.page <= 1} @click=${() => this.turn(-1)}>${icon("chevron-left")}</button>
        <span class="strong figures">${t("paper.page", { page: this.page, all: found.pages })}</span>
        <button class="button" aria-label=${t("paper.after")} ?disabled=${last >= found.pages} @click=${() => this.turn(1)}>${icon("chevron-right")}</button>
        ${this.following()}
        ${found.version > 1 ? html`<button class="button" @click=${() => this.attempt(() => showChanges(this.sitting, found))}>${icon("git-compare")}${t("changes.show")}</button>` : nothing}</footer></div>`;
  }
}

customElements.define("paper-reader", Reader);
