// Votes that are said or shown in the room, put down by who conducts the sitting: in a roll call one after the other,
// else for whoever raised a hand and has no tablet.
import { choiceName } from "../elements/vote-bars.js";
import { html, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { marked, t } from "../words.js";

class Roll extends RoomPart {
  static properties = { ...RoomPart.properties, ballot: { attribute: false }, person: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").BallotPart | null} */
    this.ballot = null;
    this.person = "";
  }

  /** @param {string} code @param {string} person */
  async record(code, person) {
    if (this.ballot) await this.room.ask({ kind: "record-vote", ballot: this.ballot.id, person, choices: [code] });
    this.person = "";
  }

  /** @param {string} person */
  async pass(person) {
    if (this.ballot) await this.room.ask({ kind: "pass-voter", ballot: this.ballot.id, person });
  }

  /** @param {string} person */
  nameOf(person) {
    return this.parts?.people[person]?.name ?? "";
  }

  /** @param {string} person @param {unknown} more */
  choices(person, more = nothing) {
    const ballot = this.ballot;
    if (!ballot) return nothing;
    return html`<div class="row" role="group" aria-label=${t("roll.for", { name: this.nameOf(person) })}>${ballot.codes.map(
      (code) => html`<button class="button" @click=${() => this.record(code, person)}>${choiceName(ballot.options, code)}</button>`,
    )}${more}</div>`;
  }

  called() {
    const card = this.parts?.people[this.ballot?.called ?? ""];
    if (!this.ballot || !card) return html`<p class="soft">${t("roll.all-called")}</p>`;
    const person = this.ballot.called;
    return html`<p>${t("roll.called")} <span class="strong">${marked(card.name)}</span>, ${marked(card.office)}</p>
      ${this.choices(person, html`<button class="button plain" @click=${() => this.pass(person)}>${t("roll.no-answer")}</button>`)}`;
  }

  render() {
    const [parts, ballot] = [this.parts, this.ballot];
    if (!parts || !ballot || ballot.seats > 1) return nothing;
    if (ballot.way === "roll-call") return html`<div class="note stack" aria-live="polite">${this.called()}</div>`;
    const missing = parts.attendance.seats.filter((seat) => seat.entitled && seat.present && !ballot.voted.includes(seat.person)).map((seat) => seat.person);
    const open = [...missing, ...(ballot.changeable ? ballot.by_hand : [])]; // nobody who has voted themselves
    const person = open.includes(this.person) ? this.person : "";
    if (!open.length) return nothing;
    const told = (/** @type {string} */ one) => (ballot.by_hand.includes(one) ? ` (${t("roll.recorded", { choice: (ballot.votes[one] ?? []).map((code) => choiceName(ballot.options, code)).join(", ") })})` : "");
    return html`<details class="small"><summary>${t("roll.by-hand", { count: missing.length })}</summary><div class="stack">
      <label class="field"><span>${t("roll.who")}</span><select @change=${(/** @type {Event} */ event) => (this.person = /** @type {HTMLSelectElement} */ (event.target).value)}>
        <option value="" .selected=${!person}>${t("roll.choose")}</option>${open.map((one) => html`<option value=${one} .selected=${one === person}>${marked(this.nameOf(one))}${told(one)}</option>`)}</select></label>
      ${person ? html`<p class="strong">${t("roll.for", { name: marked(this.nameOf(person)) })}:</p>${this.choices(person)}` : nothing}</div></details>`;
  }
}

customElements.define("room-roll", Roll);
