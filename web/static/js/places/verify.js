// The public check: drop a file or open a printed code, and get a large answer in words, then the reasons.
import { get, send } from "../api.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, has, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Checked} Checked */

const LOOK = { valid: ["good", "shield-check"], "not-valid": ["seal", "shield-x"], "cannot-tell": ["warn", "shield-question-mark"] };

class Verify extends Part {
  static properties = { code: { attribute: false }, checked: { state: true }, busy: { state: true }, fault: { state: true }, done: { state: true } };

  constructor() {
    super();
    this.code = "";
    /** @type {Checked | null} */
    this.checked = null;
    this.busy = false;
    this.done = 0;
    this.fault = "";
  }

  async connectedCallback() {
    super.connectedCallback();
    if (this.code) await this.look(() => get(`/api/verify/${encodeURIComponent(this.code)}`));
  }

  /** @param {() => Promise<Checked>} ask */
  async look(ask) {
    this.busy = true;
    this.fault = "";
    this.checked = null;
    try {
      this.checked = await ask();
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
    this.busy = false;
  }

  /** @param {FileList | null | undefined} files */
  take(files) {
    const file = files?.[0];
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
      <label class="card drop large" @dragover=${over} @drop=${dropped}><span class="button act decisive">${icon("file-search")}${t("verify.choose")}</span><span class="soft">${t("verify.drop")}</span>
        <input class="read-only-to-ears" type="file" accept="application/pdf" @change=${(/** @type {Event} */ event) => this.take(/** @type {HTMLInputElement} */ (event.target).files)}></label>
      <form class="row" @submit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const code = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code"));
        void this.look(() => get(`/api/verify/${encodeURIComponent(code)}`));
      }}><label class="field code"><span>${t("verify.code")}</span><input name="code" required maxlength="9" autocapitalize="characters" .value=${this.code}></label><button class="button act">${icon("search")}${t("verify.act")}</button></form>
      ${this.busy ? html`<label class="field"><span>${t("verify.busy")}</span>${this.done ? html`<progress max="1" .value=${this.done}></progress>` : html`<progress></progress>`}</label>` : nothing}
      ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
      ${this.checked ? this.answer(this.checked) : nothing}</div>`;
  }
}

customElements.define("place-verify", Verify);
