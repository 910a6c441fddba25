// Certificates: whose, until when, and what to do before one ends.
import { get } from "../api.js";
import { Part, html } from "../part.js";
import { date, marked, t } from "../words.js";

const SOON_MS = 30 * 86_400_000;

class Certificates extends Part {
  static properties = { rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").CertificateRow[]} */
    this.rows = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    this.rows = (await this.attempt(() => get("/api/certificates"))) ?? [];
  }

  render() {
    return html`<section class="card stack"><div class="row"><h2>${t("administration.certificates")}</h2>
        <a class="button push" href="/ca.crt" download>${t("certificates.install")}</a></div>
      <p class="soft">${t("certificates.help")}</p>
      <div class="scroll"><table class="table"><thead><tr><th>${t("certificates.use")}</th><th>${t("certificates.subject")}</th><th>${t("certificates.ends")}</th><th>${t("certificates.fingerprint")}</th></tr></thead>
      <tbody>${this.rows.map((row) => {
        const soon = row.ends - Date.now() < SOON_MS;
        return html`<tr><td>${t(`certificate.${row.use}`)}</td><td>${marked(row.subject)}</td>
          <td><span class="badge ${soon ? "warn" : "good"}">${date(row.ends)}</span></td><td class="hash">${row.fingerprint}</td></tr>`;
      })}</tbody></table></div></section>`;
  }
}

customElements.define("admin-certificates", Certificates);
