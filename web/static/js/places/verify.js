// The public check: drop a file or open a printed code, and get a large answer in words, then the reasons.
import "../elements/scan.js";
import { get, send } from "../api.js";
import { keepApplication } from "../offline/application.js";
import { decode, prove, read, sheetIn } from "../paper-code.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, has, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Checked} Checked */
/** @typedef {import("../paper-code.js").Told} Told */

const KEYS = "paper-keys"; // in this browser: whose codes it can prove without a network
const SHEET = { void: ["seal", "triangle-alert"], genuine: ["good", "shield-check"], forged: ["seal", "shield-x"], unknown: ["warn", "shield-question-mark"] };

/** The keys of this server: as it has them now, else as they were when there last was a network. @returns {Promise<{keys: import("../wire.d.ts").PaperKey[], fresh: boolean}>} */
async function keysKnown() {
  try {
    const keys = await get("/api/paper-keys");
    localStorage.setItem(KEYS, JSON.stringify(keys));
    return { keys, fresh: true };
  } catch {
    try {
      return { keys: JSON.parse(localStorage.getItem(KEYS) ?? "[]"), fresh: false };
    } catch {
      return { keys: [], fresh: false };
    }
  }
}

const LOOK = { valid: ["good", "shield-check"], "not-valid": ["seal", "shield-x"], "cannot-tell": ["warn", "shield-question-mark"] };

class Verify extends Part {
  static properties = { code: { attribute: false }, sheet: { attribute: false }, told: { state: true }, proved: { state: true }, away: { state: true }, keeping: { state: true }, checked: { state: true }, busy: { state: true }, fault: { state: true }, done: { state: true } };

  constructor() {
    super();
    this.code = "";
    this.sheet = "";
    /** What a code on paper says. @type {Told | null} */
    this.told = null;
    /** `void`: genuine, and the document is none any more. @type {"genuine" | "forged" | "unknown" | "void"} */
    this.proved = "unknown";
    this.by = ""; // whose key it is
    this.away = false; // no network: only the code itself was judged
    /** How much of the application is kept here, 0 to 1. @type {number | null} */
    this.keeping = null;
    /** @type {Checked | null} */
    this.checked = null;
    this.busy = false;
    this.done = 0;
    this.fault = "";
  }

  async connectedCallback() {
    super.connectedCallback();
    if (this.sheet) return this.prove(this.sheet, location.host);
    void keysKnown().catch(() => undefined); // for the day there is no network
    if (this.code) await this.look(() => get(`/api/verify/${encodeURIComponent(this.code)}`));
  }

  /** A sheet's own code: first by itself, then with what the server knows. HOST: whose it says it is. @param {string} sheet @param {string} host */
  async prove(sheet, host) {
    scrollTo(0, 0); // the answer stands on top
    this.told = this.checked = null;
    this.fault = "";
    this.away = false;
    try {
      const data = decode(sheet.toUpperCase());
      const { keys, fresh } = await keysKnown();
      const outcome = await prove(data, keys.map((one) => one.key));
      this.by = keys[0]?.organization ?? "";
      // A server that was just asked knows all its keys: what says it is from there, and is by none of them, is forged.
      [this.told, this.proved] = [read(data), outcome === "unknown" && fresh && host === location.host ? "forged" : outcome];
    } catch {
      this.fault = t("sheet.none");
      return;
    }
    if (this.proved !== "genuine") return;
    const code = this.told.code;
    await this.look(() => get(`/api/verify/${encodeURIComponent(code)}`));
    const checked = /** @type {Checked | null} */ (this.checked); // `look` has filled it
    if (!this.away && checked?.digest !== this.told.digest) this.proved = "void"; // refused, sent back, or unknown to the server
  }

  /** @param {CustomEvent<string>} event */
  scanned(event) {
    const found = sheetIn(event.detail);
    if (found) void this.prove(found.sheet, found.host);
    else {
      this.told = this.checked = null;
      this.fault = t("sheet.none");
    }
  }

  async keep() {
    this.keeping = 0;
    const done = await this.did(() => keepApplication((part) => (this.keeping = part)));
    this.keeping = null;
    if (done) this.say(t("sheet.kept"));
  }

  /** @param {() => Promise<Checked>} ask */
  async look(ask) {
    this.busy = true;
    this.fault = "";
    this.checked = null;
    try {
      this.checked = await ask();
    } catch (error) {
      this.away = /** @type {import("../api.js").Refused} */ (error).code === "offline" && Boolean(this.told);
      if (!this.away) this.fault = /** @type {Error} */ (error).message;
    }
    this.busy = false;
  }

  /** What the sheet says, to be compared by eye. @param {Told} told */
  paper(told) {
    const [tone, picture] = SHEET[this.proved];
    const genuine = this.proved === "genuine";
    return html`<section class="card stack" aria-live="assertive"><div class="verdict-large ${tone}">${icon(picture)}<span>${t(`sheet.${this.proved}`)}</span></div>
      <p class="note ${tone}">${t(`sheet.${this.proved}-about`)}</p>
      ${!genuine ? nothing : html`<dl class="facts"><dt>${t("sign.symbol")}</dt><dd>${marked(told.symbol)}</dd><dt>${t("sheet.day")}</dt><dd class="figures">${date(Date.parse(told.day))}</dd><dt>${t("verify.agency")}</dt><dd>${marked(told.unit)}</dd><dt>${t("sheet.signers")}</dt><dd>${marked(told.signers.join("; "))}</dd><dt>${t("sheet.code")}</dt><dd>${told.code}</dd></dl>
      ${told.votes.length ? html`<h3>${t("sheet.votes")}</h3><ul>${told.votes.map(([item, yes, no, neither]) => html`<li class="figures">${t("sheet.vote", { item, yes, no, neither })}</li>`)}</ul>${told.left ? html`<p class="small soft">${t("sheet.left", { count: told.left })}</p>` : nothing}` : nothing}`}
      ${genuine ? html`<p class="small">${t("sheet.compare")} ${t("sheet.before", { by: this.by })}</p>` : nothing}
      ${this.away ? html`<p class="note warn">${t("sheet.away")}</p>` : nothing}
      ${this.checked && genuine ? html`<p class="note good">${t("sheet.same")}</p>${this.lines(this.checked)}` : nothing}</section>`;
  }

  /** What was decided, as it is kept here. @param {Checked} checked */
  lines(checked) {
    if (!checked.lines?.length) return nothing;
    return html`<h3>${t("sheet.lines")}</h3><ul class="stack tight">${checked.lines.map((line) => html`<li>${marked(line)}</li>`)}</ul>`;
  }

  /** @param {FileList | null | undefined} files */
  take(files) {
    const file = files?.[0];
    this.told = null;
    scrollTo(0, 0);
    if (file) void this.look(() => send("/api/verify", file, (done) => (this.done = done)));
  }

  /** @param {string} reason */
  reason(reason) {
    if (!reason) return "";
    return t(has(`verify.${reason}`) ? `verify.${reason}` : "verify.unreadable");
  }

  /** @param {Checked} checked */
  answer(checked) {
    const [tone, picture] = LOOK[/** @type {keyof typeof LOOK} */ (checked.state)];
    return html`<section class="card stack" aria-live="assertive"><div class="verdict-large ${tone}">${icon(picture)}<span>${t(`verify.state-${checked.state}`)}</span></div>
      ${checked.reason ? html`<p class="note ${tone}">${this.reason(checked.reason)}</p>` : nothing}
      ${checked.signatures.some((one) => one.trust === "demonstration") ? html`<p class="note warn">${t("verify.demonstration")}</p>` : nothing}
      ${checked.symbol ? html`<dl class="facts"><dt>${t("sign.symbol")}</dt><dd>${checked.symbol}</dd><dt>${t("verify.subject")}</dt><dd>${marked(checked.subject)}</dd><dt>${t("verify.agency")}</dt><dd>${marked(checked.agency)}</dd></dl>` : nothing}
      ${checked.signatures.length
        ? html`<h2>${t("verify.signatures")}</h2><ul class="list">${checked.signatures.map((one) => {
            const [shade, mark] = LOOK[/** @type {keyof typeof LOOK} */ (one.state)];
            return html`<li><span class="main"><span class="strong">${marked(one.signer)}</span><br><span class="small">${marked([one.title, one.organization].filter(Boolean).join(", "))}</span><br><span class="small soft">${one.at ? t("verify.at", { when: moment(one.at) }) : t("verify.no-time")}</span>
              ${one.reason ? html`<br><span class="small">${this.reason(one.reason)}</span>` : nothing}<br><span class="small">${icon(one.trust === "demonstration" || !one.trust ? "triangle-alert" : "shield-check")}${t(`verify.trust-${one.trust ?? "none"}`)}</span></span>
              <span class="badge ${shade}">${icon(mark)}${t(`verify.state-${one.state}`)}</span></li>`;
          })}</ul>`
        : nothing}
      ${checked.state === "valid" && checked.until ? html`<p class="small">${t("verify.until", { when: date(checked.until) })}</p>` : nothing}
      ${this.told ? nothing : this.lines(checked)}
      ${this.details(checked)}
      <p class="small">${t(`verify.journal-${checked.journal}`)}</p><p class="small soft hash">SHA-256: ${checked.sha256}</p></section>`;
  }

  /** For whoever wants to know more. @param {Checked} checked */
  details(checked) {
    if (!checked.revisions.length) return nothing;
    const who = (/** @type {string} */ field) => checked.signatures.find((one) => one.field === field)?.signer ?? field;
    return html`<details><summary>${t("verify.details")}</summary><div class="stack">
      ${checked.signatures.map((one) => html`<dl class="facts"><dt>${t("verify.signatures")}</dt><dd>${marked(one.signer)}</dd><dt>${t("verify.level")}</dt><dd>${t(`verify.level-${one.level}`)}</dd>
        ${one.path.length > 1 ? html`<dt>${t("verify.path")}</dt><dd>${marked(one.path.slice(1).join(" ← "))}</dd>` : nothing}</dl>`)}
      ${checked.stamps.length ? html`<h3>${t("verify.stamps")}</h3><ul>${checked.stamps.map((one) => html`<li>${t("verify.stamp-at", { who: one.authority, when: moment(one.at) })} ${one.reason ? this.reason(one.reason) : ""}</li>`)}</ul>` : nothing}
      <h3>${t("verify.revisions")}</h3><ol>${checked.revisions.map((one, place) => html`<li>${place + 1}. ${t(`verify.revision-${one.kind}`, { who: who(one.field) })}</li>`)}</ol></div></details>`;
  }

  render() {
    const over = (/** @type {DragEvent} */ event) => event.preventDefault();
    const dropped = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      this.take(event.dataTransfer?.files);
    };
    return html`<div class="place stack"><h1>${t("place.place-verify")}</h1><p class="soft">${t("verify.about")}</p>
      ${this.busy ? html`<label class="field"><span>${t("verify.busy")}</span>${this.done ? html`<progress max="1" .value=${this.done}></progress>` : html`<progress></progress>`}</label>` : nothing}
      ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
      ${this.told ? this.paper(this.told) : nothing}
      ${this.checked && !(this.told && this.proved === "void") ? this.answer(this.checked) : nothing}
      ${this.told || this.checked ? html`<h2>${t("verify.another")}</h2>` : nothing}
      <label class="card drop large" @dragover=${over} @drop=${dropped}><span class="button act decisive">${icon("file-search")}${t("verify.choose")}</span><span class="soft">${t("verify.drop")}</span>
        <input class="read-only-to-ears" type="file" accept="application/pdf" @change=${(/** @type {Event} */ event) => this.take(/** @type {HTMLInputElement} */ (event.target).files)}></label>
      <section class="card stack"><h2>${t("sheet.title")}</h2><p class="soft">${t("sheet.about")}</p><bacap-scan @scanned=${this.scanned}></bacap-scan>
        ${this.keeping === null ? html`<button type="button" class="button plain" @click=${this.keep}>${icon("download")}${t("sheet.keep")}</button>` : html`<label class="field"><span>${t("sheet.keeping")}</span><progress max="1" .value=${this.keeping}></progress></label>`}</section>
      <form class="row" @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        this.told = null;
        const code = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code"));
        void this.look(() => get(`/api/verify/${encodeURIComponent(code)}`));
      }}><label class="field code"><span>${t("verify.code")}</span><input name="code" required maxlength="9" autocapitalize="characters" .value=${this.code}></label><button class="button act">${icon("search")}${t("verify.act")}</button></form></div>`;
  }
}

customElements.define("place-verify", Verify);
