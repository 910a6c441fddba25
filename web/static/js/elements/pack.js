// All papers of a sitting that I may read, in one file to take along. It is put together when it is first asked for.
import { ready } from "../api.js";
import { Part, html, icon } from "../part.js";
import { t } from "../words.js";

class Pack extends Part {
  static properties = { sitting: {}, watermarked: { type: Boolean }, busy: { state: true } };

  constructor() {
    super();
    this.sitting = "";
    /** Is there a paper that bears its reader's name? */
    this.watermarked = false;
    this.busy = "";
  }

  /** @param {string} kind */
  async fetch(kind) {
    const path = `/api/sittings/${this.sitting}/pack.${kind}`;
    this.busy = kind;
    if (await this.did(() => ready(path))) location.assign(path); // a download: the page stays
    this.busy = "";
  }

  render() {
    const act = (/** @type {string} */ kind) => html`<button class="button small-button" aria-busy=${this.busy === kind} ?disabled=${Boolean(this.busy)} @click=${() => this.fetch(kind)}>${icon("download")}${t(`pack.${kind}`)}</button>`;
    return html`<div class="row tight">${act("pdf")}${act("zip")}<span class="small soft" role="status">${this.busy ? t("pack.busy") : this.watermarked ? t("pack.left-out") : ""}</span></div>`;
  }
}

customElements.define("bacap-pack", Pack);
