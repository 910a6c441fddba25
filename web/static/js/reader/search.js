// Where words stand in the paper: page by page, with what is around them. The sheet marks them.
import { Part, html, icon, nothing } from "../part.js";
import { openPaper } from "../pdf.js";
import { marked, t } from "../words.js";
import { joined, matches, sought, words } from "./find.js";

const AROUND = 40; // letters
const MOST = 500; // hits that are listed

/** @typedef {{page: number, at: number, before: string, hit: string, after: string}} Hit at: which of its page */

class ReaderSearch extends Part {
  static properties = { paper: {}, address: { attribute: false }, query: {}, from: { type: Number }, now: { type: Number }, hits: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.paper = "";
    /** @type {() => Promise<string>} */
    this.address = async () => "";
    this.query = "";
    /** The first hit looked at is on this page or behind it. */
    this.from = 1;
    /** Which hit is looked at. */
    this.now = -1;
    /** @type {Hit[]} */
    this.hits = [];
    this.busy = false;
    this.turn = 0;
    /** Texts of pages that were read. @type {Map<number, string>} */
    this.texts = new Map();
  }

  firstUpdated() {
    this.querySelector("input")?.focus();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("paper")) this.texts.clear();
    if (changed.has("paper") || changed.has("query")) void this.attempt(() => this.look());
  }

  async look() {
    const turn = ++this.turn;
    const phrases = sought(this.query);
    this.hits = [];
    this.now = -1;
    this.busy = phrases.length > 0;
    if (!this.busy) return this.tell();
    const file = await openPaper(this.paper, this.address);
    for (let page = 1; page <= file.numPages && this.hits.length < MOST; page++) {
      const text = this.texts.get(page) ?? joined(await (await file.getPage(page)).getTextContent()).text;
      if (turn !== this.turn) return;
      this.texts.set(page, text);
      const found = matches(words(text), phrases).map(({ start, end }, at) => ({
        page, at, before: whole(text.slice(Math.max(0, start - AROUND), start), start > AROUND), hit: text.slice(start, end), after: text.slice(end, end + AROUND),
      }));
      if (!found.length) continue;
      this.hits = [...this.hits, ...found];
      if (this.now < 0 && page >= this.from) this.go(this.hits.length - found.length);
    }
    this.busy = false;
    if (this.now < 0 && this.hits.length) this.go(0);
    else if (this.now < 0) this.tell();
  }

  /** @param {number} index */
  go(index) {
    this.now = (index + this.hits.length) % this.hits.length;
    this.tell();
  }

  tell() {
    this.dispatchEvent(new CustomEvent("found", { detail: { query: this.query, hit: this.hits[this.now] ?? null } }));
  }

  /** @param {Event} event */
  ask(event) {
    event.preventDefault();
    const typed = /** @type {HTMLInputElement} */ (this.querySelector("input")).value.trim();
    if (typed !== this.query) this.query = typed;
    else if (this.hits.length) this.go(this.now + 1);
  }

  render() {
    const { hits, now } = this;
    const told = !this.query ? t("reader.find-help") : hits.length ? t("reader.hit", { number: now + 1, count: hits.length }) : this.busy ? t("app.loading") : t("reader.no-hit");
    return html`<form class="stack" role="search" @submit=${this.ask}>
        <label class="field"><span>${t("reader.find")}</span><input type="search" maxlength="200" enterkeyhint="search" .value=${this.query}></label>
        <div class="row"><button class="button act">${icon("search")}${t("search.act")}</button><span class="push"></span>
          ${hits.length ? html`<button type="button" class="button" aria-label=${t("reader.hit-before")} @click=${() => this.go(now - 1)}>${icon("chevron-up")}</button>
          <button type="button" class="button" aria-label=${t("reader.hit-after")} @click=${() => this.go(now + 1)}>${icon("chevron-down")}</button>` : nothing}</div>
        <p class="small soft" role="status">${told}</p></form>
      <ol class="hits">${hits.map((hit, index) => html`<li><button class="plain small" aria-current=${index === now} @click=${() => this.go(index)}>
        <span class="figures strong">${t("found.page", { page: hit.page })}</span> <span data-own-words>${marked(hit.before)}<mark>${marked(hit.hit)}</mark>${marked(hit.after)}</span></button></li>`)}</ol>`;
  }
}

/** From the first whole word on, where CUT. @param {string} text @param {boolean} cut */
const whole = (text, cut) => (cut ? `…${text.replace(/^\S*\s/, "")}` : text);

customElements.define("reader-search", ReaderSearch);
