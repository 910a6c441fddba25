// The desk: today's sittings with one large button each, and what waits for me. Nothing else.
import { get, post } from "../api.js";
import { bell, ringHere, silenceHere } from "../bell.js";
import { ask, fill } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").SittingRow} SittingRow */
/** @typedef {import("../wire.d.ts").CalledRow} CalledRow */

const WHERE = {
  edit: "minutes", approve: "minutes", number: "minutes", sign: "sign", circulate: "minutes", acknowledge: "minutes",
  "approve-agenda": "prepare", "agenda-returned": "prepare", release: "prepare", "answer-absence": "prepare", reply: "",
  "answer-comments": "minutes", "answer-paper-comments": "",
};
const NEWEST = 12; // notices shown
const COMING = ["released", "planned"]; // the next first; what is over, the last first
const AGAIN_MS = 60_000; // a desk that lies open all day still shows what came

/** Where one goes for what waits. @param {string} what */
function at(what) {
  const where = WHERE[/** @type {keyof typeof WHERE} */ (what)];
  return where && `/${where}`;
}

/** What people wrote, marked as such. @param {Record<string, string>} params */
const marks = (params) => Object.fromEntries(Object.entries(params).map(([name, value]) => [name, marked(value)]));

class Desk extends Part {
  static properties = { me: { attribute: false }, desk: { state: true }, bell: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {import("../wire.d.ts").Desk | null} */
    this.desk = null;
    /** @type {import("../bell.js").Bell} */
    this.bell = "none";
    this.again = () => void (document.hidden || get("/api/desk").then((desk) => (this.desk = desk), () => {})); // a line that is down is told elsewhere
    this.clock = 0;
  }

  async connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.again);
    this.clock = setInterval(this.again, AGAIN_MS);
    await this.look();
    this.bell = (await this.attempt(bell)) ?? "none";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.again);
    clearInterval(this.clock);
  }

  async look() {
    this.desk = (await this.attempt(() => get("/api/desk"))) ?? this.desk;
  }

  /** @param {SittingRow} row */
  acts(row) {
    const prepares = row.roles.includes("secretary");
    const main =
      row.phase === "cancelled"
        ? nothing
        : row.phase === "closed"
        ? html`<a class="button decisive" href="/sittings/${row.id}/minutes">${icon("file-text")}${t("desk.minutes")}</a>`
        : row.phase === "planned"
          ? nothing
          : html`<a class="button act decisive" href="/sittings/${row.id}">${icon("door-open")}${t(row.phase === "open" ? "desk.enter" : "desk.view")}</a>`;
    const prepare =
      (prepares || row.roles.includes("approver")) && row.phase !== "closed" && row.phase !== "cancelled"
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
    const [waiting, ballots, tasks] = [this.desk?.waiting ?? [], this.desk?.opinions ?? [], this.desk?.tasks ?? []];
    const called = (this.desk?.called ?? []).some((row) => row.step !== "named");
    if (!waiting.length && !ballots.length && !tasks.length) return html`<p class="soft">${t(called ? "desk.called-waits" : "desk.nothing-waits")}</p>`;
    return html`<ul class="list">${waiting.map(
      (one) => html`<li><span class="main"><span class="strong">${t(`waiting.${one.what}`)}</span><br><span class="small soft">${marked(one.title)}</span></span>
        <a class="button act" href="/sittings/${one.sitting}${at(one.what)}">${t(`waiting-act.${one.what}`)}</a></li>`,
    )}${ballots.map(
      (one) => html`<li><span class="main"><span class="strong">${t("waiting.opinion")}</span><br><span class="small soft">${marked(one.title)} · ${t("opinion.until", { when: moment(one.deadline) })}</span></span>
        ${one.reminded_at ? html`<span class="badge warn">${t("desk.reminded")}</span>` : nothing}<a class="button act" href="/opinions">${t("waiting-act.opinion")}</a></li>`,
    )}${tasks.map(
      (one) => html`<li><span class="main"><span class="strong">${t(one.overdue ? "waiting.task-overdue" : "waiting.task")}</span><br><span class="small soft">${marked(one.task.text)} · ${t("task.until", { when: date(Date.parse(one.task.deadline)) })}</span></span>
        <a class="button act" href="/tasks">${t("waiting-act.task")}</a></li>`,
    )}</ul>`;
  }

  /** Sittings to which a unit I answer for is convened: to forward, or to name who comes. */
  called() {
    const rows = (this.desk?.called ?? []).filter((row) => row.step !== "named" || COMING.includes(row.sitting.phase));
    if (!rows.length) return nothing;
    return html`<section class="card stack"><h2>${t("called.title")}</h2><ul class="list">${rows.map(
      (row) => html`<li><span class="main"><span class="strong">${marked(row.sitting.title)}</span><br><span class="small soft">${moment(row.sitting.begins)} · ${marked(row.sitting.place)}</span></span>
        ${row.step === "named" ? html`<span class="badge good">${t("called.done")}</span>` : nothing}
        <button class="button ${row.step === "named" ? "" : "act"}" @click=${() => (row.step === "forward" ? this.forward(row) : this.name(row))}>${icon(row.step === "forward" ? "send" : "user-plus")}${t(`called.${row.step}`)}</button></li>`,
    )}</ul></section>`;
  }

  /** @param {CalledRow} row */
  async forward(row) {
    if (!(await ask({ title: t("called.forward-title"), text: t("called.forward-text"), act: t("called.forward") }))) return;
    await this.attempt(() => post(`/api/sittings/${row.sitting.id}/units/${row.unit}/forward`));
    await this.look();
  }

  /** @param {CalledRow} row */
  async name(row) {
    /** @type {import("../wire.d.ts").Nameable | undefined} */
    const found = await this.attempt(() => get(`/api/sittings/${row.sitting.id}/units/${row.unit}/people`));
    if (!found) return;
    const fields = html`<p class="strong">${t("room.agenda")}</p><ol class="numbered">${found.items.map((title) => html`<li>${marked(title)}</li>`)}</ol>
      <fieldset class="people-grid"><legend>${t("called.who")}</legend>${found.people.map((one) => html`<label class="check"><input type="checkbox" name="person" value=${one.id} ?checked=${found.named.includes(one.id)}><span>${marked(one.name)}<br><span class="small soft">${marked(one.office)}</span></span></label>`)}</fieldset>`;
    await fill({ title: t("called.name-title"), text: row.sitting.title, act: t("called.name") }, fields, (form) =>
      post(`/api/sittings/${row.sitting.id}/units/${row.unit}/people`, { people: form.getAll("person").map(String) }),
    );
    await this.look();
  }

  notices() {
    const all = this.desk?.notices ?? [];
    if (!all.length && this.bell === "none") return nothing;
    const fresh = all.filter((one) => !one.read).length;
    return html`<section class="card stack"><div class="row"><h2>${t("desk.notices")}</h2>${fresh ? html`<span class="badge warn">${t("desk.unread", { count: fresh })}</span><button class="button push" @click=${this.readAll}>${icon("check-check")}${t("desk.read-all")}</button>` : nothing}</div>
      ${all.length ? html`<ul class="list">${all.slice(0, NEWEST).map(
        (one) => html`<li><a class="main ${one.read ? "" : "strong"}" href="/sittings/${one.sitting}${one.kind === "comments-opened" ? "/minutes" : ""}">${t(`notice.${one.kind}`, marks(one.params))}<br><span class="small soft">${marked(one.title)} · ${t("desk.told-at", { when: moment(one.at) })}</span></a></li>`,
      )}</ul>` : nothing}${this.onThisDevice()}</section>`;
  }

  /** @param {() => Promise<import("../bell.js").Bell | void>} act */
  async ring(act) {
    await this.attempt(act);
    this.bell = (await this.attempt(bell)) ?? "none";
  }

  onThisDevice() {
    if (this.bell === "none") return nothing;
    if (this.bell === "denied") return html`<p class="small soft">${t("bell.denied")}</p>`;
    const [name, sign, act] = this.bell === "on" ? ["bell.silence", "bell-off", silenceHere] : ["bell.ring", "bell-ring", ringHere];
    return html`<div class="stack tight"><p class="small soft">${t(`bell.is-${this.bell}`)}</p><div class="row"><button class="button" @click=${() => this.ring(/** @type {any} */ (act))}>${icon(String(sign))}${t(String(name))}</button></div></div>`;
  }

  async readAll() {
    await this.attempt(() => post("/api/notices/read", { until: this.desk?.notices[0]?.at ?? 0 }));
    await this.look();
  }

  render() {
    if (!this.desk) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const rank = { open: 0, suspended: 1, released: 1, planned: 2, closed: 3, cancelled: 4 };
    const rows = [...this.desk.sittings].sort(
      (a, b) => rank[/** @type {keyof typeof rank} */ (a.phase)] - rank[/** @type {keyof typeof rank} */ (b.phase)] || (COMING.includes(a.phase) ? a.begins - b.begins : b.begins - a.begins),
    );
    return html`<div class="place">
      <div class="head"><h1>${t("place.place-desk")}</h1>
        <a class="button ${this.me?.places.includes("plan") ? "" : "push"}" href="/check">${icon("mic")}${t("desk.check")}</a>
        ${this.me?.places.includes("plan") ? html`<a class="button push" href="/plan">${icon("calendar-plus")}${t("menu.plan")}</a>` : nothing}</div>
      <div class="two">
        <section class="stack" aria-label=${t("desk.sittings")}>
          ${rows.length ? rows.map((row) => this.card(row)) : html`<div class="card empty">${icon("calendar")}<p>${t("desk.no-sittings")}</p></div>`}
        </section>
        <div class="stack"><section class="card stack"><h2>${t("desk.waiting")}</h2>${this.waiting()}</section>
          ${this.called()}${this.notices()}</div>
      </div></div>`;
  }
}

customElements.define("place-desk", Desk);
