// The agenda: what is done, what is now with its papers, what comes. Chair and secretary move on from here.
import { html, icon, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").ItemPart} ItemPart */

class Agenda extends RoomPart {
  /** @param {ItemPart} item */
  item(item) {
    const open = this.parts?.sitting.phase === "open";
    const mark = item.step === "done" ? icon("check") : item.step === "now" ? icon("play") : html`<span>${item.number}</span>`;
    return html`<li><div class="item ${item.step}" aria-current=${item.step === "now" ? "step" : "false"}>${mark}<span>${item.closed ? html`${icon("lock")} ` : nothing}${marked(item.title)}${item.late ? html` <span class="badge">${t("item.is-late")}</span>` : nothing}</span><span class="small figures">${item.minutes}′</span></div>
      ${item.papers.map((paper) => {
        const shown = this.parts?.stage.paper === paper.id;
        return html`<a class="paper-link ${shown ? "open" : ""}" href="/sittings/${this.parts?.sitting.id}/papers/${paper.id}" @click=${(/** @type {Event} */ event) => this.show(event, paper.id)}>${icon("file-text")}<span>${marked(paper.name)}</span></a>`;
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
      ${parts.agenda.length ? nothing : html`<p class="soft">${t("room.no-agenda")}</p>`}`;
  }
}

customElements.define("room-agenda", Agenda);
