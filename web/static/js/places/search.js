// Finding something again: one field, a few filters, and what I may read of it.
import { get } from "../api.js";
import { Part, go, html, icon, nothing } from "../part.js";
import { date, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").FoundRow} FoundRow */

const KINDS = ["paper", "item", "conclusion", "minutes", "sitting"];

class SearchPlace extends Part {
  static properties = { me: { attribute: false }, found: { state: true }, fault: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {import("../wire.d.ts").Found | null} */
    this.found = null;
    this.fault = "";
    this.turn = 0;
    this.asked = new URLSearchParams(location.search); // what is asked stands in the address: it can be gone back to, and kept
    this.again = () => {
      this.asked = new URLSearchParams(location.search);
      void this.look();
    };
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("popstate", this.again);
    void this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("popstate", this.again);
  }

  async look(more = false) {
    this.fault = "";
    if (!this.asked.get("q")) return void (this.found = null);
    const turn = ++this.turn; // an older answer that comes late is not shown
    const before = more ? (this.found?.rows ?? []) : [];
    try {
      const next = await get(`/api/search?${this.asked}&offset=${before.length}`);
      if (turn === this.turn) this.found = { ...next, rows: [...before, ...next.rows] };
    } catch (error) {
      if (turn !== this.turn) return;
      this.found = null;
      this.fault = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {Event} event */
  ask(event) {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (this.querySelector("form")));
    const asked = new URLSearchParams([...given].filter(([, value]) => value).map(([name, value]) => [name, String(value)]));
    go(`/search?${asked}`);
  }

  /** @param {FoundRow} row */
  link(row) {
    if (row.kind === "paper") return `/sittings/${row.sitting}/papers/${row.ref}?${new URLSearchParams({ page: String(row.page || 1), find: phrases(this.asked.get("q") ?? "") })}`;
    return `/sittings/${row.sitting}${row.kind === "minutes" ? "/minutes" : ""}`;
  }

  /** @param {FoundRow} row */
  row(row) {
    const parts = row.snippet.split(/([«»])/);
    let inside = false;
    const told = parts.map((part) => {
      if (part === "«" || part === "»") {
        inside = part === "«";
        return nothing;
      }
      return inside ? html`<mark>${marked(part)}</mark>` : marked(part);
    });
    return html`<li><span class="main"><a class="strong" href=${this.link(row)}>${marked(row.title)}</a><br>
      <span class="small soft">${t(`found.${row.kind}`)} · ${date(Date.parse(row.day))}${row.page ? html` · ${t("found.page", { page: row.page })}` : nothing}${row.pages > 1 ? html` · ${t("found.pages", { pages: row.pages })}` : nothing}</span><br>
      <span class="small" data-own-words>${told}</span></span></li>`;
  }

  render() {
    const value = (/** @type {string} */ name) => this.asked.get(name) ?? "";
    const rows = this.found?.rows ?? [];
    return html`<div class="place stack"><div class="head"><h1>${t("place.place-search")}</h1></div>
      <form class="card stack" role="search" @submit=${this.ask}>
        <label class="field"><span>${t("search.words")}</span><input name="q" type="search" maxlength="200" required .value=${value("q")} ?autofocus=${!value("q")}><span class="help">${t("search.help")}</span></label>
        <div class="form across"><label class="field"><span>${t("search.kind")}</span><select name="kind" .value=${value("kind")}><option value="">${t("search.all")}</option>${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === value("kind")}>${t(`found.${kind}`)}</option>`)}</select></label>
          <label class="field"><span>${t("search.since")}</span><input name="since" type="date" .value=${value("since")}></label>
          <label class="field"><span>${t("search.until")}</span><input name="until" type="date" .value=${value("until")}></label></div>
        <div class="row"><button class="button act">${icon("search")}${t("search.act")}</button></div></form>
      ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
      ${this.found ? html`<section class="card stack"><p class="strong" role="status">${t("search.count", { count: this.found.count })}</p>
        <ul class="list">${rows.map((row) => this.row(row))}</ul>
        ${rows.length < this.found.count ? html`<button class="button" @click=${() => this.look(true)}>${t("search.more", { count: this.found.count - rows.length })}</button>` : nothing}</section>` : nothing}</div>`;
  }
}

/** Each word a phrase of its own, those in quotation marks together: as the reader looks for them. @param {string} query */
const phrases = (query) => [...query.replace(/[“”]/g, '"').matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, word]) => `"${quoted ?? word}"`).join(" ");

customElements.define("place-search", SearchPlace);
