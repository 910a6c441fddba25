// The device and line test as people see it: one's own picture as others will see it, how loud one is, and what is to be
// mended, in sentences. The measuring is in trial.js, the judgement the server's.
import { post } from "../api.js";
import { melody } from "../melody.js";
import { Part, html, icon, nothing } from "../part.js";
import { Trial } from "../trial.js";
import { t } from "../words.js";
import "./tile.js";

/** @typedef {import("../wire.d.ts").Finding} Finding */

const ICONS = { good: "check", warn: "triangle-alert", bad: "x" };
const TONES = { good: "good", warn: "warn", bad: "seal" };
const QUIETEST = -60; // dBFS: the left end of the meter

/** What was found, one line each. @param {readonly Finding[]} findings */
export const findingsList = (findings) =>
  html`<ul class="list findings">${findings.map(
    (one) => html`<li data-subject=${one.subject}><span class="badge ${TONES[one.verdict]}">${icon(ICONS[one.verdict])}${t(`verdict.${one.verdict}`)}</span>
      <span class="main"><span class="strong">${t(`subject.${one.subject}`)}</span><br><span class="small">${t(`finding.${one.code}`, one.params ?? {})}</span></span></li>`,
  )}</ul>`;

class CheckElement extends Part {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = {
    line: { attribute: false }, profile: { attribute: false }, at: { attribute: false }, auto: { type: Boolean }, findings: { state: true }, fault: { state: true },
  };

  constructor() {
    super();
    /** @type {import("../protocol.js").Channel | null} */
    this.line = null;
    this.profile = "full";
    this.at = 0;
    this.auto = false;
    /** @type {Finding[] | null} */
    this.findings = null;
    this.fault = "";
    /** @type {Trial | null} */
    this.trial = null;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("auto") && this.auto) void this.begin();
    if (changed.has("findings") && this.findings) /** @type {HTMLElement | null} */ (this.querySelector("h2"))?.focus();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.trial?.stop();
  }

  async begin() {
    if (!this.line) return;
    this.trial?.stop();
    [this.findings, this.fault] = [null, ""];
    const trial = new Trial(this.line);
    this.trial = trial;
    trial.addEventListener("change", () => this.requestUpdate());
    this.requestUpdate();
    let [check, findings, fault] = [/** @type {import("../wire.d.ts").Check | null} */ (null), null, ""];
    try {
      check = await trial.run();
      if (check) findings = await post("/api/check", { check, line: this.profile, at: this.at });
    } catch (error) {
      fault = /** @type {Error} */ (error).message;
    }
    if (this.trial !== trial || !this.isConnected) return; // another one was begun
    [this.trial, this.findings, this.fault] = [null, findings, fault];
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent("checked", { detail: check, bubbles: true }));
  }

  /** @param {Trial} trial */
  running(trial) {
    const loud = Math.max(0, Math.min(1, 1 - trial.loud / QUIETEST));
    return html`<progress max="1" .value=${trial.step === "line" ? trial.done : 0} aria-label=${t("check.progress")}></progress>
      ${trial.sees
        ? html`<bacap-tile .stream=${trial.echo ?? trial.own} .name=${t(trial.echo ? "check.as-others-see" : "check.own-picture")}></bacap-tile>`
        : trial.step === "devices" ? nothing : html`<div class="note warn">${t("check.no-picture")}</div>`}
      <label class="field"><span>${t("check.loudness")}</span><meter min="0" max="1" .value=${loud}>${Math.round(loud * 100)} %</meter></label>`;
  }

  /** @param {Finding[]} findings */
  found(findings) {
    const worst = findings.find((one) => one.verdict === "bad") ?? findings.find((one) => one.verdict === "warn");
    return html`<h2 tabindex="-1">${t(`check.outcome-${worst?.verdict ?? "good"}`)}</h2>${findingsList(findings)}
      ${this.auto
        ? nothing
        : html`<div class="row"><button class="button" @click=${() => melody([523, 659, 784], 0.25)}>${icon("volume-2")}${t("check.play")}</button><span class="soft small">${t("check.play-help")}</span></div>
          <div class="row"><button class="button act" @click=${this.begin}>${icon("rotate-cw")}${t("check.again")}</button></div>`}`;
  }

  body() {
    if (this.trial) return this.running(this.trial);
    if (this.findings) return this.found(this.findings);
    const begin = html`<div class="row"><button class="button act decisive" @click=${this.begin}>${icon("play")}${t("check.begin")}</button></div>`;
    if (this.fault) return html`<div class="note seal">${this.fault}</div>${this.auto ? nothing : begin}`;
    return html`<p>${t("check.about")}</p>${begin}`;
  }

  render() {
    const step = this.trial ? t(`check.step-${this.trial.step}`) : this.fault ? t("check.failed") : this.findings ? t("check.step-done") : "";
    return html`<div class="stack"><p class="strong" role="status">${step}</p>${this.body()}</div>`;
  }
}

customElements.define("bacap-check", CheckElement);
