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
      <span class="main"><span class="strong">${t(`subject.${one.subject}`)}</span><br><span class="small">${t(`ready.${one.code}`, one.params ?? {})}</span></span></li>`,
  )}</ul>`;

class CheckElement extends Part {
  /** @type {import("lit").PropertyDeclarations} */
  static properties = {
    line: { attribute: false }, profile: { attribute: false }, at: { attribute: false }, auto: { type: Boolean }, findings: { state: true },
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
    /** @type {Trial | null} */
    this.trial = null;
  }

  firstUpdated() {
    if (this.auto) void this.begin();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.trial?.stop();
  }

  async begin() {
    if (!this.line) return;
    this.findings = null;
    const trial = new Trial(this.line);
    this.trial = trial;
    trial.addEventListener("change", () => this.requestUpdate());
    this.requestUpdate();
    const check = await trial.run();
    if (this.trial !== trial || !this.isConnected) return;
    this.findings = (await this.attempt(() => post("/api/check", { check, line: this.profile, at: this.at }))) ?? [];
    this.trial = null;
    this.dispatchEvent(new CustomEvent("checked", { detail: check, bubbles: true }));
  }

  /** @param {Trial} trial */
  running(trial) {
    const loud = Math.max(0, Math.min(1, 1 - trial.loud / QUIETEST));
    return html`<p class="strong" role="status">${t(`check.step-${trial.step}`)}</p>
      <progress max="1" .value=${trial.step === "line" ? trial.done : 0} aria-label=${t("check.progress")}></progress>
      <bacap-tile .stream=${trial.echo ?? trial.own} .name=${t(trial.echo ? "check.as-others-see" : "check.own-picture")}></bacap-tile>
      <label class="field"><span>${t("check.loudness")}</span><meter min="0" max="1" .value=${loud}></meter></label>`;
  }

  render() {
    if (this.trial) return html`<div class="stack">${this.running(this.trial)}</div>`;
    if (!this.findings)
      return html`<div class="stack"><p>${t("check.about")}</p><div class="row"><button class="button act decisive" @click=${this.begin}>${icon("play")}${t("check.begin")}</button></div></div>`;
    const worst = this.findings.find((one) => one.verdict === "bad") ?? this.findings.find((one) => one.verdict === "warn");
    return html`<div class="stack"><h2 role="status">${t(`check.outcome-${worst?.verdict ?? "good"}`)}</h2>${findingsList(this.findings)}
      ${this.auto
        ? nothing
        : html`<div class="row"><button class="button" @click=${() => melody([523, 659, 784], 0.25)}>${icon("volume-2")}${t("check.play")}</button><span class="soft small">${t("check.play-help")}</span></div>
          <div class="row"><button class="button act" @click=${this.begin}>${icon("rotate-cw")}${t("check.again")}</button></div>`}</div>`;
  }
}

customElements.define("bacap-check", CheckElement);
