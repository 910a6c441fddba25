// A vote covers the middle: the question, the time, large answers; then my receipt, and the result with its arithmetic.
import { ask } from "../elements/confirm.js";
import { choiceName } from "../elements/vote-bars.js";
import { html, icon, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, marked, t } from "../words.js";
import "./roll.js";

/** @typedef {import("../wire.d.ts").BallotPart} BallotPart */

class Vote extends RoomPart {
  static properties = { put: { state: true }, sending: { state: true }, chosen: { state: true } };

  constructor() {
    super();
    this.put = ""; // the vote whose outcome I have put away
    this.sending = false;
    this.ballot = "";
    /** @type {Set<string>} what is marked and not sent */
    this.chosen = new Set();
    /** @type {Map<string, {seq: number, choices: string[]}>} what I sent from here, by vote */
    this.mine = new Map();
  }

  /** A secret ballot and one with several marks are filled in first, then sent. @param {BallotPart} ballot */
  fills(ballot) {
    return ballot.way === "secret" || ballot.seats > 1;
  }

  /** @param {BallotPart} ballot @param {string} code */
  press(ballot, code) {
    if (!this.fills(ballot)) return this.cast(ballot, [code]);
    const alone = ballot.seats === 1 || code === "silent";
    const next = new Set(alone ? [] : [...this.chosen].filter((one) => one !== "silent"));
    if (!this.chosen.has(code)) next.add(code);
    else next.delete(code);
    if (next.size > ballot.seats) return this.say(t("vote.too-many", { seats: ballot.seats }));
    this.chosen = next;
  }

  /** @param {BallotPart} ballot */
  async send(ballot) {
    const choices = ballot.codes.filter((code) => this.chosen.has(code));
    const names = choices.map((code) => choiceName(ballot.options, code)).join(", ");
    if (ballot.way !== "secret") return this.cast(ballot, choices);
    if (!(await ask({ title: t("vote.send-title"), text: t("vote.send-text", { names }), act: t("vote.send"), tone: "seal" }))) return;
    const marks = ballot.codes.map((code) => (this.chosen.has(code) ? "1" : "0")).join("");
    this.chosen = new Set();
    await this.give(ballot, [], { kind: "cast-secretly", ballot: ballot.id, marks });
  }

  /** @param {BallotPart} ballot @param {string[]} choices */
  cast(ballot, choices) {
    return this.give(ballot, choices, { kind: "cast", ballot: ballot.id, choices });
  }

  /** @param {BallotPart} ballot @param {string[]} choices @param {import("../wire.d.ts").Command} command */
  async give(ballot, choices, command) {
    this.sending = true;
    const done = await this.room.ask(command);
    this.sending = false;
    if (done?.seq) this.mine.set(ballot.id, { seq: done.seq, choices });
    this.requestUpdate();
  }

  /** The event that says I voted: its number and hash prove it, to me and to whoever keeps the journal. @param {BallotPart} ballot */
  receipt(ballot) {
    const me = this.room.seat?.votes_for;
    const seq = this.mine.get(ballot.id)?.seq;
    /** @type {import("../wire.d.ts").SeenEvent[]} */
    const events = this.room.view?.events ?? [];
    const voted = (/** @type {import("../wire.d.ts").SeenEvent} */ event) => event.body?.ballot === ballot.id && event.body?.person === me;
    const found = seq
      ? events.find((event) => event.seq === seq)
      : events.findLast((event) => ["vote-cast", "ballot-taken"].includes(event.kind) && voted(event));
    if (!found) return nothing;
    return html`<span class="small soft">${t("vote.receipt", { seq: found.seq, code: found.hash.slice(0, 16).toUpperCase().replace(/(.{4})(?=.)/g, "$1 ") })}</span>`;
  }

  /** @param {BallotPart} ballot */
  answers(ballot) {
    const seat = this.room.seat;
    const me = seat?.votes_for ?? ""; // my own vote, or that of the member whom I stand in for
    if (!seat || !me) return html`<p class="soft">${t("vote.guest")}</p>`;
    if (!seat.present) return html`<p class="soft">${t("vote.check-in")}</p>`;
    const voted = ballot.voted.includes(me);
    const turn = ballot.way !== "roll-call" || voted || ballot.called === me || ballot.passed.includes(me);
    if (!turn) return html`<p class="soft" role="status">${t("roll.wait", { name: marked(this.parts?.people[ballot.called]?.name ?? "") })}</p>`;
    if (voted && !ballot.changeable)
      return html`<div class="note good" role="status">${icon("check")}<div><p class="strong">${t(ballot.way === "secret" ? "vote.taken" : "vote.recorded")}</p>${this.receipt(ballot)}</div></div>`;
    const mine = ballot.votes[me] ?? this.mine.get(ballot.id)?.choices ?? [];
    const pressed = (/** @type {string} */ code) => (this.fills(ballot) && this.chosen.size ? this.chosen.has(code) : mine.includes(code));
    const called = ballot.way === "roll-call" && ballot.called === me ? html`<p class="note">${t("vote.you-are-called")}</p>` : nothing;
    return html`${called}<div class="answers" role="group" aria-label=${marked(ballot.question)}>${ballot.codes.map(
        (code) => html`<button class="button choice" aria-pressed=${pressed(code)} ?disabled=${this.sending} @click=${() => this.press(ballot, code)}>${choiceName(ballot.options, code)}</button>`,
      )}</div>
      ${this.fills(ballot) ? html`<button class="button decisive seal" ?disabled=${!this.chosen.size || this.sending} @click=${() => this.send(ballot)}>${icon("send")}${t("vote.send")}</button>` : nothing}
      <p class="small" role="status">${this.help(ballot, mine)} ${voted ? this.receipt(ballot) : nothing}</p>`;
  }

  /** @param {BallotPart} ballot @param {readonly string[]} mine */
  help(ballot, mine) {
    if (mine.length) {
      const choice = mine.map((code) => choiceName(ballot.options, code)).join(", ");
      return html`<span class="badge good">${t(ballot.changeable ? "vote.mine-changeable" : "vote.mine", { choice })}</span>`;
    }
    if (ballot.voted.includes(this.room.seat?.votes_for ?? "")) return html`<span class="badge good">${t("vote.recorded")}</span>`;
    if (ballot.way === "secret") return html`<span class="soft">${t("vote.help-secret")}</span>`;
    if (ballot.seats > 1) return html`<span class="soft">${t("vote.help-many", { seats: ballot.seats })}</span>`;
    return html`<span class="soft">${t(ballot.changeable ? "vote.help" : "vote.help-once")}</span>`;
  }

  /** @param {BallotPart} ballot @param {string} title @param {unknown} content */
  outcome(ballot, title, content) {
    return html`<section class="vote" aria-label=${title}><div class="vote-head"><div><h3>${title}</h3><p class="question">${marked(ballot.question)}</p></div></div>
      ${content}<div class="row">${this.receipt(ballot)}<button class="button push" @click=${() => (this.put = ballot.id)}>${t("act.close")}</button></div></section>`;
  }

  /** What came out; below it what came out before on the same item. @param {import("../wire.d.ts").Screen} parts @param {BallotPart} last */
  results(parts, last) {
    const before = parts.ballots.filter((one) => one.item === last.item && one.id !== last.id && one.result).reverse();
    const bars = (/** @type {BallotPart} */ one) => html`<bacap-vote-bars .result=${one.result} .options=${one.options} .absent=${one.absent}></bacap-vote-bars>`;
    const round = (/** @type {number} */ index) => t("vote.round", { number: before.length - index, when: clock(before[index].opened_at) });
    return html`${bars(last)}${before.map((one, index) => html`<h4>${marked(one.question)} <span class="soft">${round(index)}</span></h4>${bars(one)}`)}`;
  }

  render() {
    const parts = this.parts;
    const ballot = parts?.ballots.at(-1);
    if (!parts || !ballot || parts.sitting.phase !== "open") return nothing;
    if (ballot.step !== "open" && ballot.item !== parts.stage.item) return nothing;
    if (this.put === ballot.id) return html`<div class="row"><button class="button" @click=${() => (this.put = "")}>${icon("vote")}${t("vote.show-again")}</button></div>`;
    if (this.ballot !== ballot.id) [this.ballot, this.chosen] = [ballot.id, new Set()];
    const number = parts.agenda.find((item) => item.id === ballot.item)?.number ?? "";
    if (ballot.step === "voided") {
      const why = ballot.voided === "chair" ? t("vote.voided-chair", { reason: marked(ballot.reason) }) : t("vote.voided-restart");
      return this.outcome(ballot, t("vote.voided"), html`<p class="note warn" role="alert">${why}</p>`);
    }
    if (ballot.step === "closed" && !ballot.result) return this.outcome(ballot, t("vote.held"), html`<p class="note">${t("vote.held-text")}</p>`);
    if (ballot.result) return this.outcome(ballot, t("vote.result"), this.results(parts, ballot));
    const title = t(`vote.open-${ballot.way}`, { number });
    const roll = this.room.conducts && ballot.way !== "secret" ? html`<room-roll .room=${this.room} .parts=${parts} .ballot=${ballot}></room-roll>` : nothing;
    return html`<section class="vote" aria-label=${title}>
      <div class="vote-head"><div><h3>${title}</h3><p class="question">${marked(ballot.question)}</p></div>
        <div class="vote-clock"><bacap-timer .since=${ballot.opened_at} .now=${this.room.now}></bacap-timer><div class="small soft">${t("vote.sent", { cast: ballot.cast, present: parts.attendance.present, electorate: ballot.electorate })}</div></div></div>
      ${ballot.way === "roll-call" ? [roll, this.answers(ballot)] : [this.answers(ballot), roll]}</section>`;
  }
}

customElements.define("room-vote", Vote);
