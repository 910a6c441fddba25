// Who comes: replies to the invitation, absences for the chair to answer, units that name their own people.
import { html, icon, nothing } from "../part.js";
import { ASKED, RoomPart } from "../sitting.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SeatPart} SeatPart */

const TONES = { "in-person": "good", online: "good", absent: "warn", substitute: "" };

class Replies extends RoomPart {
  /** @param {SeatPart} seat */
  answer(seat) {
    if (!seat.reply) return html`<span class="badge ${this.overdue ? "seal" : "warn"}">${t(this.overdue ? "reply.overdue" : "reply.none")}</span>`;
    const granted = seat.reply === "absent" && seat.granted !== null ? html`<span class="badge ${seat.granted ? "good" : "seal"}">${t(seat.granted ? "reply.granted" : "reply.refused")}</span>` : nothing;
    return html`<span class="badge ${TONES[/** @type {keyof typeof TONES} */ (seat.reply)]}">${t(`reply.${seat.reply}`)}</span>${granted}`;
  }

  /** @param {SeatPart} seat */
  row(seat) {
    const people = this.parts?.people ?? {};
    const card = people[seat.person];
    const waits = this.room.seat?.role === "chair" && this.parts?.sitting.phase === "released" && seat.reply === "absent";
    const instead = seat.substitute ? html`<br><span class="small">${t("reply.instead", { name: marked(people[seat.substitute]?.name ?? "") })}</span>` : nothing;
    return html`<li><span class="main"><span class="strong">${marked(card?.name ?? "")}</span><br><span class="small soft">${marked(card?.office ?? "")}</span>${instead}
        ${seat.reason ? html`<br><span class="small">${t("reply.because", { reason: marked(seat.reason) })}</span>` : nothing}</span>${this.answer(seat)}
      ${waits
        ? html`<button class="button" aria-pressed=${seat.granted === false} @click=${() => this.room.ask({ kind: "answer-absence", person: seat.person, granted: false })}>${t("reply.refuse")}</button>
          <button class="button ${seat.granted === null ? "act" : ""}" aria-pressed=${seat.granted === true} @click=${() => this.room.ask({ kind: "answer-absence", person: seat.person, granted: true })}>${t("reply.grant")}</button>`
        : nothing}
      ${seat.role === "guest" && this.room.prepares && this.parts?.sitting.phase === "released" ? html`<button class="button plain" aria-label=${t("prepare.uninvite", { name: card?.name ?? "" })} @click=${() => this.room.uninvite(seat.person, card?.name ?? "")}>${icon("x")}${t("prepare.uninvite-short")}</button>` : nothing}</li>`;
  }

  get overdue() {
    const by = this.parts?.sitting.reply_by ?? 0;
    return by > 0 && by < this.room.line.serverNow();
  }

  async remind() {
    if (await this.room.ask({ kind: "remind" })) this.say(t("reply.reminded"));
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  units(parts) {
    if (!parts.convened.length) return nothing;
    return html`<h3>${t("convened.title")}</h3><ul class="list">${parts.convened.map(
      (one) => html`<li><span class="main"><span class="strong">${marked(parts.units[one.unit] ?? "")}</span>${one.through ? html`<br><span class="small soft">${t("convened.through", { unit: marked(parts.units[one.through] ?? "") })}</span>` : nothing}</span>
        <span class="badge ${["named", "forwarded"].includes(one.step) ? "good" : "warn"}">${t(`convened.${one.step}`, { people: one.people })}</span></li>`,
    )}</ul>`;
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    if (!parts.sitting.released_at) return parts.convened.length ? html`<section class="card stack">${this.units(parts)}</section>` : nothing;
    const asked = parts.attendance.seats.filter((seat) => ASKED.includes(seat.role));
    const replied = asked.filter((seat) => seat.reply).length;
    return html`<section class="card stack"><div class="row"><h2>${t("reply.title")}</h2><span class="soft figures">${replied} / ${asked.length}</span>
        ${parts.sitting.phase === "released" && this.room.conducts ? html`<button class="button push" @click=${this.remind}>${icon("bell-ring")}${t("reply.remind")}</button>` : nothing}</div>
      ${parts.sitting.reply_by ? html`<p class="soft">${t("reply.by", { when: moment(parts.sitting.reply_by) })}</p>` : nothing}
      <ul class="list">${asked.map((seat) => this.row(seat))}</ul>${this.units(parts)}</section>`;
  }
}

customElements.define("prepare-replies", Replies);
