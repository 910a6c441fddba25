// Tablets that hold papers for reading without a network: whose, which papers, until when; a lost one is cut off.
import { drop, get } from "../api.js";
import { ask } from "../elements/confirm.js";
import { Part, html, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").TabletRow} TabletRow */

class Tablets extends Part {
  static properties = { rows: { state: true } };

  constructor() {
    super();
    /** @type {TabletRow[] | null} */
    this.rows = null;
  }

  connectedCallback() {
    super.connectedCallback();
    void this.look();
  }

  async look() {
    this.rows = (await this.attempt(() => get("/api/tablets"))) ?? this.rows ?? [];
  }

  /** @param {TabletRow} row */
  async cut(row) {
    const sure = await ask({ title: t("tablets.cut-title", { name: row.name }), text: t("tablets.cut-text"), act: t("tablets.cut"), tone: "seal" });
    if (sure) await this.attempt(() => drop(`/api/tablets/${row.id}`));
    await this.look();
  }

  render() {
    const rows = this.rows ?? [];
    return html`<section class="card stack"><h2>${t("administration.tablets")}</h2><p class="soft">${t("tablets.help")}</p>
      ${this.rows && !rows.length ? html`<p class="soft">${t("tablets.none")}</p>` : nothing}
      ${rows.length ? html`<div class="scroll"><table class="table"><thead><tr><th>${t("tablets.person")}</th><th>${t("tablets.device")}</th><th>${t("tablets.seen")}</th><th>${t("tablets.copies")}</th><th></th></tr></thead>
        <tbody>${rows.map((row) => html`<tr><td class="strong">${marked(row.name)}</td><td class="small">${marked(kindOf(row.device))}</td><td class="figures">${moment(row.seen)}</td>
          <td>${row.copies.map((copy) => html`<div>${marked(copy.title)} <span class="small soft">${t("offline.until", { when: moment(copy.until) })}</span></div>`)}</td>
          <td>${row.cut ? html`<span class="badge seal">${t("tablets.cut-at", { when: moment(row.cut) })}</span>` : html`<button class="button seal" @click=${() => this.cut(row)}>${t("tablets.cut")}</button>`}</td></tr>`)}</tbody></table></div>` : nothing}</section>`;
  }
}

/** What a person calls such a device. @param {string} agent */
function kindOf(agent) {
  const found = /iPad|iPhone|Android|Windows|Macintosh|CrOS|Linux/.exec(agent)?.[0] ?? "";
  const browser = /Edg|CocCoc|Chrome|Firefox|Safari/.exec(agent)?.[0] ?? "";
  return [found, browser === "Edg" ? "Edge" : browser].filter(Boolean).join(", ") || agent.slice(0, 40);
}

customElements.define("admin-tablets", Tablets);
