// The sheet in the middle. It follows the presenter until I browse freely; one tap brings me back.
import { html, icon, nothing } from "../part.js";
import { Dwell } from "../reader/dwell.js";
import { RoomPart, addressOf, isOutside, paperIn, picturesOf } from "../sitting.js";
import { marked, t } from "../words.js";
import { sendPointer, showPointer } from "./pointer.js";

class Paper extends RoomPart {
  static properties = { own: { state: true }, reads: { state: true }, points: { state: true } };

  constructor() {
    super();
    /** What I look at by myself; null while I follow. @type {{paper: string, page: number} | null} */
    this.own = null;
    /** Where I began to read closely; from there on the reader goes its own way. */
    this.reads = /** @type {{paper: string, page: number, follows: boolean} | null} */ (null);
    /** What I was reading when it was recalled. @type {import("../wire.d.ts").PaperPart | null} */
    this.taken = null;
    /** Do I show the others where I point? */
    this.points = false;
    /** @type {((event: PointerEvent) => void) | undefined} */
    this.sends = undefined;
    this.unheard = () => {};
    /** @type {Dwell | null} */
    this.dwell = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.dwell = new Dwell(this.room.line, this.room.me?.id ?? "");
    this.unheard = showPointer(this, this.room.line, () => (this.own || (this.reads && !this.reads.follows) ? null : (this.parts?.stage ?? null)));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.dwell?.close();
    this.unheard();
  }

  updated() {
    const shown = this.own ?? this.parts?.stage;
    const found = this.reads || !shown ? null : paperIn(this.parts, shown.paper); // who reads closely tells of it there
    this.dwell?.show(this.room.sitting, found?.paper.id ?? "", found?.paper.step === "recalled" ? "" : (found?.paper.sha256 ?? ""), [shown?.page ?? 1]);
  }

  /** Another item, or the opening, brings every screen back to what is presented. @param {Map<string, any>} changed */
  willUpdate(changed) {
    const before = changed.get("parts");
    const now = this.parts;
    if (this.own && paperIn(now, this.own.paper)?.paper.step === "recalled") [this.own, this.taken] = [null, paperIn(now, this.own.paper)?.paper ?? null];
    if (before && now && (before.stage.item !== now.stage.item || before.sitting.phase !== now.sitting.phase)) this.own = null;
    if (this.reads && !paperIn(now, this.reads.paper)) this.reads = null;
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
    if (this.presents && found?.item.step === "now" && !found.paper.private && !this.own) void this.room.ask({ kind: "show-page", paper, page: wanted });
    else this.own = { paper, page: wanted };
  }

  async read() {
    await import("../reader/reader.js");
    const shown = this.own ?? this.parts?.stage;
    if (shown) this.reads = { paper: shown.paper, page: shown.page, follows: !this.own };
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const shown = this.own ?? parts.stage;
    const found = paperIn(this.parts, shown.paper);
    const apart = parts.agenda.find((item) => item.id === parts.stage.item)?.papers.length;
    const taken = this.taken ? html`<div class="note seal" role="alert">${t("paper.taken-away", { name: marked(this.taken.name), reason: marked(this.taken.reason) })}<button class="button" @click=${() => ((this.taken = null), this.requestUpdate())}>${t("act.close")}</button></div>` : nothing;
    if (!found || found.paper.step === "recalled") return html`<div class="empty">${taken}${icon("file-text")}<p>${t(isOutside(parts) ? "room.outside" : parts.stage.item ? (apart ? "room.paper-apart" : "room.no-paper") : parts.sitting.phase === "open" ? "room.no-item" : "room.papers-here")}</p></div>`;
    if (this.reads) return html`<paper-reader inside .me=${this.room.me?.id ?? ""} .line=${this.room.line} .sitting=${parts.sitting.id} .parts=${parts} .paper=${this.reads.paper} .page=${this.reads.page} .follows=${this.reads.follows} @leave=${() => (this.reads = null)}></paper-reader>`;
    const address = addressOf(this.room.line, parts.sitting.id, found.paper.id);
    const turn = (/** @type {number} */ step) => this.choose(found.paper.id, shown.page + step);
    const points = this.points && this.presents && !this.own;
    if (points) this.sends ??= sendPointer(this.room.line, parts.sitting.id);
    const point = points ? this.sends : null;
    return html`<div class="desk-top ${points ? "pointing" : ""}" tabindex="0" role="region" aria-label=${found.paper.name} @pointermove=${point} @pointerdown=${point}>${taken}<bacap-sheet .paper=${found.paper.sha256} .pictures=${picturesOf(parts.sitting.id, found.paper.id)} .address=${address} .page=${shown.page}></bacap-sheet></div>
      <div class="reader-bar"><button class="button" aria-label=${t("paper.before")} ?disabled=${shown.page <= 1} @click=${() => turn(-1)}>${icon("chevron-left")}</button>
        <span class="strong figures">${t("paper.page", { page: shown.page, all: found.paper.pages })}</span>
        <button class="button" aria-label=${t("paper.after")} ?disabled=${shown.page >= found.paper.pages} @click=${() => turn(1)}>${icon("chevron-right")}</button>
        <button class="button" @click=${() => this.read()}>${icon("book-open")}${t("reader.open")}</button>
        ${parts.sitting.phase !== "open"
          ? html`<span class="small soft">${marked(found.paper.name)}</span>`
          : this.own
            ? html`<button class="button act" @click=${() => (this.own = null)}>${icon("undo-2")}${t("paper.follow")}</button>`
            : this.presents
              ? html`<span class="badge">${icon("presentation")}${t("paper.presenting")}</span><button class="button" aria-pressed=${points} @click=${() => (this.points = !this.points)}>${icon("mouse-pointer-2")}${t("paper.point")}</button>`
              : html`<span class="badge">${t("paper.following")}</span><button class="button" @click=${() => (this.own = { paper: shown.paper, page: shown.page })}>${t("paper.free")}</button>`}</div>`;
  }
}

customElements.define("room-paper", Paper);
