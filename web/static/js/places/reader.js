// Reading a paper by myself: the sheet, nearly the whole screen.
import "../elements/sheet.js";
import { html, icon } from "../part.js";
import { SittingPlace, addressOf, paperIn } from "../sitting.js";
import { marked, t } from "../words.js";

class Reader extends SittingPlace {
  static properties = { paper: { attribute: false }, page: { state: true }, zoom: { state: true } };

  constructor() {
    super();
    this.paper = "";
    this.page = 1;
    this.zoom = 1;
    /** @param {KeyboardEvent} event */
    this.press = (event) => {
      if (event.key === "ArrowRight" || event.key === "PageDown") this.turn(1);
      if (event.key === "ArrowLeft" || event.key === "PageUp") this.turn(-1);
    };
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("keydown", this.press);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("keydown", this.press);
  }

  get found() {
    return paperIn(this.parts, this.paper)?.paper ?? null;
  }

  /** @param {number} step */
  turn(step) {
    this.page = Math.min(Math.max(1, this.page + step), this.found?.pages ?? 1);
  }

  render() {
    const found = this.found;
    if (!found) return html`<main id="main" class="place"><p class="soft">${t(this.parts ? "refused.no-such-paper" : "app.loading")}</p><a class="button" href="/">${t("place.place-desk")}</a></main>`;
    const address = addressOf(this.line, this.sitting, this.paper);
    const back = () => history.back();
    return html`<div class="reader"><header class="room-header"><button class="button plain" aria-label=${t("room.back")} @click=${back}>${icon("chevron-left")}</button>
        <h1 class="title">${marked(found.name)}</h1><span class="push"></span>
        <button class="button" aria-label=${t("paper.smaller")} @click=${() => (this.zoom = Math.max(0.5, this.zoom - 0.25))}>${icon("zoom-out")}</button>
        <span class="figures">${Math.round(this.zoom * 100)} %</span>
        <button class="button" aria-label=${t("paper.larger")} @click=${() => (this.zoom = Math.min(3, this.zoom + 0.25))}>${icon("zoom-in")}</button></header>
      <main id="main" class="desk-top" tabindex="0"><bacap-sheet .paper=${found.sha256} .address=${address} .page=${this.page} .zoom=${this.zoom}></bacap-sheet></main>
      <footer class="reader-bar"><button class="button" aria-label=${t("paper.before")} ?disabled=${this.page <= 1} @click=${() => this.turn(-1)}>${icon("chevron-left")}</button>
        <span class="strong figures">${t("paper.page", { page: this.page, all: found.pages })}</span>
        <button class="button" aria-label=${t("paper.after")} ?disabled=${this.page >= found.pages} @click=${() => this.turn(1)}>${icon("chevron-right")}</button></footer></div>`;
  }
}

customElements.define("place-reader", Reader);
