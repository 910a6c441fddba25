// The agenda: what is done, what is now with its papers, what comes. Chair and secretary move on from here.
import "../elements/pack.js";
import "../elements/take-along.js";
import { html, icon, nothing } from "../part.js";
import { RoomPart, commentsBadge, hasPapers } from "../sitting.js";
import { clock, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").ItemPart} ItemPart */

class Agenda extends RoomPart {
  /** @param {ItemPart} item */
  item(item) {
    const open = this.parts?.sitting.phase === "open";
    const left = item.step === "done" && !item.conclusion;
    const mark = left ? icon("circle") : item.step === "done" ? icon("check") : item.step === "now" ? icon("play") : html`<span>${item.number}</span>`;
    return html`<li><div class="item ${item.step}" aria-current=${item.step === "now" ? "step" : "false"}>${mark}<span>${item.closed ? html`${icon("lock")} ` : nothing}${marked(item.title)}${item.late ? html` <span class="badge">${t("item.is-late")}</span>` : nothing}${left ? html` <span class="badge warn">${t("item.unconcluded")}</span>` : nothing}</span><span class="small figures">${item.minutes}′</span></div>
      ${item.papers.map((paper) => {
        const shown = this.parts?.stage.paper === paper.id;
        if (paper.on_paper || paper.step === "recalled") return html`<span class="paper-link soft">${icon(paper.on_paper ? "stamp" : "undo-2")}<span>${paper.on_paper ? t("paper.on-paper") : html`<span class="struck">${marked(paper.name)}</span> <span class="badge seal">${t("paper.recalled")}</span>`}</span></span>`;
        return html`<a class="paper-link ${shown ? "open" : ""}" href="/sittings/${this.parts?.sitting.id}/papers/${paper.id}" @click=${(/** @type {Event} */ event) => this.show(event, paper.id)}>${icon(paper.private ? "lock" : "file-text")}<span>${marked(paper.name)}${paper.private ? html` <span class="small soft">${t("paper.for-you")}</span>` : nothing}${paper.version > 1 ? html` <span class="badge">${t("paper.new-version")}</span>` : nothing}${commentsBadge(this.parts, paper.id)}</span></a>`;
      })}
      ${item.conclusion ? html`<p class="conclusion small"><span class="strong">${t("item.conclusion")}:</span> ${marked(item.conclusion)}${item.decision ? html`<br><span class="soft">${t(item.decision.ballot ? "decision.with-vote" : "decision.rests-on", { present: item.decision.present.length, papers: item.decision.papers.length })}</span>` : nothing}</p>` : nothing}
      ${open && this.room.conducts && item.step !== "now" ? html`<button class="button small-button" @click=${() => this.room.ask({ kind: "open-item", item: item.id })}>${icon("arrow-right")}${t("item.go")}</button>` : nothing}</li>`;
  }

  /** In the room a paper opens in the middle. @param {Event} event @param {string} paper */
  show(event, paper) {
    event.preventDefault();
    event.stopPropagation();
    this.room.querySelector("room-paper")?.choose(paper, 1);
    this.room.tab = "paper";
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    return html`<div class="row"><h3>${t("room.agenda")}</h3><span class="push small soft figures">${clock(parts.sitting.begins)}</span></div>
      <ol class="agenda">${parts.agenda.map((item) => this.item(item))}</ol>
      ${parts.agenda.length ? nothing : html`<p class="soft">${t("room.no-agenda")}</p>`}
      ${hasPapers(parts) ? html`<bacap-pack .sitting=${parts.sitting.id} .watermarked=${this.room.seat?.role !== "secretary" && parts.agenda.some((item) => item.papers.some((paper) => paper.watermarked))}></bacap-pack><bacap-take-along .line=${this.room.line} .me=${this.room.me} .parts=${parts}></bacap-take-along>` : nothing}`;
  }
}

customElements.define("room-agenda", Agenda);
