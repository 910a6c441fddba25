// Comments on the draft by those who were there; the secretary takes each up, or says why not.
import { ask } from "../elements/confirm.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { marked, moment, t } from "../words.js";

class Comments extends RoomPart {
  static properties = { ...RoomPart.properties, version: { attribute: false } };

  constructor() {
    super();
    this.version = 0;
    this.next = newId();
    this.sent = "";
  }

  /** @param {SubmitEvent} event */
  async send(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(new FormData(form).get("text"));
    if (text !== this.sent) [this.sent, this.next] = [text, newId()]; // the same again is the same comment
    if (!(await this.room.ask({ kind: "make-comment", comment: this.next, version: this.version, line: -1, text }))) return;
    if (this.sent === text) this.sent = "";
    if (String(new FormData(form).get("text")) === text) form.reset(); // unless the next one is being typed already
    this.say(t("comments.sent"));
  }

  /** @param {string} comment */
  async refuse(comment) {
    await ask({ title: t("comments.refuse-title"), act: t("comments.refuse"), field: t("field.reason") }, (text) => this.room.send({ kind: "answer-comment", comment, taken: false, text }));
  }

  /** @param {import("../wire.d.ts").Comment} one */
  row(one) {
    const secretary = this.room.role === "secretary";
    const state = one.taken === null || one.taken === undefined ? html`<span class="badge warn">${t("comments.waits")}</span>` : html`<span class="badge ${one.taken ? "good" : ""}">${t(one.taken ? "comments.taken" : "comments.left")}</span>`;
    const answers = secretary && (one.taken === null || one.taken === undefined)
      ? html`<button class="button" @click=${() => this.refuse(one.id)}>${t("comments.refuse")}</button><button class="button act" @click=${() => this.room.ask({ kind: "answer-comment", comment: one.id, taken: true })}>${icon("check")}${t("comments.take")}</button>`
      : nothing;
    return html`<li><span class="main"><span class="strong">${marked(this.parts?.people[one.person]?.name ?? "")}</span> <span class="small soft">${moment(one.at)}</span><br>${marked(one.text)}${one.answer ? html`<br><span class="small soft">${t("comments.answer", { answer: marked(one.answer) })}</span>` : nothing}</span>${state}${answers}</li>`;
  }

  render() {
    const [parts, made] = [this.parts, this.parts?.minutes];
    if (!parts || !made) return nothing;
    const secretary = this.room.role === "secretary";
    const opens = secretary && made.step === "draft" && !made.open_to_comments
      ? html`<button class="button wide" @click=${() => this.room.ask({ kind: "open-comments" })}>${icon("users")}${t("comments.open")}</button>`
      : nothing;
    if (!made.open_to_comments && !parts.comments.length) return opens;
    const was = parts.attendance.seats.some((seat) => seat.person === this.room.me?.id);
    const form = made.open_to_comments && !secretary && was
      ? html`<form class="form" @submit=${this.send}><label class="field"><span>${t("comments.mine")}</span><textarea name="text" required maxlength="20000"></textarea></label><button class="button act">${icon("send")}${t("comments.send")}</button></form>`
      : nothing;
    return html`<section class="stack tight"><h3>${t("comments.title")}</h3>${made.open_to_comments ? html`<p class="small soft">${t("comments.about")}</p>` : nothing}${form}
      <ul class="list">${parts.comments.map((one) => this.row(one))}</ul></section>`;
  }
}

customElements.define("minutes-comments", Comments);
