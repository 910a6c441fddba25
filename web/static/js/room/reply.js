// Before the sitting opens: will I come? Four answers, and the paper of the invitation.
import { get, post } from "../api.js";
import { fill } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import { ASKED, RoomPart } from "../sitting.js";
import { marked, moment, t } from "../words.js";


class Reply extends RoomPart {
  /** @param {"in-person" | "online"} answer */
  async come(answer) {
    await this.room.ask({ kind: "reply", answer });
  }

  async stayAway() {
    const fields = html`<label class="field"><span>${t("field.reason")}</span><textarea name="reason" required maxlength="500"></textarea></label>`;
    await fill({ title: t("reply.absent-title"), text: t("reply.absent-text"), act: t("reply.absent-act") }, fields, (form) =>
      this.room.send({ kind: "reply", answer: "absent", reason: String(form.get("reason")) }),
    );
  }

  async send() {
    /** @type {import("../wire.d.ts").PersonRow[] | undefined} */
    const people = await this.attempt(() => get(`/api/sittings/${this.room.sitting}/substitutes`));
    if (!people) return;
    if (!people.length) return this.say(t("reply.nobody-to-send"), "seal");
    const fields = html`<label class="field"><span>${t("reply.substitute-who")}</span><select name="person" required>${people.map((one) => html`<option value=${one.id}>${marked(one.name)}: ${marked(one.office)}</option>`)}</select></label>
      <label class="field"><span>${t("field.reason")}</span><textarea name="reason" maxlength="500"></textarea></label>`;
    const text = t(`reply.substitute-${this.parts?.sitting.substitutes}`);
    await fill({ title: t("reply.substitute-title"), text, act: t("reply.substitute-act") }, fields, (form) =>
      post(`/api/sittings/${this.room.sitting}/substitute`, { person: String(form.get("person")), reason: String(form.get("reason") ?? "") }),
    );
  }

  show() {
    return this.openLink(() => get(`/api/sittings/${this.room.sitting}/invitation`));
  }

  render() {
    const [parts, seat] = [this.parts, this.room.seat];
    if (!parts) return nothing;
    const { begins, reply_by: by, invitation, substitutes, short_reason: short } = parts.sitting;
    const paper = invitation ? html`<button class="button" @click=${this.show}>${icon("mail-check")}${t("prepare.invitation", { symbol: invitation })}</button>` : nothing;
    const head = html`<p>${t("room.before", { when: moment(begins) })}${short ? html`<br><span class="small">${t("release.was-short", { reason: marked(short) })}</span>` : nothing}</p>`;
    if (!seat || !ASKED.includes(seat.role)) return html`<div class="note row">${head}${paper}</div>`;
    const mine = (/** @type {string} */ answer) => seat.reply === answer;
    const sign = (/** @type {string} */ answer, /** @type {string} */ name) => (mine(answer) ? icon("check") : name ? icon(name) : nothing);
    const granted = seat.granted === null ? "reply.waits" : seat.granted ? "notice.absence-granted" : "notice.absence-refused";
    const word = mine("absent") ? t(granted) : "";
    return html`<div class="note stack tight">${head}
      <p class="strong">${t(seat.reply ? "reply.mine" : "reply.ask")} ${by ? html`<span class="small soft">${t("reply.by", { when: moment(by) })}</span>` : nothing}</p>
      <div class="row" role="group" aria-label=${t("reply.ask")}>
        <button class="button decisive ${seat.reply ? "" : "act"}" aria-pressed=${mine("in-person")} @click=${() => this.come("in-person")}>${sign("in-person", "user-check")}${t("reply.in-person-act")}</button>
        <button class="button decisive" aria-pressed=${mine("online")} @click=${() => this.come("online")}>${sign("online", "video")}${t("reply.online-act")}</button>
        <button class="button decisive" aria-pressed=${mine("absent")} @click=${this.stayAway}>${sign("absent", "")}${t("reply.absent-act")}</button>
        ${substitutes === "none" ? nothing : html`<button class="button decisive" aria-pressed=${mine("substitute")} @click=${this.send}>${sign("substitute", "")}${t("reply.substitute-act")}</button>`}${paper}</div>
      ${seat.substitute ? html`<p class="small">${t("reply.instead", { name: marked(parts.people[seat.substitute]?.name ?? "") })}</p>` : nothing}
      ${word ? html`<p class="small strong" role="status">${word}</p>` : nothing}</div>`;
  }
}

customElements.define("room-reply", Reply);
