// The journal of administrative acts, newest first: who did what, when, under which hash.
import { get } from "../api.js";
import { Part, html, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

class Acts extends Part {
  static properties = { rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").ActRow[]} */
    this.rows = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    await this.more();
  }

  async more() {
    const last = this.rows.at(-1)?.seq;
    const found = (await this.attempt(() => get(`/api/acts${last ? `?before=${last}` : ""}`))) ?? [];
    this.rows = [...this.rows, ...found];
  }

  render() {
    return html`<section class="card stack"><h2>${t("administration.acts")}</h2><p class="soft">${t("acts.help")}</p>
      <div class="scroll"><table class="table"><thead><tr><th>${t("acts.seq")}</th><th>${t("acts.at")}</th><th>${t("acts.kind")}</th><th>${t("acts.actor")}</th><th>${t("acts.hash")}</th></tr></thead>
      <tbody>${this.rows.map(
        (row) => html`<tr><td class="figures">${row.seq}</td><td class="figures">${moment(row.at)}</td><td>${t(`administrative.${row.kind}`)}<br><span class="small soft">${marked([row.about, row.body.name ?? row.body.office].filter(Boolean).join(", "))}</span></td>
          <td>${row.actor === "bacap" ? t("acts.system") : marked(row.actor)}</td><td class="hash">${row.hash.slice(0, 12)}</td></tr>`,
      )}</tbody></table></div>
      ${(this.rows.at(-1)?.seq ?? 1) > 1 ? html`<button class="button" @click=${this.more}>${t("acts.more")}</button>` : nothing}</section>`;
  }
}

customElements.define("admin-acts", Acts);
