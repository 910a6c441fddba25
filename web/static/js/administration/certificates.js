// Certificates: whose, until when, and what to do before one ends; those of people and seals are revoked here.
import { get, post } from "../api.js";
import { fill } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").IssuedRow} IssuedRow */

const SOON_MS = 30 * 86_400_000;
const REASONS = ["key-compromise", "affiliation-changed", "superseded", "cessation", "privilege-withdrawn"];

class Certificates extends Part {
  static properties = { rows: { state: true }, issued: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").CertificateRow[]} */
    this.rows = [];
    /** @type {IssuedRow[] | null} */
    this.issued = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    this.rows = (await this.attempt(() => get("/api/certificates"))) ?? [];
    await this.look();
  }

  async look() {
    this.issued = (await this.attempt(() => get("/api/certificates/issued"))) ?? this.issued ?? [];
  }

  /** @param {IssuedRow} row */
  async revoke(row) {
    const why = html`<label class="field"><span>${t("certificates.reason")}</span><select name="reason">${REASONS.map((one) => html`<option value=${one}>${t(`revocation.${one}`)}</option>`)}</select></label>`;
    const what = { title: t("certificates.revoke-title", { name: row.name }), text: t("certificates.revoke-text"), act: t("certificates.revoke"), tone: /** @type {"seal"} */ ("seal") };
    await fill(what, why, (given) => post(`/api/certificates/${row.serial}/revocation`, { reason: String(given.get("reason")) }));
    await this.look();
  }

  /** What is to be known of one, in a word. @param {IssuedRow} row */
  state(row) {
    if (row.revoked) return html`<span class="badge seal">${icon("shield-x")}${t("certificates.revoked")}</span><br><span class="small">${t(`revocation.${row.reason}`)}</span><br><span class="small soft">${moment(row.revoked)}</span>`;
    const left = row.ends - Date.now();
    return html`<span class="badge ${left < SOON_MS ? "warn" : "good"}">${t(left < 0 ? "certificates.ended" : "certificates.good")}</span>`;
  }

  people() {
    const rows = this.issued ?? [];
    return html`<section class="card stack"><h2>${t("certificates.issued")}</h2><p class="soft">${t("certificates.issued-help")}</p>
      ${this.issued && !rows.length ? html`<p class="soft">${t("certificates.none")}</p>` : nothing}
      ${rows.length ? html`<div class="scroll"><table class="table"><thead><tr><th>${t("certificates.name")}</th><th>${t("certificates.use")}</th><th>${t("certificates.ends")}</th><th></th><th></th></tr></thead>
        <tbody>${rows.map((row) => html`<tr><td><span class="strong">${marked(row.name)}</span><br><span class="small soft">${marked(row.organization)}</span></td><td>${t(`certificate.${row.use}`)}</td><td class="figures whole">${date(row.ends)}</td><td>${this.state(row)}</td>
          <td>${row.revoked ? nothing : html`<button class="button seal whole" aria-label=${`${t("certificates.revoke")}: ${row.name}`} @click=${() => this.revoke(row)}>${t("certificates.revoke")}</button>`}</td></tr>`)}</tbody></table></div>` : nothing}
      <p class="row"><a class="button plain" href="/signing.pem" download>${icon("download")}${t("certificates.chain")}</a><a class="button plain" href="/signing/1.crl" download>${icon("download")}${t("certificates.list")}</a></p></section>`;
  }

  render() {
    return html`<div class="stack"><section class="card stack"><div class="row"><h2>${t("administration.certificates")}</h2>
        <a class="button push" href="/ca.crt" download>${t("certificates.install")}</a></div>
      <p class="soft">${t("certificates.help")}</p>
      <div class="scroll"><table class="table"><thead><tr><th>${t("certificates.use")}</th><th>${t("certificates.subject")}</th><th>${t("certificates.ends")}</th><th>${t("certificates.fingerprint")}</th></tr></thead>
      <tbody>${this.rows.map((row) => {
        const soon = row.ends - Date.now() < SOON_MS;
        return html`<tr><td>${t(`certificate.${row.use}`)}</td><td>${marked(row.subject)}</td>
          <td><span class="badge ${soon ? "warn" : "good"}">${date(row.ends)}</span></td><td class="hash">${row.fingerprint}</td></tr>`;
      })}</tbody></table></div></section>${this.people()}</div>`;
  }
}

customElements.define("admin-certificates", Certificates);
