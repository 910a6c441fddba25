// Coming sittings whose sites a technician looks after: each leads to its rehearsal.
import { get } from "../api.js";
import { Part, html, icon } from "../part.js";
import { marked, moment, t } from "../words.js";

class Rehearsals extends Part {
  static properties = { rows: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").SittingRow[] | null} */
    this.rows = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    this.rows = (await this.attempt(() => get("/api/rehearsals"))) ?? [];
  }

  render() {
    if (!this.rows) return html`<p class="soft">${t("app.loading")}</p>`;
    return html`<section class="card stack"><h2>${t("administration.rehearsals")}</h2><p class="soft">${t("rehearsals.about")}</p>
      ${this.rows.length
        ? html`<ul class="list">${this.rows.map(
            (row) => html`<li><span class="main"><span class="strong">${marked(row.title)}</span><br><span class="small soft">${moment(row.begins)} · ${marked(row.place)}</span></span>
              <span class="badge ${row.phase === "open" ? "good" : ""}">${t(`phase.${row.phase}`)}</span>
              <a class="button act" href="/sittings/${row.id}/rehearsal">${icon("bell-ring")}${t("rehearsals.go")}</a></li>`,
          )}</ul>`
        : html`<p class="soft">${t("rehearsals.none")}</p>`}</section>`;
  }
}

customElements.define("admin-rehearsals", Rehearsals);
