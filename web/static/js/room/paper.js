// The sheet in the middle. It follows the presenter until I browse freely; one tap brings me back.
import { html, icon, nothing } from "../part.js";
import { RoomPart, addressOf, paperIn } from "../sitting.js";
import { marked, t } from "../words.js";

class Paper extends RoomPart {
  static properties = { own: { state: true } };

  constructor() {
    super();
    /** What I look at by myself; null while I follow. @type {{paper: string, page: number} | null} */
    this.own = null;
  }

  /** Another item, or the opening, brings every screen back to what is presented. @param {Map<string, any>} changed */
  willUpdate(changed) {
    const before = changed.get("parts");
    const now = this.parts;
    if (before && now && (before.stage.item !== now.stage.item || before.sitting.phase !== now.sitting.phase)) this.own = null;
  }

  /** May I turn the page for all? */
  get presents() {
    const parts = this.parts;
    const item = parts?.agenda.find((one) => one.step === "now");
    const me = this.room.me?.id;
    return parts?.sitting.phase === "open" && (this.room.conducts || parts.stage.speaker === me || item?.rapporteur === me);
  }

  /** @param {string} paper @param {number} page */
  choose(paper, page) {
    const found = paperIn(this.parts, paper);
    const count = found?.paper.pages ?? 1;
    const wanted = Math.min(Math.max(1, page), count);
    if (this.presents && found?.item.step === "now" && !this.own) void this.room.ask({ kind: "show-page", paper, page: wanted });
    else this.own = { paper, page: wanted };
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const shown = this.own ?? parts.stage;
    const found = paperIn(this.parts, shown.paper);
    if (!found) return html`<div class="empty">${icon("file-text")}<p>${t(parts.stage.item ? "room.no-paper" : parts.sitting.phase === "open" ? "room.no-item" : "room.papers-here")}</p></div>`;
    const address = addressOf(this.room.line, parts.sitting.id, found.paper.id);
    const turn = (/** @type {number} */ step) => this.choose(found.paper.id, shown.page + step);
    return html`<div class="desk-top" tabindex="0" role="region" aria-label=${found.paper.name}><bacap-sheet .paper=${found.paper.sha256} .address=${address} .page=${shown.page}></bacap-sheet></div>
      <div class="reader-bar"><button class="button" aria-label=${t("paper.before")} ?disabled=${shown.page <= 1} @click=${() => turn(-1)}>${icon("chevron-left")}</button>
        <span class="strong figures">${t("paper.page", { page: shown.page, all: found.paper.pages })}</span>
        <button class="button" aria-label=${t("paper.after")} ?disabled=${shown.page >= found.paper.pages} @click=${() => turn(1)}>${icon("chevron-right")}</button>
        ${parts.sitting.phase !== "open"
          ? html`<span class="small soft">${marked(found.paper.name)}</span>`
          : this.own
            ? html`<button class="button act" @click=${() => (this.own = null)}>${icon("undo-2")}${t("paper.follow")}</button>`
            : this.presents
              ? html`<span class="badge">${icon("presentation")}${t("paper.presenting")}</span>`
              : html`<span class="badge">${t("paper.following")}</span><button class="button" @click=${() => (this.own = { paper: shown.paper, page: shown.page })}>${t("paper.free")}</button>`}</div>`;
  }
}

customElements.define("room-paper", Paper);
