// The papers of a sitting taken along on this tablet: one button, how far it is, until when they may be read.
import { Refused } from "../api.js";
import { Untrusted } from "../offline/application.js";
import { copyOf, drop, keptPapers, readable, take } from "../offline/copies.js";
import { Part, html, icon, nothing } from "../part.js";
import { CommandRefused } from "../protocol.js";
import { moment, t } from "../words.js";
import { ask } from "./confirm.js";

class TakeAlong extends Part {
  static properties = { line: { attribute: false }, me: { attribute: false }, parts: { attribute: false }, until: { state: true }, done: { state: true }, fault: { state: true } };

  constructor() {
    super();
    /** @type {any} */
    this.line = null;
    /** @type {{id: string, name: string} | null} */
    this.me = null;
    /** @type {import("../wire.d.ts").Screen | null} */
    this.parts = null;
    /** Until when it may be read here; 0: it was not taken along. */
    this.until = 0;
    /** Of what is coming, from 0 to 1; -1: nothing is. */
    this.done = -1;
    this.fault = "";
    /** The papers as they were when it was last looked at. @type {string | null} */
    this.looked = null;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has("parts") || !this.parts || this.done >= 0) return;
    const now = readable(this.parts).map((paper) => paper.sha256).join();
    if (now === this.looked) return; // in a sitting that is on, much else changes
    this.looked = now;
    void this.look();
  }

  async look() {
    const [copy, here] = [await copyOf(this.parts?.sitting.id ?? ""), await keptPapers()];
    this.until = copy && this.parts && readable(this.parts).every((paper) => here.has(paper.sha256)) ? copy.until : 0;
  }

  async take() {
    if (!this.me || !this.parts || this.done >= 0) return;
    this.done = 0;
    this.fault = "";
    try {
      await take(this.line, this.me, this.parts, (done) => (this.done = done));
    } catch (error) {
      this.fault = said(error);
    }
    this.done = -1;
    await this.look();
  }

  async drop() {
    const sitting = this.parts?.sitting.id ?? "";
    if (await ask({ title: t("offline.drop-title"), text: t("offline.drop-text"), act: t("offline.drop") })) await drop(sitting);
    await this.look();
  }

  render() {
    const busy = this.done >= 0;
    return html`${this.until && !busy
        ? html`<p class="small" role="status">${icon("check")} ${t("offline.here", { when: moment(this.until) })}</p><button class="button plain small-button" @click=${this.drop}>${icon("x")}${t("offline.drop")}</button>`
        : html`<div class="row tight"><button class="button small-button" aria-busy=${busy} aria-disabled=${busy} @click=${this.take}>${icon("download")}${t("offline.take")}</button><span class="small soft" role="status">${t(busy ? "offline.busy" : "offline.take-help")}</span></div>`}
      ${busy ? html`<label class="field"><span aria-hidden="true">${t("offline.coming", { percent: Math.floor(this.done * 100) })}</span><progress aria-label=${t("offline.take")} max="1" .value=${this.done}></progress></label>` : nothing}
      ${this.fault ? html`<p class="note seal" role="alert">${this.fault}</p>` : nothing}`;
  }
}

/** Why it did not come, for a person. @param {unknown} error */
function said(error) {
  if (error instanceof Refused || error instanceof CommandRefused || error instanceof Untrusted) return error.message;
  return t(error instanceof DOMException && error.name === "QuotaExceededError" ? "offline.full" : "offline.failed");
}

customElements.define("bacap-take-along", TakeAlong);
