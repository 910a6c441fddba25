// Opinion ballots: what members decide in writing outside a sitting. What waits for me first; then what my unit put.
import { get, post, send } from "../api.js";
import { ask, fill } from "../elements/confirm.js";
import { answeredFor, declared, titleOf } from "../elements/secrecy.js";
import { fromLocal } from "../details.js";
import "../elements/vote-bars.js";
import { Part, html, icon, newId, nothing } from "../part.js";
import { ACCEPTED } from "../upload.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").OpinionRow} OpinionRow */

const CHOICES = /** @type {const} */ (["for", "against", "silent"]);
const GROUNDS = /** @type {const} */ (["urgent", "undisputed", "other"]);

class Opinions extends Part {
  static properties = { me: { attribute: false }, rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {OpinionRow[] | null} */
    this.rows = null;
    this.next = newId();
  }

  async connectedCallback() {
    super.connectedCallback();
    await this.look();
  }

  async look() {
    this.rows = (await this.attempt(() => get("/api/opinions"))) ?? [];
  }

  /** @param {() => Promise<unknown>} act */
  async do(act) {
    const done = await this.did(act);
    await this.look();
    return done;
  }

  get puts() {
    const roles = ["secretary", "office-head", "chair"];
    return (this.me?.offices ?? []).find((office) => roles.includes(office.role));
  }

  async put() {
    const unit = this.puts?.unit ?? "";
    const fields = html`<label class="field"><span>${t("opinion.title")}</span><input name="title" required maxlength="500"></label>
      <label class="field"><span>${t("opinion.text")}</span><textarea name="text" required rows="5"></textarea></label>
      <label class="field"><span>${t("opinion.ground")}</span><select name="ground">${GROUNDS.map((ground) => html`<option value=${ground}>${t(`opinion.ground-${ground}`)}</option>`)}</select></label>
      <label class="field"><span>${t("opinion.deadline")}</span><input type="datetime-local" name="deadline" required></label>`;
    const put = await fill({ title: t("opinion.put"), text: t("opinion.put-text"), act: t("opinion.put") }, fields, (form) => {
      const deadline = fromLocal(String(form.get("deadline")));
      return post("/api/opinions", { id: this.next, unit, title: String(form.get("title")), text: String(form.get("text")), ground: String(form.get("ground")), deadline });
    });
    if (put) this.next = newId();
    await this.look();
  }

  /** @param {OpinionRow} row @param {SubmitEvent} event */
  async answer(row, event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target), /** @type {HTMLElement} */ (event.submitter));
    const choice = String(form.get("choice"));
    const given = { choice, comment: String(form.get("comment") ?? "") };
    if (await ask({ title: t("opinion.answer-title"), text: t("opinion.answer-text", { choice: t(`choice.${choice}`) }), act: t("opinion.send"), tone: "seal" }))
      await this.do(() => post(`/api/opinions/${row.opinion.id}/answer`, given));
  }

  /** @param {string} opinion */
  async callOff(opinion) {
    await ask({ title: t("opinion.call-off-title"), act: t("opinion.call-off"), tone: "seal", field: t("field.reason") }, (reason) => post(`/api/opinions/${opinion}/calling-off`, { reason }));
    await this.look();
  }

  /** @param {string} opinion @param {FileList | null} files */
  async attach(opinion, files) {
    const chosen = [...(files ?? [])];
    if (!chosen.length || !(await declared(chosen))) return;
    for (const file of chosen) {
      const name = titleOf(file);
      const address = `/api/opinions/${opinion}/papers?secrecy=none&name=${encodeURIComponent(name)}`;
      await this.attempt(async () => {
        try {
          await send(address, file, () => undefined);
        } catch (error) {
          const told = /** @type {import("../api.js").Refused} */ (error);
          if (told.code !== "secret-stamp") throw told;
          if (await answeredFor(name, told)) await send(`${address}&cleared=1`, file, () => undefined);
        }
      });
    }
    await this.look();
  }

  /** @param {string} opinion @param {string} sha256 */
  show(opinion, sha256) {
    return this.openLink(() => get(`/api/opinions/${opinion}/papers/${sha256}`));
  }

  /** @param {OpinionRow} row */
  async report(row) {
    /** @type {import("../wire.d.ts").SittingRow[]} */
    const sittings = (await this.attempt(() => get("/api/desk")))?.sittings ?? [];
    const next = sittings.filter((one) => one.unit === row.opinion.unit && ["planned", "released", "open"].includes(one.phase));
    const fields = html`<label class="field"><span>${t("opinion.sitting")}</span><select name="sitting" required>${next.map((one) => html`<option value=${one.id}>${marked(one.title)}, ${moment(one.begins)}</option>`)}</select></label>`;
    await fill({ title: t("opinion.report"), act: t("opinion.report") }, fields, (form) => post(`/api/opinions/${row.opinion.id}/report`, { sitting: String(form.get("sitting")) }));
    await this.look();
  }

  /** @param {OpinionRow} row */
  form(row) {
    if (!row.votes || row.opinion.closed_at || row.overdue) return nothing;
    return html`<form class="stack tight" @submit=${(/** @type {SubmitEvent} */ event) => this.answer(row, event)}>
      <label class="field"><span>${t("opinion.comment")}</span><textarea name="comment" maxlength="20000" .value=${row.comment}></textarea></label>
      <div class="answers" role="group" aria-label=${t("opinion.answer-title")}>${CHOICES.map((choice) => html`<button class="button choice" name="choice" value=${choice} aria-pressed=${row.mine === choice}>${t(`choice.${choice}`)}</button>`)}</div>
      ${row.mine ? html`<p class="badge good" role="status">${t("opinion.mine", { choice: t(`choice.${row.mine}`) })}</p>` : nothing}</form>`;
  }

  /** Who has answered; what, once it is counted. @param {OpinionRow} row */
  answers(row) {
    const { opinion } = row;
    const done = Boolean(opinion.closed_at);
    if (!row.puts && !done) return nothing;
    return html`<details><summary>${t("opinion.answers", { count: Object.keys(opinion.answers ?? {}).length, all: (opinion.electorate ?? []).length })}</summary><ul class="list">${(opinion.electorate ?? []).map((person) => {
      const answer = opinion.answers?.[person];
      const word = !answer ? t(row.overdue || done ? "choice.unheard" : "reply.none") : answer.choice ? t(`choice.${answer.choice}`) : t("opinion.answered");
      return html`<li><span class="main">${marked(row.names[person] ?? "")}${answer?.comment ? html`<br><span class="small">${marked(answer.comment)}</span>` : nothing}</span><span class="badge ${answer ? "good" : row.overdue ? "seal" : "warn"}">${word}</span></li>`;
    })}</ul></details>`;
  }

  /** @param {OpinionRow} row */
  acts(row) {
    const { opinion } = row;
    if (opinion.called_off) return html`<p class="note warn">${t("opinion.called-off", { reason: marked(opinion.called_off) })}</p>`;
    if (opinion.closed_at)
      return html`<div class="row"><a class="button" target="_blank" rel="noopener" href="/api/opinions/${opinion.id}/sheet.pdf">${icon("printer")}${t("opinion.sheet")}</a>
        ${row.puts && !opinion.reported ? html`<button class="button act" @click=${() => this.report(row)}>${icon("calendar-plus")}${t("opinion.report")}</button>` : nothing}
        ${opinion.reported ? html`<span class="badge good">${t("opinion.reported")}</span>` : nothing}</div>`;
    if (!row.puts) return nothing;
    const all = (opinion.electorate ?? []).every((person) => opinion.answers?.[person]);
    return html`<div class="row"><button class="button" @click=${() => this.do(() => post(`/api/opinions/${opinion.id}/reminder`))}>${icon("bell-ring")}${t("reply.remind")}</button>
      <button class="button" @click=${() => this.callOff(opinion.id ?? "")}>${icon("ban")}${t("opinion.call-off")}</button>
      ${all ? html`<button class="button act" @click=${() => this.do(() => post(`/api/opinions/${opinion.id}/count`))}>${icon("vote")}${t("opinion.count")}</button>` : nothing}
      <label class="button">${icon("upload")}${t("paper.choose")}<input class="read-only-to-ears" type="file" accept=${ACCEPTED} multiple @change=${(/** @type {Event} */ event) => this.attach(opinion.id ?? "", /** @type {HTMLInputElement} */ (event.target).files)}></label></div>`;
  }

  /** @param {OpinionRow} row */
  card(row) {
    const { opinion } = row;
    const tone = opinion.closed_at ? "good" : row.overdue ? "seal" : "warn";
    return html`<section class="card stack"><div class="row"><h2>${marked(opinion.title ?? "")}</h2><span class="badge ${tone}">${t(opinion.closed_at ? "opinion.closed" : row.overdue ? "reply.overdue" : "opinion.open")}</span></div>
      <p class="soft small">${t("opinion.until", { when: moment(opinion.deadline ?? 0) })} · ${t(`opinion.ground-${opinion.ground}`)}</p>
      <p class="document-text">${marked(opinion.text ?? "")}</p>
      ${(opinion.papers ?? []).map((paper) => html`<button class="button plain" @click=${() => this.show(opinion.id ?? "", paper.sha256)}>${icon("file-text")}${marked(paper.name)}</button>`)}
      ${opinion.result ? html`<bacap-vote-bars .result=${opinion.result}></bacap-vote-bars>` : nothing}
      ${this.form(row)}${this.answers(row)}${this.acts(row)}</section>`;
  }

  render() {
    if (!this.rows) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    return html`<div class="place stack"><div class="head"><h1>${t("place.place-opinions")}</h1>${this.puts ? html`<button class="button act push" @click=${this.put}>${icon("plus")}${t("opinion.put")}</button>` : nothing}</div>
      ${this.rows.length ? this.rows.map((row) => this.card(row)) : html`<div class="card empty">${icon("vote")}<p>${t("opinion.none")}</p></div>`}</div>`;
  }
}

customElements.define("place-opinions", Opinions);
