// The agenda as it is made: items in their order, moved by dragging or by keyboard, each with its papers.
import { repeat } from "lit/directives/repeat.js";
import { ask } from "../elements/confirm.js";
import "../elements/pack.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart, hasPapers } from "../sitting.js";
import "./papers.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").ItemPart} ItemPart */
/** @typedef {import("../wire.d.ts").Command} Command */

class Agenda extends RoomPart {
  static properties = { ...RoomPart.properties, editing: { state: true }, dragged: { state: true }, over: { state: true } };

  constructor() {
    super();
    this.editing = "";
    this.dragged = ""; // the item that is being dragged
    this.over = ""; // and the one whose place it would take
  }

  /** May it be changed by me, now? */
  get changes() {
    const sitting = this.parts?.sitting;
    const open = sitting && (sitting.phase === "released" || sitting.phase === "open" || (sitting.phase === "planned" && sitting.agenda_step === "draft"));
    return Boolean(open) && this.room.seat?.role === "secretary";
  }

  /** @param {SubmitEvent} event @param {ItemPart | null} item */
  async save(event, item) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const given = new FormData(form);
    const values = {
      title: String(given.get("title")), minutes: Number(given.get("minutes")), rapporteur: String(given.get("rapporteur")),
      question: String(given.get("question")), closed: given.has("closed"),
    };
    const command = item ? { kind: "change-item", item: item.id, ...values } : { kind: "add-item", item: newId(), ...values };
    const sent = JSON.stringify([...given]);
    if (await this.room.ask(/** @type {Command} */ (command))) {
      this.editing = "";
      if (JSON.stringify([...new FormData(form)]) === sent) form.reset(); // unless the next one is being typed already
    }
  }

  /** @param {string} item @param {number} position */
  async move(item, position) {
    await this.room.ask({ kind: "move-item", item, position });
  }

  /** @param {PointerEvent} event @param {ItemPart} item */
  take(event, item) {
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    event.preventDefault();
    this.dragged = this.over = item.id;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.dragged) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-item]");
    if (under instanceof HTMLElement && this.contains(under)) this.over = under.dataset.item ?? this.over;
  }

  async drop() {
    const [dragged, over] = [this.dragged, this.over];
    this.dragged = this.over = "";
    const position = this.parts?.agenda.findIndex((item) => item.id === over) ?? -1;
    if (dragged && dragged !== over && position >= 0) await this.move(dragged, position);
  }

  /** @param {ItemPart} item */
  async leaveOut(item) {
    if (await ask({ title: t("prepare.remove-title", { title: item.title }), text: t("prepare.remove-text"), act: t("prepare.remove"), tone: "seal" }))
      await this.room.ask({ kind: "remove-item", item: item.id });
  }

  /** @param {ItemPart | null} item */
  form(item) {
    const people = this.parts?.people ?? {};
    return html`<form class="form" @submit=${(/** @type {SubmitEvent} */ event) => this.save(event, item)}>
      <label class="field"><span>${t("item.title")}</span><input name="title" required maxlength="500" .value=${item?.title ?? ""}></label>
      <div class="form across">
        <label class="field"><span>${t("item.minutes")}</span><input name="minutes" type="number" min="1" max="600" required value=${item?.minutes ?? 15}></label>
        <label class="field"><span>${t("item.rapporteur")}</span><select name="rapporteur"><option value="">${t("item.nobody")}</option>${Object.entries(people).map(
          ([id, card]) => html`<option value=${id} ?selected=${item?.rapporteur === id}>${marked(card.name)}: ${marked(card.office)}</option>`,
        )}</select></label></div>
      <label class="field"><span>${t("item.question")}</span><input name="question" maxlength="500" .value=${item?.question ?? ""}><span class="help">${t("item.question-help")}</span></label>
      <label class="check"><input type="checkbox" name="closed" ?checked=${item?.closed}>${t("item.closed")}</label>
      <div class="row"><button class="button act">${t(item ? "item.save" : "item.add")}</button>
        ${item ? html`<button type="button" class="button" @click=${() => (this.editing = "")}>${t("act.cancel")}</button>` : nothing}</div></form>`;
  }

  /** @param {ItemPart} item @param {number} count */
  acts(item, count) {
    return html`<div class="row"><button class="button grip" aria-label=${t("item.drag", { title: item.title })} tabindex="-1" @pointerdown=${(/** @type {PointerEvent} */ event) => this.take(event, item)} @pointermove=${this.drag} @pointerup=${this.drop} @pointercancel=${() => (this.dragged = this.over = "")}>${icon("grip-vertical")}</button>
      <button class="button" aria-label=${t("item.up", { title: item.title })} ?disabled=${item.number === 1} @click=${() => this.move(item.id, item.number - 2)}>${icon("arrow-up")}</button>
      <button class="button" aria-label=${t("item.down", { title: item.title })} ?disabled=${item.number === count} @click=${() => this.move(item.id, item.number)}>${icon("arrow-down")}</button>
      <button class="button" @click=${() => (this.editing = item.id)}>${icon("pencil")}${t("item.edit")}</button>
      <button class="button" @click=${() => this.leaveOut(item)}>${icon("trash-2")}${t("prepare.remove")}</button></div>`;
  }

  /** @param {ItemPart} item @param {number} count */
  item(item, count) {
    if (this.editing === item.id) return html`<li>${this.form(item)}</li>`;
    const lifted = this.dragged === item.id ? "lifted" : this.dragged && this.over === item.id ? "target" : "";
    return html`<li class="agenda-item ${lifted}" data-item=${item.id}><div class="main stack tight">
      <div class="row"><span class="number">${item.number}</span><span class="strong">${marked(item.title)}</span><span class="small soft">${t("item.length", { minutes: item.minutes })}</span>
        ${item.closed ? html`<span class="badge warn">${icon("lock")}${t("item.is-closed")}</span>` : nothing}${item.late ? html`<span class="badge">${t("item.is-late")}</span>` : nothing}</div>
      ${item.rapporteur ? html`<p class="small soft">${t("item.reports", { name: marked(this.parts?.people[item.rapporteur]?.name ?? "") })}</p>` : nothing}
      ${item.question ? html`<p class="small soft">${t("item.to-vote")} ${marked(item.question)}</p>` : nothing}
      <prepare-papers .room=${this.room} .parts=${this.parts} .item=${item} ?changes=${this.changes}></prepare-papers></div>${this.changes && item.step === "next" ? this.acts(item, count) : nothing}</li>`;
  }

  render() {
    const items = this.parts?.agenda ?? [];
    const minutes = items.reduce((sum, item) => sum + item.minutes, 0);
    return html`<section class="card stack"><div class="row"><h2>${t("prepare.agenda")}</h2><span class="soft figures">${t("item.length", { minutes })}</span><span class="push"></span>${this.parts && hasPapers(this.parts) ? html`<bacap-pack .sitting=${this.room.sitting}></bacap-pack>` : nothing}</div>
      <ol class="list">${repeat(items, (item) => item.id, (item) => this.item(item, items.length))}</ol>
      ${this.editing || !this.changes ? nothing : html`<h3>${t("item.new")}</h3>${this.form(null)}`}</section>`;
  }
}

customElements.define("prepare-agenda", Agenda);
