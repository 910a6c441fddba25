// The headings that the file itself lists; a tap goes there.
import { Part, html } from "../part.js";
import { openPaper } from "../pdf.js";
import { marked, t } from "../words.js";

/** @typedef {{title: string, page: number, items: Heading[]}} Heading */

class Outline extends Part {
  static properties = { paper: {}, address: { attribute: false }, headings: { state: true } };

  constructor() {
    super();
    this.paper = "";
    /** @type {() => Promise<string>} */
    this.address = async () => "";
    /** @type {Heading[] | null} */
    this.headings = null;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("paper") && this.paper) void this.attempt(() => this.read());
  }

  async read() {
    const asked = this.paper;
    const file = await openPaper(asked, this.address);
    const found = await Promise.all(((await file.getOutline()) ?? []).map((/** @type {any} */ one) => heading(file, one)));
    if (asked === this.paper) this.headings = found;
  }

  /** @param {Heading[]} headings @returns {unknown} */
  list(headings) {
    return html`<ol class="headings">${headings.map(
      (one) => html`<li><button class="button plain" ?disabled=${!one.page} @click=${() => this.dispatchEvent(new CustomEvent("go", { detail: one.page }))}><span>${marked(one.title)}</span><span class="figures soft">${one.page || ""}</span></button>
      ${one.items.length ? this.list(one.items) : ""}</li>`,
    )}</ol>`;
  }

  render() {
    if (!this.headings) return html`<p class="soft">${t("app.loading")}</p>`;
    return this.headings.length ? this.list(this.headings) : html`<p class="soft">${t("reader.no-outline")}</p>`;
  }
}

/** With the page it leads to; 0 where it leads nowhere. @param {any} file @param {any} one @returns {Promise<Heading>} */
async function heading(file, one) {
  const where = typeof one.dest === "string" ? await file.getDestination(one.dest) : one.dest;
  const target = where?.[0];
  const page = typeof target === "number" ? target + 1 : target ? await file.getPageIndex(target).then((/** @type {number} */ index) => index + 1, () => 0) : 0;
  return { title: one.title, page, items: await Promise.all((one.items ?? []).map((/** @type {any} */ below) => heading(file, below))) };
}

customElements.define("reader-outline", Outline);
