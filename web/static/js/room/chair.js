// The chair's own acts. Only the one that comes next is lit; the rest stand by, quiet.
import { ask, fill } from "../elements/confirm.js";
import { outcome } from "../elements/vote-bars.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, moment, t } from "../words.js";

const WAYS = /** @type {const} */ (["open", "roll-call", "secret"]);

class Chair extends RoomPart {
  async open() {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const members = parts.attendance.seats.filter((seat) => seat.entitled);
    const coming = members.filter((seat) => ["in-person", "online"].includes(seat.reply)).length;
    const early = this.room.now() < parts.sitting.begins ? [t("chair.open-early", { when: moment(parts.sitting.begins) })] : [];
    const text = [...early, t("chair.open-text", { coming, members: members.length, needed: parts.attendance.needed })].join(" ");
    await ask({ title: t("chair.open-title"), text, act: t("chair.open"), tone: "seal" }, () => this.room.send({ kind: "open" }));
  }

  async openVote() {
    const item = this.item;
    if (!item) return;
    const fields = html`<label class="field"><span>${t("vote.question")}</span><textarea name="question" required .value=${item.question || item.title}></textarea></label>
      <fieldset class="stack"><legend>${t("put.way")}</legend>${WAYS.map(
        (way) => html`<label class="check"><input type="radio" name="way" value=${way} ?checked=${way === "open"}><span><span class="strong">${t(`put.${way}`)}</span><br><span class="small soft">${t(`put.${way}-help`)}</span></span></label>`,
      )}</fieldset>
      <details><summary>${t("put.more")}</summary><div class="stack">
        <label class="field"><span>${t("put.options")}</span><textarea name="options" aria-describedby="put-options-help"></textarea><span class="small soft" id="put-options-help">${t("put.options-help")}</span></label>
        <label class="field"><span>${t("put.seats")}</span><input name="seats" type="number" min="1" max="63" value="1"></label>
        <label class="check"><input type="checkbox" name="held"><span>${t("put.held")}</span></label></div></details>`;
    const ballot = newId();
    await fill({ title: t("chair.vote-title"), text: this.votesOn(item).join("\n"), act: t("chair.vote"), tone: "seal" }, fields, (form) => {
      const options = String(form.get("options")).split("\n").map((line) => line.trim()).filter(Boolean);
      const way = /** @type {typeof WAYS[number]} */ (form.get("way"));
      const [question, seats, held] = [String(form.get("question")), options.length ? Number(form.get("seats")) : 1, form.has("held")];
      return this.room.send({ kind: "open-vote", ballot, item: item.id, question, way, options, seats, held });
    });
  }

  /** @param {import("../wire.d.ts").BallotPart} ballot */
  async closeVote(ballot) {
    const missing = ballot.electorate - ballot.cast;
    await ask({ title: t("chair.close-vote-title"), text: t("chair.close-vote-text", { cast: ballot.cast, missing }), act: t("chair.close-vote"), tone: "seal" }, () => this.room.send({ kind: "close-vote", ballot: ballot.id }));
  }

  /** @param {import("../wire.d.ts").BallotPart} ballot */
  async cancelVote(ballot) {
    await ask({ title: t("chair.cancel-vote-title"), text: t("chair.cancel-vote-text"), act: t("chair.cancel-vote"), tone: "seal", field: t("field.reason") }, (reason) =>
      this.room.send({ kind: "cancel-vote", ballot: ballot.id, reason }),
    );
  }

  async conclude() {
    const [item, here] = [this.item, this.parts?.attendance];
    if (!item || !here) return;
    const few = here.quorate ? [] : [t("chair.conclude-few", { present: here.present, members: here.entitled, needed: here.needed })];
    await ask({ title: t("chair.conclude-title", { number: item.number }), text: [...few, ...this.votesOn(item)].join("\n"), act: t("chair.conclude"), field: t("item.conclusion"), value: item.conclusion }, (text) =>
      this.room.send({ kind: "conclude", item: item.id, text }),
    );
  }

  async suspend() {
    await ask({ title: t("chair.suspend-title"), text: t("chair.suspend-text"), act: t("chair.suspend"), tone: "seal", field: t("field.reason") }, (reason) =>
      this.room.send({ kind: "suspend", reason }),
    );
  }

  async close() {
    const open = this.parts?.agenda.filter((item) => item.step === "next").length ?? 0;
    const left = this.parts?.agenda.filter((item) => item.step !== "next" && !item.conclusion).map((item) => item.number) ?? [];
    const text = [open ? t("chair.close-early", { count: open }) : "", left.length ? t("chair.close-unconcluded", { numbers: left.join(", ") }) : "", t("chair.close-text")].filter(Boolean).join(" ");
    await ask({ title: t("chair.close-title"), text, act: t("chair.close"), tone: "seal" }, () => this.room.send({ kind: "close" }));
  }

  get item() {
    return this.parts?.agenda.find((item) => item.step === "now");
  }

  /** The item that comes after this one; at the end of the agenda, one that was passed over. */
  get following() {
    const number = this.item?.number ?? 0;
    const left = this.parts?.agenda.filter((item) => item.step === "next") ?? [];
    return left.find((item) => item.number > number) ?? left[0];
  }

  /** How the votes on an item came out, to conclude by. @param {import("../wire.d.ts").ItemPart} item */
  votesOn(item) {
    const counted = this.parts?.ballots.filter((ballot) => ballot.item === item.id && ballot.result) ?? [];
    return counted.map((ballot) => t("vote.before", { when: clock(ballot.opened_at), outcome: `${ballot.question} ${outcome(/** @type {import("../wire.d.ts").Result} */ (ballot.result), ballot.options)}` }));
  }

  /** What comes next. */
  get next() {
    const parts = this.parts;
    if (parts?.sitting.phase !== "open") return "open";
    const item = this.item;
    if (parts.ballots.some((ballot) => ballot.step === "open")) return "close-vote";
    if (item?.question && !parts.ballots.some((ballot) => ballot.item === item.id && ballot.step === "closed")) return "vote";
    if (item && !item.conclusion) return "conclude";
    return this.following ? "go" : "close";
  }

  render() {
    const parts = this.parts;
    if (!parts || parts.sitting.phase === "closed") return nothing;
    if (parts.sitting.phase === "suspended") return html`<button class="button decisive seal" @click=${() => this.room.ask({ kind: "resume" })}>${icon("play")}${t("chair.resume")}</button>`;
    const lit = (/** @type {string} */ act) => (this.next === act ? "seal" : "");
    if (parts.sitting.phase !== "open")
      return html`<button class="button decisive ${lit("open")}" @click=${this.open}>${icon("gavel")}${t("chair.open")}</button>`;
    const ballot = parts.ballots.find((one) => one.step === "open");
    if (ballot)
      return html`<div class="row"><button class="button decisive" @click=${() => this.cancelVote(ballot)}>${t("chair.cancel-vote")}</button>
        <button class="button decisive seal" @click=${() => this.closeVote(ballot)}>${icon("vote")}${t("chair.close-vote")}</button></div>`;
    const held = parts.ballots.some((one) => one.held && one.step === "closed");
    const few = !parts.attendance.quorate;
    const following = this.following;
    return html`<div class="row">
      ${held ? html`<button class="button decisive" @click=${() => this.room.ask({ kind: "release-results" })}>${icon("eye")}${t("chair.release-results")}</button>` : nothing}
      ${following ? html`<button class="button decisive ${lit("go")}" @click=${() => this.room.ask({ kind: "open-item", item: following.id })}>${icon("arrow-right")}${t("chair.go", { number: following.number })}</button>` : nothing}
      ${this.item ? html`<button class="button decisive ${lit("vote")}" ?disabled=${few} @click=${this.openVote}>${icon("vote")}${t(few ? "chair.vote-too-few" : "chair.vote")}</button>
        <button class="button decisive ${lit("conclude")}" @click=${this.conclude}>${icon("pen-line")}${t("chair.conclude")}</button>` : nothing}
      <button class="button decisive" @click=${this.suspend}>${t("chair.suspend")}</button>
      <button class="button decisive ${lit("close")}" @click=${this.close}>${icon("door-closed")}${t("chair.close")}</button></div>`;
  }
}

customElements.define("room-chair", Chair);
