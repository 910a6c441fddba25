// The papers of an item, as its secretary keeps them: sent up, said to be no secret, replaced, recalled, handed out.
import { drop, post } from "../api.js";
import { showChanges } from "../elements/changes.js";
import { ask, fill } from "../elements/confirm.js";
import { showReceipts } from "../elements/receipts.js";
import { answeredFor, declaration, declared, titleOf } from "../elements/secrecy.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart, commentsBadge } from "../sitting.js";
import { ACCEPTED, upload } from "../upload.js";
import { marked, moment, size, t } from "../words.js";

/** @typedef {import("../wire.d.ts").ItemPart} ItemPart */
/** @typedef {import("../wire.d.ts").PaperPart} PaperPart */
/** @typedef {{name: string, done: number, state: "sending" | "waiting" | "examined"}} Sending */

const AT_DESK = ["chair", "secretary", "clerk", "approver"]; // they read every paper
const AGAIN_MS = 2000;
const FINAL = /^(archive|file|kind|office|paper|pdf|picture|secret|virus)/; // refusals that another try would meet again

class Papers extends RoomPart {
  static properties = { ...RoomPart.properties, item: { attribute: false }, changes: { type: Boolean }, sending: { state: true }, told: { state: true }, over: { state: true } };

  constructor() {
    super();
    /** @type {ItemPart | null} */
    this.item = null;
    this.changes = false;
    /** @type {Record<string, Sending>} */
    this.sending = {};
    /** @type {{text: string, seal: boolean}[]} */
    this.told = [];
    this.over = false;
  }

  /** What came of a file, which stays to be read. @param {string} text */
  tell(text, seal = false) {
    this.told = [...this.told, { text, seal }];
  }

  // ── sent up ──

  /** @param {FileList | null | undefined} files @param {string[] | null} [readers] */
  async add(files, readers = null) {
    const [chosen, address] = [[...(files ?? [])], `/api/sittings/${this.room.sitting}/items/${this.item?.id}/papers`];
    this.told = [];
    if (!chosen.length || !(await declared(chosen))) return;
    for (const file of chosen) {
      const [name, paper] = [titleOf(file), newId()];
      await this.bring(file, name, (given) => post(address, { ...given, name, readers, paper }));
    }
  }

  /** Send it up, then have it examined; what only a person can answer is asked. @param {File} file @param {string} name @param {(given: object) => Promise<any>} make */
  async bring(file, name, make) {
    const key = newId();
    const step = (/** @type {number} */ done, /** @type {Sending["state"]} */ state) => (this.sending = { ...this.sending, [key]: { name, done, state } });
    step(0, "sending");
    try {
      const id = await upload(file, (done, cut) => step(done, cut ? "waiting" : "sending"));
      step(1, "examined");
      const taken = await this.admit(name, id, make);
      if (taken) this.admitted(name, taken);
    } catch (error) {
      this.tell(t("intake.refused", { name, reason: error instanceof Error ? error.message : String(error) }), true);
    }
    const { [key]: _, ...rest } = this.sending;
    this.sending = rest;
  }

  /** @param {string} name @param {string} upload @param {(given: object) => Promise<any>} make @returns {Promise<any>} null when they think better of it */
  async admit(name, upload, make) {
    let [given, lost] = [{ upload, secrecy: "none" }, false];
    for (;;) {
      try {
        return await make(given);
      } catch (error) {
        const told = /** @type {import("../api.js").Refused} */ (error);
        if (told.code === "offline") {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS)); // it has come whole: nothing is sent again but the question
          lost = true;
          continue;
        }
        if (lost && told.code === "no-such-upload") return null; // it was taken, and the answer lost
        const more = told.code === "secret-stamp" ? await this.cleared(name, told) : told.code === "pdf-encrypted" || told.code === "pdf-password" ? await this.password(name, told) : null;
        if (more) given = { ...given, ...more };
        else {
          if (more === false || FINAL.test(told.code)) await drop(`/api/uploads/${upload}`).catch(() => undefined); // nothing of it stays
          if (more === null) throw told;
          return null;
        }
      }
    }
  }

  /** @param {string} name @param {import("../api.js").Refused} told */
  async cleared(name, told) {
    const yes = await answeredFor(name, told);
    if (!yes) this.tell(t("intake.stamp-dropped", { name }));
    return Boolean(yes) && { cleared: true };
  }

  /** @param {string} name @param {import("../api.js").Refused} told */
  async password(name, told) {
    const word = await ask({ title: t("intake.password-title", { name }), text: told.code === "pdf-password" ? told.message : t("intake.password-text"), act: t("intake.password-act"), field: t("field.password"), secret: true });
    return Boolean(word) && { password: word };
  }

  /** @param {string} name @param {{stripped: string[], made_from: string}} taken */
  admitted(name, taken) {
    if (taken.made_from !== "pdf") this.tell(t("intake.converted", { name }));
    if (taken.stripped.length) this.tell(t("prepare.stripped", { name, what: taken.stripped.map((one) => t(`stripped.${one}`)).join(", ") }));
  }

  /** First for whom, then which files: nobody else ever sees them. */
  async addApart() {
    const form = await fill({ title: t("paper.readers-title", { name: this.item?.title ?? "" }), text: t("paper.readers-text"), act: t("paper.apart-files") }, this.readers([]), async (given) => {
      if (!given.has("reader")) throw new Error(t("paper.readers-none"));
    });
    if (form) this.choose(true, (files) => this.add(files, form.getAll("reader").map(String)));
  }

  /** @param {boolean} multiple @param {(files: FileList | null) => void} then */
  choose(multiple, then) {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: ACCEPTED, multiple });
    input.addEventListener("change", () => then(input.files));
    input.click();
  }

  async handOut() {
    if (await ask({ title: t("intake.hand-out-title"), text: t("intake.hand-out-text"), act: t("intake.hand-out") })) await this.room.ask({ kind: "hand-out-paper", paper: newId(), item: this.item?.id });
  }

  // ── what there is ──

  /** The people who may be chosen to read a paper: the desk reads all, guests nothing of a closed item. @param {readonly string[]} chosen */
  readers(chosen) {
    const seats = this.parts?.attendance.seats.filter((seat) => !AT_DESK.includes(seat.role) && !(this.item?.closed && seat.role === "guest")) ?? [];
    return html`<div class="choices">${seats.map((seat) => {
      const card = this.parts?.people[seat.person];
      return html`<label class="check"><input type="checkbox" name="reader" value=${seat.person} ?checked=${chosen.includes(seat.person)}>${marked(card?.name ?? "")}, ${marked(card?.office ?? "")}</label>`;
    })}</div>`;
  }

  /** @param {PaperPart} paper */
  async address(paper) {
    const held = paper.readers.filter((one) => AT_DESK.includes(this.parts?.attendance.seats.find((seat) => seat.person === one)?.role ?? "")); // not listed: they read it anyway, now
    const whom = html`${[false, true].map(
      (apart) => html`<label class="check"><input type="radio" name="apart" value=${apart ? "yes" : "no"} ?checked=${paper.private === apart}>${t(apart ? "paper.for-some" : "paper.for-all")}</label>`,
    )}${this.readers(paper.readers)}`;
    const picks = (/** @type {Event} */ event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      const some = /** @type {HTMLInputElement | null} */ (box.form?.querySelector("[name=apart][value=yes]"));
      if (box.name === "reader" && box.checked && some) some.checked = true; // who picks a person means them alone
    };
    await fill({ title: t("paper.readers-title", { name: paper.name }), text: t("paper.readers-text"), act: t("paper.readers-act") }, html`<div class="stack" @change=${picks}>${whom}</div>`, (form) => {
      const readers = form.get("apart") === "yes" ? [...form.getAll("reader").map(String), ...held] : null;
      return this.room.send({ kind: "address-paper", paper: paper.id, readers });
    });
  }

  /** @param {PaperPart} paper */
  async watermark(paper) {
    const on = !paper.watermarked;
    if ((await this.room.ask({ kind: "watermark-paper", paper: paper.id, on })) && on) this.say(t("watermark.told"));
  }

  /** @param {PaperPart} paper */
  replace(paper) {
    this.told = [];
    this.choose(false, async (files) => {
      const file = files?.[0];
      if (!file) return;
      const out = paper.step !== "draft";
      const fields = out ? html`<label class="field"><span>${t("field.reason")}</span><textarea name="reason" required></textarea><span class="help">${t("paper.replace-help")}</span></label>` : null;
      const form = await fill({ title: t("paper.replace-title", { name: paper.name }), text: declaration([file]), act: t("paper.replace-act") }, fields);
      if (!form) return;
      const address = `/api/sittings/${this.room.sitting}/papers/${paper.id}/versions`;
      await this.bring(file, paper.name, (given) => post(address, { ...given, replaces: paper.sha256, reason: String(form.get("reason") ?? "") }));
    });
  }

  /** @param {PaperPart} paper */
  recall(paper) {
    return ask({ title: t("paper.recall-title", { name: paper.name }), text: t("paper.recall-text"), act: t("paper.recall"), tone: "seal", field: t("field.reason") }, (reason) =>
      this.room.send({ kind: "recall-paper", paper: paper.id, reason }),
    );
  }

  /** @param {PaperPart} paper */
  async takeOff(paper) {
    if (await ask({ title: t("paper.remove", { name: this.nameOf(paper) }), text: t("prepare.remove-text"), act: t("prepare.remove"), tone: "seal" }))
      await this.room.ask({ kind: "detach-paper", paper: paper.id });
  }

  /** @param {PaperPart} paper */
  nameOf = (paper) => (paper.on_paper ? t("paper.on-paper") : paper.name);

  /** What may be done with it now. @param {PaperPart} paper */
  acts(paper) {
    const phase = this.parts?.sitting.phase ?? "";
    const act = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {string} */ word, /** @type {() => void} */ run) =>
      html`<button class="button plain" aria-label=${t(name, { name: this.nameOf(paper) })} @click=${run}>${icon(sign)}${t(word)}</button>`;
    const recalls = this.room.conducts && paper.step === "released" && !paper.on_paper && ["released", "open", "suspended", "closed"].includes(phase);
    const compares = paper.version > 1 && paper.step !== "recalled";
    const read = phase !== "planned" && !paper.on_paper;
    return html`${read ? act("receipts.of", "check-check", "receipts.short", () => void this.attempt(() => showReceipts(this.room.sitting, this.parts, paper))) : nothing}
      ${compares ? act("changes.show-of", "git-compare", "changes.show", () => void this.attempt(() => showChanges(this.room.sitting, paper))) : nothing}
      ${this.changes && !paper.on_paper ? html`${act("paper.readers", "users", "paper.readers-short", () => void this.address(paper))}
        ${act(paper.watermarked ? "watermark.off-name" : "watermark.on-name", "stamp", paper.watermarked ? "watermark.off" : "watermark.on", () => void this.watermark(paper))}
        ${act("paper.replace", "file-up", "paper.replace-short", () => this.replace(paper))}` : nothing}
      ${recalls ? act("paper.recall-name", "undo-2", "paper.recall-short", () => void this.recall(paper)) : nothing}
      ${this.changes && (phase === "planned" || paper.on_paper) ? act("paper.remove", "x", "paper.remove-short", () => void this.takeOff(paper)) : nothing}`;
  }

  /** @param {PaperPart} paper */
  row(paper) {
    const recalled = paper.step === "recalled";
    const link = `/sittings/${this.room.sitting}/papers/${paper.id}`;
    return html`<li class="paper-row small"><div class="row">${icon(paper.on_paper ? "stamp" : "file-text")}
        ${paper.on_paper || recalled ? html`<span class=${recalled ? "struck" : ""}>${marked(this.nameOf(paper))}</span>` : html`<a href=${link}>${marked(paper.name)}</a><span class="soft">${t("paper.about", { pages: paper.pages, size: size(paper.size) })}</span>`}
        ${paper.version > 1 && !recalled ? html`<span class="badge">${t("paper.version", { version: paper.version })}</span>` : nothing}
        ${recalled ? html`<span class="badge seal">${t("paper.recalled")}</span>` : nothing}
        ${paper.cleared ? html`<span class="badge warn">${icon("triangle-alert")}${t("paper.cleared", { grade: t(`grade.${paper.cleared}`) })}</span>` : nothing}
        ${paper.watermarked ? html`<span class="badge">${icon("stamp")}${t("watermark.badge")}</span>` : nothing}
        ${commentsBadge(this.parts, paper.id)}
        ${paper.private ? html`<span class="badge warn">${icon("lock")}${t("paper.private", { people: paper.readers.length })}</span>` : nothing}</div>
      ${paper.reason ? html`<p class="soft">${t(recalled ? "paper.recalled-why" : "paper.replaced-why", { reason: marked(paper.reason), when: moment(paper.since) })}</p>` : nothing}
      <div class="row tight">${this.acts(paper)}</div></li>`;
  }

  /** @param {DragEvent} event */
  dropped(event) {
    event.preventDefault();
    this.over = false;
    void this.add(event.dataTransfer?.files);
  }

  render() {
    if (!this.item) return nothing;
    const over = (/** @type {DragEvent} */ event) => (event.preventDefault(), (this.over = true));
    const choose = (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      void this.add(input.files).finally(() => (input.value = ""));
    };
    return html`<ul>${this.item.papers.map((paper) => this.row(paper))}</ul>
      ${this.told.map((one) => html`<div class="note ${one.seal ? "seal" : ""}" role=${one.seal ? "alert" : "status"}>${one.text}</div>`)}
      ${Object.values(this.sending).map((one) => html`<label class="field"><span>${t(`intake.${one.state}`, { name: one.name })}</span>${one.state === "examined" ? html`<progress></progress>` : html`<progress max="1" .value=${one.done}></progress>`}</label>`)}
      ${this.changes ? html`<label class="drop ${this.over ? "over" : ""}" @dragover=${over} @dragleave=${() => (this.over = false)} @drop=${this.dropped}><span class="button">${icon("upload")}${t("paper.choose")}</span><span class="soft">${t("paper.add")}</span><input class="read-only-to-ears" type="file" accept=${ACCEPTED} multiple @change=${choose}></label>
        <div class="row"><button class="button" @click=${this.addApart}>${icon("lock")}${t("paper.apart")}</button><button class="button" @click=${this.handOut}>${icon("stamp")}${t("intake.hand-out-short")}</button></div>` : nothing}`;
  }
}

customElements.define("prepare-papers", Papers);
