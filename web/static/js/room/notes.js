// The secretary writes while the sitting goes on: what is noted stands in the draft at the time it was written.
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Note} Note */

class Notes extends RoomPart {
  static properties = { ...RoomPart.properties, editing: { state: true } };

  constructor() {
    super();
    this.editing = "";
    this.next = newId();
  }

  /** @param {SubmitEvent} event @param {string} item */
  async add(event, item) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(new FormData(form).get("text"));
    if (!(await this.room.ask({ kind: "take-note", note: this.next, item, text }))) return;
    this.next = newId();
    if (String(new FormData(form).get("text")) === text) form.reset(); // unless the next one is being typed already
  }

  /** @param {SubmitEvent} event @param {Note} note */
  async change(event, note) {
    event.preventDefault();
    const text = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("text"));
    if (await this.room.ask({ kind: "change-note", note: note.id, text })) this.editing = "";
  }

  /** @param {Note} note */
  row(note) {
    if (this.editing === note.id)
      return html`<li><form class="form" @submit=${(/** @type {SubmitEvent} */ event) => this.change(event, note)}><textarea name="text" aria-label=${t("notes.text")} .value=${note.text}></textarea>
        <div class="row"><button class="button act">${t("item.save")}</button><button type="button" class="button" @click=${() => (this.editing = "")}>${t("act.cancel")}</button></div><p class="small soft">${t("notes.empty-removes")}</p></form></li>`;
    return html`<li><span class="main"><span class="small soft figures">${clock(note.at)}</span> ${marked(note.text)}</span><button class="button plain" aria-label=${t("item.edit")} @click=${() => (this.editing = note.id)}>${icon("pencil")}</button></li>`;
  }

  render() {
    const parts = this.parts;
    const item = parts?.agenda.find((one) => one.step === "now");
    if (!parts || !item) return html`<p class="soft">${t("notes.no-item")}</p>`;
    const notes = parts.notes.filter((note) => note.item === item.id);
    return html`<p class="soft">${t("notes.about")}</p>
      <form class="form" @submit=${(/** @type {SubmitEvent} */ event) => this.add(event, item.id)}><label class="field"><span>${t("notes.for", { number: item.number })}</span><textarea name="text" required maxlength="20000"></textarea></label>
        <button class="button act">${icon("plus")}${t("notes.add")}</button></form>
      ${notes.length ? html`<ul class="list">${notes.map((note) => this.row(note))}</ul>` : nothing}`;
  }
}

customElements.define("room-notes", Notes);
