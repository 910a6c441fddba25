// The desk: today's sittings with one large button each, and what waits for me. Nothing else.
import { get } from "../api.js";
import { Part, html, icon, nothing } from "../part.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SittingRow} SittingRow */

const WHERE = { edit: "minutes", approve: "minutes", number: "minutes", sign: "sign", circulate: "minutes", acknowledge: "minutes" };

class Desk extends Part {
  static properties = { me: { attribute: false }, desk: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {import("../wire.d.ts").Desk | null} */
    this.desk = null;
  }

  async connectedCallback() {
    super.connectedCallback();
    this.desk = (await this.attempt(() => get("/api/desk"))) ?? null;
  }

  /** @param {SittingRow} row */
  acts(row) {
    const prepares = row.roles.includes("secretary");
    const main =
      row.phase === "closed"
        ? html`<a class="button decisive" href="/sittings/${row.id}/minutes">${icon("file-text")}${t("desk.minutes")}</a>`
        : row.phase === "planned"
          ? nothing
          : html`<a class="button act decisive" href="/sittings/${row.id}">${icon("door-open")}${t(row.phase === "open" ? "desk.enter" : "desk.view")}</a>`;
    const prepare =
      prepares && row.phase !== "closed"
        ? html`<a class="button decisive ${row.phase === "planned" ? "act" : ""}" href="/sittings/${row.id}/prepare">${icon("list-ordered")}${t("desk.prepare")}</a>`
        : nothing;
    const rehearse =
      row.phase === "released" && (prepares || row.roles.includes("chair"))
        ? html`<a class="button decisive" href="/sittings/${row.id}/rehearsal">${icon("bell-ring")}${t("prepare.rehearse")}</a>`
        : nothing;
    return html`<div class="row">${main}${prepare}${rehearse}</div>`;
  }

  /** @param {SittingRow} row */
  card(row) {
    const tone = row.phase === "open" ? "good" : row.phase === "planned" ? "warn" : "";
    return html`<article class="card sitting-card">
      <div class="row"><span class="when">${moment(row.begins)}</span><span class="badge ${tone}">${t(`phase.${row.phase}`)}</span></div>
      <h2>${marked(row.title)}</h2>
      <p class="soft">${marked(row.place)}</p>${this.acts(row)}</article>`;
  }

  waiting() {
    const waiting = this.desk?.waiting ?? [];
    if (!waiting.length) return html`<p class="soft">${t("desk.nothing-waits")}</p>`;
    return html`<ul class="list">${waiting.map(
      (one) => html`<li><span class="main"><span class="strong">${t(`waiting.${one.what}`)}</span><br><span class="small soft">${marked(one.title)}</span></span>
        <a class="button act" href="/sittings/${one.sitting}/${WHERE[/** @type {keyof typeof WHERE} */ (one.what)]}">${t(`waiting-act.${one.what}`)}</a></li>`,
    )}</ul>`;
  }

  render() {
    if (!this.desk) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const rank = { open: 0, released: 1, planned: 2, closed: 3 };
    const rows = [...this.desk.sittings].sort(
      (a, b) => rank[/** @type {keyof typeof rank} */ (a.phase)] - rank[/** @type {keyof typeof rank} */ (b.phase)] || b.begins - a.begins,
    );
    return html`<div class="place">
      <div class="head"><h1>${t("place.place-desk")}</h1>
        <a class="button ${this.me?.places.includes("plan") ? "" : "push"}" href="/check">${icon("mic")}${t("desk.check")}</a>
        ${this.me?.places.includes("plan") ? html`<a class="button push" href="/plan">${icon("calendar-plus")}${t("menu.plan")}</a>` : nothing}</div>
      <div class="two">
        <section class="stack" aria-label=${t("desk.sittings")}>
          ${rows.length ? rows.map((row) => this.card(row)) : html`<div class="card empty">${icon("calendar")}<p>${t("desk.no-sittings")}</p></div>`}
        </section>
        <section class="card stack"><h2>${t("desk.waiting")}</h2>${this.waiting()}</section>
      </div></div>`;
  }
}

customElements.define("place-desk", Desk);
