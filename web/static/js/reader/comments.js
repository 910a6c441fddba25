// Comments on the paper: what its readers think should be changed, in their names; whoever reports on it takes each up, or
// says why not. The rules say who reads them, and so does the panel before one writes. What is being written belongs to the
// page it was begun on, however others turn pages meanwhile, and stays until it is sent.
import { get } from "../api.js";
import { ask } from "../elements/confirm.js";
import { Part, html, icon, newId, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SeenComment} SeenComment */
/** @typedef {{id: string, sha256: string, page: number, quote: string, whole: boolean, text: string}} Draft `page` of the version `sha256` */

const LONGEST = 4000; // letters
const LONGEST_QUOTE = 500;
const SOON_MS = 2000; // where many look at the same list, they do not ask for it all at once

/** Words as they may be sent: no half letters, no control characters. @param {string} words */
const sendable = (words) => [...words.replace(/[\ud800-\udfff]|\p{Cc}|\s/gu, " ").replace(/ +/g, " ").trim()].slice(0, LONGEST_QUOTE).join("");

/** Where a draft is kept until it is sent, or its writer signs out. @param {string} paper */
const placeOf = (paper) => `comment:${paper}`;

class Comments extends Part {
  static properties = {
    line: { attribute: false }, me: {}, sitting: {}, paper: {}, sha256: {}, page: { type: Number }, people: { attribute: false }, changes: { type: Number },
    seen: { state: true }, draft: { state: true }, fault: { state: true }, busy: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.line = null;
    this.me = "";
    this.sitting = "";
    this.paper = "";
    this.sha256 = "";
    this.page = 1;
    /** @type {Record<string, import("../wire.d.ts").Card>} */
    this.people = {};
    /** How often they changed, as I was told. */
    this.changes = 0;
    /** @type {import("../wire.d.ts").SeenComments | null} */
    this.seen = null;
    /** What I am writing. @type {Draft} */
    this.draft = this.fresh();
    this.fault = "";
    this.busy = false;
    this.asked = 0;
    this.select = () => this.selected();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("selectionchange", this.select);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("selectionchange", this.select);
    clearTimeout(this.soon);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has("paper")) {
      [this.seen, this.draft] = [null, this.kept() ?? this.fresh()];
      void this.load();
    } else if (changed.has("changes") || changed.has("sha256")) {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => void this.load(), Math.random() * SOON_MS);
    }
    if (!this.draft.text && !this.draft.quote && !this.isHere) this.draft = { ...this.fresh(), whole: this.draft.whole };
  }

  /** @returns {Draft} on the page that is open */
  fresh() {
    return { id: newId(), sha256: this.sha256, page: this.page, quote: "", whole: false, text: "" };
  }

  /** @returns {Draft | null} */
  kept() {
    try {
      return JSON.parse(sessionStorage.getItem(placeOf(this.paper)) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {Partial<Draft>} what */
  write(what) {
    this.draft = { ...this.draft, ...what };
    if (this.draft.text) sessionStorage.setItem(placeOf(this.paper), JSON.stringify(this.draft));
    else sessionStorage.removeItem(placeOf(this.paper));
  }

  /** Is what I write about the page that is open? */
  get isHere() {
    return this.draft.sha256 === this.sha256 && this.draft.page === this.page;
  }

  /** The newest answer counts, in whatever order they come. */
  async load() {
    const asked = ++this.asked;
    try {
      const seen = await get(`/api/sittings/${this.sitting}/papers/${this.paper}/comments`);
      if (asked === this.asked) [this.seen, this.fault] = [seen, ""];
    } catch (error) {
      if (asked === this.asked) this.fault = /** @type {Error} */ (error).message;
    }
  }

  /** Words of a sheet that were marked with the finger are what one means. */
  selected() {
    const made = document.getSelection();
    const sheet = made?.anchorNode?.parentElement?.closest(".sheet-words")?.closest("bacap-sheet");
    const quote = sheet ? sendable(String(made)) : "";
    if (sheet && quote) this.write({ quote, page: /** @type {import("../elements/sheet.js").Sheet} */ (sheet).page, sha256: this.sha256, whole: false });
  }

  /** Tell what is asked, then look again, also when it was refused. @param {import("../wire.d.ts").Command} command */
  async tell(command) {
    try {
      await this.line.do(this.sitting, command);
    } finally {
      await this.load();
    }
  }

  /** @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault();
    const { id, sha256, page, quote, whole: all, text } = this.draft;
    if (this.busy) return;
    this.busy = true;
    const sent = await this.did(() => this.tell({ kind: "comment-on-paper", comment: id, paper: this.paper, sha256, page: all ? 0 : page, quote: all ? "" : quote, text }));
    this.busy = false;
    if (!sent) return this.write({ id: newId() });
    if (this.draft.text === text) this.write({ ...this.fresh() }); // unless the next one is being typed already
    else this.write({ id: newId(), quote: "" });
    this.say(t("paper-comment.sent"));
  }

  /** @param {SeenComment} one */
  async explain(one) {
    await ask({ title: t("paper-comment.explain-title"), text: one.text, act: t("paper-comment.explain-send"), field: t("paper-comment.explanation"), most: LONGEST }, (text) =>
      this.tell({ kind: "answer-paper-comment", comment: one.id, taken: false, text }));
  }

  /** @param {SeenComment} one */
  async withdraw(one) {
    if (await ask({ title: t("paper-comment.withdraw-title"), text: t("paper-comment.withdraw-text"), act: t("paper-comment.withdraw"), tone: "seal" }))
      await this.did(() => this.tell({ kind: "withdraw-paper-comment", comment: one.id }));
  }

  /** @param {SeenComment} one */
  row(one) {
    const waits = one.taken === null || one.taken === undefined;
    const name = (/** @type {string} */ person) => marked(this.people[person]?.name ?? "");
    const place = one.page
      ? html`<button class="plain small figures strong" @click=${() => this.dispatchEvent(new CustomEvent("go", { detail: one }))}>${t("paper-comment.on-page", { page: one.page })}</button>`
      : html`<span class="small strong">${t("paper-comment.on-whole")}</span>`;
    const acts = [
      one.may_answer ? html`<button class="button act small-button wide" @click=${() => this.did(() => this.tell({ kind: "answer-paper-comment", comment: one.id, taken: true }))}>${icon("check")}${t("comments.take")}</button><button class="button small-button wide" @click=${() => this.explain(one)}>${t("paper-comment.explain")}</button>` : nothing,
      waits && one.person === this.me && this.seen?.may_comment ? html`<button class="button plain small-button" @click=${() => this.withdraw(one)}>${icon("undo-2")}${t("paper-comment.withdraw")}</button>` : nothing,
    ];
    return html`<li class="stack tight"><div class="row tight"><span class="strong">${name(one.person)}</span><span class="push small soft">${moment(one.at)}</span></div>
      <div class="row tight">${place}${one.current ? nothing : html`<span class="badge">${t("paper-comment.before")}</span>`}
        <span class="push badge ${waits ? "warn" : one.taken ? "good" : ""}">${t(waits ? "comments.waits" : one.taken ? "comments.taken" : "paper-comment.explained")}</span></div>
      ${one.quote ? html`<blockquote class="small soft" data-own-words>${marked(one.quote)}</blockquote>` : nothing}
      <p data-own-words>${marked(one.text)}</p>
      ${waits ? nothing : html`<p class="small soft">${t(one.answer ? "paper-comment.answered-with" : "paper-comment.answered", { name: name(one.answered_by), answer: marked(one.answer) })}</p>`}
      <div class="row tight">${acts}</div></li>`;
  }

  form() {
    const { page, quote, whole: all, text } = this.draft;
    const meant = all ? t("paper-comment.on-whole") : t("paper-comment.on-page", { page });
    const checked = (/** @type {Event} */ event) => this.write({ whole: /** @type {HTMLInputElement} */ (event.target).checked });
    return html`<form class="form" @submit=${this.send}>
      <label class="field"><span>${t("paper-comment.mine", { where: meant })}</span><textarea name="text" required maxlength=${LONGEST} rows="3" .value=${text} @input=${(/** @type {Event} */ event) => this.write({ text: /** @type {HTMLTextAreaElement} */ (event.target).value })}></textarea></label>
      ${!all && !this.isHere ? html`<button type="button" class="button small-button" @click=${() => this.write({ page: this.page, sha256: this.sha256, quote: "" })}>${t("paper-comment.move", { page: this.page })}</button>` : nothing}
      ${quote && !all
        ? html`<div class="row"><blockquote class="small main" data-own-words>${marked(quote)}</blockquote><button type="button" class="button plain" aria-label=${t("paper-comment.without-quote")} @click=${() => this.write({ quote: "" })}>${icon("x")}</button></div>`
        : html`<p class="small soft">${t("paper-comment.how-quote")}</p>`}
      <label class="check"><input type="checkbox" .checked=${all} @change=${checked}><span>${t("paper-comment.whole")}</span></label>
      <button class="button act" aria-busy=${this.busy} aria-disabled=${this.busy}>${icon("send")}${t("comments.send")}</button></form>`;
  }

  render() {
    const { seen, fault } = this;
    const told = fault ? html`<p class="note seal small" role="alert">${fault}</p><button class="button" @click=${() => void this.load()}>${icon("rotate-cw")}${t("paper-comment.again")}</button>` : nothing;
    if (!seen) return fault ? told : html`<p class="soft">${t("app.loading")}</p>`;
    return html`<p class="small soft">${t(`paper-comment.rule-${seen.rule}`)}</p>
      ${seen.may_comment ? this.form() : nothing}${told}
      ${seen.comments.length ? html`<ol class="comments">${seen.comments.map((one) => this.row(one))}</ol>` : html`<p class="soft small">${t("paper-comment.none")}</p>`}`;
  }
}

customElements.define("reader-comments", Comments);
