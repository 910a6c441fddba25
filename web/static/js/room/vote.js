// A vote covers the middle: the question, the time, three large answers; then the result with its arithmetic.
import { html, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { marked, t } from "../words.js";

const CHOICES = /** @type {const} */ (["for", "against", "silent"]);

class Vote extends RoomPart {
  static properties = { put: { state: true }, sending: { state: true } };

  constructor() {
    super();
    this.put = ""; // the result that I have put away
    this.sending = "";
  }

  /** @param {string} ballot @param {"for" | "against" | "silent"} choice */
  async cast(ballot, choice) {
    this.sending = choice;
    await this.room.ask({ kind: "cast", ballot, choice });
    this.sending = "";
  }

  render() {
    const parts = this.parts;
    const ballot = parts?.ballots.at(-1);
    if (!parts || !ballot || parts.sitting.phase !== "open" || this.put === ballot.id) return nothing;
    if (ballot.result && ballot.item !== parts.stage.item) return nothing;
    const number = parts.agenda.find((item) => item.id === ballot.item)?.number ?? "";
    const head = html`<div class="vote-head"><div><h3>${t("vote.open", { number })}</h3><p class="question">${marked(ballot.question)}</p></div>
      <div class="vote-clock"><bacap-timer .since=${ballot.opened_at} .now=${this.room.now}></bacap-timer><div class="small soft">${t("vote.sent", { cast: ballot.cast, electorate: ballot.electorate })}</div></div></div>`;
    if (ballot.result)
      return html`<section class="vote" aria-label=${t("vote.result")}><div class="vote-head"><div><h3>${t("vote.result")}</h3><p class="question">${marked(ballot.question)}</p></div></div>
        <bacap-vote-bars .result=${ballot.result}></bacap-vote-bars>
        <button class="button" @click=${() => (this.put = ballot.id)}>${t("act.close")}</button></section>`;
    const seat = this.room.seat;
    const mine = ballot.votes[this.room.me?.id ?? ""];
    const may = seat?.entitled && seat.present;
    return html`<section class="vote" aria-label=${t("vote.open", { number })}>${head}
      ${may
        ? html`<div class="answers" role="group" aria-label=${ballot.question}>${CHOICES.map(
              (choice) => html`<button class="button choice" aria-pressed=${mine === choice} ?disabled=${Boolean(this.sending)} @click=${() => this.cast(ballot.id, choice)}>${t(`choice.${choice}`)}</button>`,
            )}</div><p class="small ${mine ? "badge good" : "soft"}" role="status">${mine ? t("vote.mine", { choice: t(`choice.${mine}`) }) : t("vote.help")}</p>`
        : html`<p class="soft">${t(seat?.entitled ? "vote.check-in" : "vote.guest")}</p>`}</section>`;
  }
}

customElements.define("room-vote", Vote);
