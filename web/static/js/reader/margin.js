// My annotations in a list, and the pens to make more with.
import { Part, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Shown} Shown */

const TOOLS = /** @type {const} */ ([["", "eye"], ["highlight", "highlighter"], ["ink", "pen-line"], ["remark", "message-square"], ["erase", "eraser"]]);
const COLOURS = ["yellow", "green", "red", "blue"];
const SIGNS = { highlight: "highlighter", ink: "pen-line", remark: "message-square" };

class Margin extends Part {
  static properties = { all: { attribute: false }, tool: {}, colour: {}, unsent: { type: Number } };

  constructor() {
    super();
    /** @type {Shown[]} */
    this.all = [];
    this.tool = "";
    this.colour = "yellow";
    this.unsent = 0;
  }

  /** @param {string} name @param {unknown} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @param {Shown} one */
  row(one) {
    const { mark } = one;
    const text = mark.kind === "highlight" ? mark.quote : mark.kind === "remark" ? mark.text : t("annotation.ink");
    return html`<li class="row"><button class="plain small" @click=${() => this.tell("open", one)}>${icon(SIGNS[mark.kind])}
        <span>${one.page ? html`<span class="strong figures">${t("found.page", { page: one.page })}</span>` : html`<span class="badge warn">${t("annotation.nowhere")}</span>`}
        <span data-own-words>${marked(text)}</span></span></button>
      <button class="button plain" aria-label=${t("annotation.drop", { text: text.slice(0, 40) })} @click=${() => this.tell("erase", one.id)}>${icon("trash-2")}</button></li>`;
  }

  render() {
    const rows = [...this.all].sort((one, other) => one.page - other.page);
    return html`<p class="small soft">${t("annotation.about")}</p>
      <div class="tools" role="group" aria-label=${t("annotation.tools")}>${TOOLS.map(([tool, sign]) => html`<button class="button" aria-pressed=${tool === this.tool} @click=${() => this.tell("tool", tool)}>${icon(sign)}${t(`annotation.tool-${tool || "none"}`)}</button>`)}</div>
      ${this.tool === "ink" || this.tool === "highlight"
        ? html`<div class="row" role="group" aria-label=${t("annotation.colours")}>${COLOURS.map((colour) => html`<button class="button swatch ${colour}" aria-label=${t(`annotation.${colour}`)} aria-pressed=${colour === this.colour} @click=${() => this.tell("colour", colour)}></button>`)}</div>`
        : nothing}
      ${this.tool ? html`<p class="small" role="status">${t(`annotation.how-${this.tool}`)}</p>` : nothing}
      <button class="button" @click=${() => this.tell("write", null)}>${icon("plus")}${t("annotation.write-page")}</button>
      ${this.unsent ? html`<p class="note warn small" role="status">${t("annotation.unsent", { count: this.unsent })}</p>` : nothing}
      <ol class="hits">${rows.map((one) => this.row(one))}</ol>`;
  }
}

customElements.define("reader-margin", Margin);
