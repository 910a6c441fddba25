// Beside the minutes: the notice of conclusions with its term, and extracts of single items.
import { get, post } from "../api.js";
import { fill } from "../elements/confirm.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { taskFields, taskOf, within } from "../places/tasks.js";
import { date, marked, t } from "../words.js";

class Outcomes extends RoomPart {
  static properties = { ...RoomPart.properties, text: { state: true }, tasks: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").NoticeText | null} */
    this.text = null;
    /** @type {import("../wire.d.ts").TaskRow[]} */
    this.tasks = [];
  }

  get reads() {
    return ["chair", "secretary", "clerk"].includes(this.room.role);
  }

  async connectedCallback() {
    super.connectedCallback();
    void this.lookAtTasks();
    if (this.reads) this.text = await get(`/api/sittings/${this.room.sitting}/conclusions`).catch(() => null);
  }

  async issue() {
    const text = this.text;
    if (!text) return;
    const fields = html`<label class="field"><span>${t("notice-text.summary")}</span><input name="summary" required .value=${text.summary}></label>
      <label class="field"><span>${t("notice-text.lines")}</span><textarea name="lines" required rows="12" .value=${text.lines.join("\n")}></textarea></label>`;
    await fill({ title: t("notice-text.title"), text: t("notice-text.about"), act: t("notice-text.issue"), tone: "seal" }, fields, (form) =>
      post(`/api/sittings/${this.room.sitting}/conclusions`, { summary: String(form.get("summary")), lines: String(form.get("lines")).split("\n") }),
    );
  }

  /** @param {import("../wire.d.ts").ItemPart} item */
  async give(item) {
    const units = (await this.attempt(() => get("/api/tree"))) ?? [];
    const task = newId();
    const fields = taskFields(within(units, this.parts?.sitting.unit ?? ""), item.conclusion, "");
    const given = await fill({ title: t("task.give-title", { number: item.number }), act: t("task.give") }, fields, (form) => post(`/api/sittings/${this.room.sitting}/items/${item.id}/tasks`, taskOf(form, task)));
    if (given) await this.lookAtTasks();
  }

  async lookAtTasks() {
    this.tasks = (await get(`/api/sittings/${this.room.sitting}/tasks`).catch(() => null)) ?? [];
  }

  /** @param {import("../wire.d.ts").ItemPart[]} items */
  given(items) {
    const gives = ["chair", "secretary"].includes(this.room.role);
    const concluded = items.filter((item) => item.conclusion);
    if (!gives && !this.tasks.length) return nothing;
    return html`<section class="stack tight"><h3>${t("task.heading")}</h3>${this.tasks.length
        ? html`<ul class="list">${this.tasks.map((row) => html`<li><span class="main">${marked(row.task.text)}<br><span class="small soft">${t("task.about", { lead: marked(row.lead_name), unit: marked(row.unit_name), day: date(Date.parse(row.task.deadline)) })}</span></span><span class="badge ${row.overdue ? "seal" : row.task.step === "done" ? "good" : ""}">${t(row.overdue ? "task.overdue" : `task.${row.task.step}`)}</span></li>`)}</ul>`
        : nothing}
      ${gives ? concluded.map((item) => html`<button class="button wide" @click=${() => this.give(item)}>${icon("plus")}${t("task.give-for", { number: item.number })}</button>`) : nothing}</section>`;
  }

  show() {
    return this.openLink(() => get(`/api/sittings/${this.room.sitting}/conclusions/file`));
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const due = this.text?.due ? t("notice-text.due", { day: date(Date.parse(this.text.due)) }) : "";
    const late = Boolean(this.text?.due) && !parts.notice && Date.parse(`${this.text?.due}T23:59:59+07:00`) < Date.now();
    const numbered = ["numbered", "typeset", "signed", "circulated"].includes(parts.minutes.step);
    const items = parts.agenda.filter((item) => item.opened_at);
    return html`<section class="stack tight"><h3>${t("notice-text.heading")}</h3>
        ${parts.notice ? html`<button class="button wide" @click=${this.show}>${icon("file-text")}${t("notice-text.open", { symbol: parts.notice })}</button>` : html`<p class="small ${late ? "over" : "soft"}">${this.reads ? due : t("notice-text.none")}</p>`}
        ${["chair", "secretary"].includes(this.room.role) && this.text ? html`<button class="button wide" @click=${this.issue}>${icon("stamp")}${t(parts.notice ? "notice-text.again" : "notice-text.issue")}</button>` : nothing}</section>
      ${this.given(items)}
      ${this.reads && numbered
        ? html`<details><summary>${t("extract.heading")}</summary><ul class="list">${items.map(
            (item) => html`<li><span class="main">${item.number}. ${marked(item.title)}</span><a class="button" target="_blank" rel="noopener" href="/api/sittings/${this.room.sitting}/items/${item.id}/extract.pdf">${icon("file-text")}${t("extract.open")}</a></li>`,
          )}</ul></details>`
        : nothing}
      ${this.reads ? html`<a class="button wide" href="/api/sittings/${this.room.sitting}/export.zip" download>${icon("download")}${t("proof.export")}</a><p class="small soft">${t("proof.about")}</p>
        ${["signed", "circulated"].includes(parts.minutes.step) ? html`<a class="button wide" href="/api/sittings/${this.room.sitting}/evidence.zip" download>${icon("shield-check")}${t("proof.evidence")}</a><p class="small soft">${t("proof.evidence-about")}</p>` : nothing}` : nothing}`;
  }
}

customElements.define("minutes-outcomes", Outcomes);
