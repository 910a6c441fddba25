// Signing: the document as it will be signed, its hash, one act. What is shown is what is signed.
import "../elements/sheet.js";
import { drop, get, post } from "../api.js";
import { ask } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import { SittingPlace } from "../sitting.js";
import { marked, moment, t } from "../words.js";

const FIELDS = ["secretary", "chair", "seal"];
const LOOK_MS = 1500; // how often a signature that waits is asked about
const HELD_MS = 10 * 60_000;

/** A passphrase kept in this page alone, for the next minutes of the same sitting at the desk. @type {{passphrase: string, until: number} | null} */
let held = null;
const heldNow = () => (held && held.until > Date.now() ? held.passphrase : "");

class Sign extends SittingPlace {
  static properties = { signer: { state: true }, page: { state: true }, pages: { state: true }, busy: { state: true }, done: { state: true }, fault: { state: true }, more: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Turn | null} */
    this.signer = null;
    this.page = 1;
    this.pages = 0;
    this.busy = false;
    this.done = false;
    this.fault = "";
    /** What else waits for my signature. @type {import("../wire.d.ts").Waiting[]} */
    this.more = [];
    /** @type {string | null} */
    this.asked = null;
    this.timer = 0;
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  async changed() {
    this.requestUpdate();
    const field = this.parts?.minutes.next_field ?? "";
    if (this.asked === field) return;
    this.asked = field;
    await this.look();
  }

  /** Whose turn is it, and does a signature wait? While one does, it is asked again. */
  async look() {
    const before = this.signer;
    this.signer = (await this.attempt(() => get(`/api/sittings/${this.sitting}/minutes/signer`))) ?? null;
    clearTimeout(this.timer);
    if (this.signer?.waits) this.timer = setTimeout(() => void this.look(), LOOK_MS);
    else if (before?.waits) {
      const mine = this.parts?.minutes.signatures.some(([field]) => field === before.field);
      if (mine || !this.signer?.field) await this.finished();
      else if (before.waits === "token" && !this.fault) this.fault = t("sign.token-no");
    }
  }

  async finished() {
    this.done = true;
    const desk = await get("/api/desk").catch(() => null);
    this.more = (desk?.waiting ?? []).filter((/** @type {import("../wire.d.ts").Waiting} */ one) => one.what === "sign" && one.sitting !== this.sitting);
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const made = this.parts?.minutes;
    const signer = this.signer;
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const passphrase = heldNow() || String(form.get("passphrase") ?? "");
    if (!signer || !made) return;
    if (!signer.certificate && passphrase !== String(form.get("again"))) {
      this.fault = t("password.differ");
      return;
    }
    this.busy = true;
    this.fault = "";
    try {
      if (!signer.certificate) {
        await post(`/api/sittings/${this.sitting}/minutes/certificate`, { field: signer.field, passphrase });
        this.signer = { ...signer, certificate: "made" };
      }
      const asked = { field: signer.field, based_on: made.pdf };
      if (signer.kept === "own") {
        await post(`/api/sittings/${this.sitting}/minutes/token`, asked);
        await this.look();
      } else {
        await post(`/api/sittings/${this.sitting}/minutes/signature`, { ...asked, passphrase });
        if (form.get("hold")) held = { passphrase, until: Date.now() + HELD_MS };
        await this.finished();
      }
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
      held = null;
      if (/** @type {import("../api.js").Refused} */ (error).code === "timestamp-away") await this.look();
    }
    this.busy = false;
  }

  /** By a program on this machine that takes the whole file. */
  async whole() {
    const [made, signer] = [this.parts?.minutes, this.signer];
    if (!signer?.field || !made) return;
    this.fault = "";
    this.busy = true;
    try {
      const { signWhole } = await import("../minutes/whole.js");
      void this.look();
      await signWhole(this.sitting, /** @type {"chair"} */ (signer.field), made.pdf);
      await this.finished();
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
      await this.attempt(() => drop(`/api/sittings/${this.sitting}/minutes/token`));
      await this.look();
    }
    this.busy = false;
  }

  async withdraw() {
    await this.attempt(() => drop(`/api/sittings/${this.sitting}/minutes/token`));
    this.signer = this.signer && { ...this.signer, waits: "" };
    await this.look();
  }

  /** Not to sign, and why: it is said what follows before it is done. */
  async refuse() {
    const made = this.parts?.minutes;
    const signer = this.signer;
    if (!signer?.field || !made) return;
    const what = { title: t("sign.refuse-title"), text: t("sign.refuse-text", { symbol: made.symbol }), act: t("sign.refuse"), tone: /** @type {"seal"} */ ("seal"), field: t("sign.refuse-reason"), most: 2000 };
    const done = await ask(what, (reason) => post(`/api/sittings/${this.sitting}/minutes/refusal`, { field: signer.field, based_on: made.pdf, reason }));
    if (done) location.assign(`/sittings/${this.sitting}/minutes`);
  }

  /** Who is to sign a field. @param {string} field */
  signerOf(field) {
    const instead = field === "chair" ? this.parts?.minutes.signer : "";
    if (instead) return this.parts?.people[instead]?.name ?? "";
    const seat = this.parts?.attendance.seats.find((one) => one.role === (field === "seal" ? "clerk" : field));
    return this.parts?.people[seat?.person ?? ""]?.name ?? "";
  }

  /** What comes after: the next minutes that wait for me, or back. */
  after() {
    const next = this.more[0];
    return html`<div class="note good" role="status">${icon("check")} ${t("sign.done")}</div>
      ${next ? html`<a class="button act decisive wide" href="/sittings/${next.sitting}/sign">${t("sign.next", { title: marked(next.title), count: this.more.length })}</a>` : nothing}
      <a class="button ${next ? "" : "act decisive"} wide" href="/sittings/${this.sitting}/minutes">${t("sign.on")}</a>`;
  }

  /** @param {import("../wire.d.ts").Turn} signer */
  waiting(signer) {
    if (signer.waits === "stamp") return html`<div class="note good" role="status">${icon("timer")} ${t("sign.stamping")}</div><a class="button wide" href="/sittings/${this.sitting}/minutes">${t("sign.on")}</a>`;
    const way = signer.waits === "program" ? "program" : "token";
    return html`<div class="note" role="status"><p class="strong">${icon("key-round")} ${t(`sign.${way}-asks`)}</p><p>${t(`sign.${way}-how`)}</p><p class="small soft">${t("sign.token-until", { when: moment(signer.ends ?? 0) })}</p></div>
      <button class="button wide" @click=${this.withdraw}>${icon("x")}${t("sign.token-withdraw")}</button>`;
  }

  /** What the key asks for: nothing, where it lies in a token. @param {import("../wire.d.ts").Turn} signer */
  key(signer) {
    if (signer.certificate && signer.kept !== "file") return html`<p class="small soft">${t(signer.kept === "own" ? "sign.token-help" : "sign.server-help")}</p>`;
    if (signer.certificate && heldNow()) return html`<p class="small soft">${t("sign.held")}</p>`;
    return html`<label class="field"><span>${t(signer.certificate ? "sign.passphrase" : "sign.new-passphrase")}</span><input type="password" name="passphrase" required minlength="8" autocomplete="off">
        ${signer.certificate ? nothing : html`<span class="help">${t(signer.field === "seal" ? "sign.new-seal-help" : "sign.new-help")}</span>`}</label>
      ${signer.certificate
        ? html`<label class="row small"><input type="checkbox" name="hold"> ${t("sign.hold")}</label>`
        : html`<label class="field"><span>${t("password.again")}</span><input type="password" name="again" required minlength="8" autocomplete="off"></label><p class="small"><a href="/signature">${t("sign.other-keys")}</a></p>`}`;
  }

  act() {
    const signer = this.signer;
    if (this.done) return this.after();
    if (!signer?.field) return html`<div class="note">${t("sign.not-mine")}</div>`;
    if (signer.waits) return this.waiting(signer);
    const own = signer.certificate && signer.kept === "own";
    return html`<form class="stack" @submit=${this.submit}>
      ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
      ${this.key(signer)}
      <p class="small soft">${t("sign.bound")}</p>
      <button class="button seal decisive wide" ?disabled=${this.busy}>${icon(signer.field === "seal" ? "stamp" : "signature")}${t(this.busy ? "sign.busy" : own ? "sign.act-token" : `sign.act-${signer.field}`)}</button>
      ${signer.whole ? html`<button type="button" class="button wide" ?disabled=${this.busy} @click=${this.whole}>${icon("key-round")}${t("sign.program")}</button>` : nothing}
      <button type="button" class="button wide" ?disabled=${this.busy} @click=${this.refuse}>${icon("undo-2")}${t("sign.refuse")}</button></form>`;
  }

  render() {
    const parts = this.parts;
    const made = parts?.minutes;
    if (!parts) return html`<main id="main">${this.waits()}</main>`;
    if (!made) return html`<main id="main" class="place"><p class="soft">${t("app.loading")}</p></main>`;
    const address = async () => (await get(`/api/sittings/${this.sitting}/minutes/file`)).url;
    return html`<div class="signing"><main id="main" class="view">
        ${made.pdf ? html`<bacap-sheet .paper=${made.pdf} .address=${address} .page=${this.page} @pages=${(/** @type {CustomEvent} */ event) => {
          if (!this.pages) this.page = event.detail;
          this.pages = event.detail;
        }}></bacap-sheet>` : html`<div class="empty">${icon("file-text")}<p>${t("sign.no-file")}</p></div>`}
        <div class="reader-bar"><button class="button" aria-label=${t("paper.before")} ?disabled=${this.page <= 1} @click=${() => (this.page -= 1)}>${icon("chevron-left")}</button>
          <span class="strong figures">${t("paper.page", { page: this.page, all: this.pages })}</span>
          <button class="button" aria-label=${t("paper.after")} ?disabled=${this.page >= this.pages} @click=${() => (this.page += 1)}>${icon("chevron-right")}</button></div></main>
      <aside><div><a class="button plain" href="/sittings/${this.sitting}/minutes">${icon("chevron-left")}${t("room.back")}</a><h3>${t("place.place-sign")}</h3><h1>${marked(parts.sitting.title)}</h1></div>
        <dl class="facts"><dt>${t("sign.symbol")}</dt><dd>${made.symbol}</dd><dt>${t("sign.hash")}</dt><dd class="hash">${made.pdf.match(/.{1,4}/g)?.join(" ")}</dd></dl>
        <ol class="steps">${FIELDS.map((field, index) => {
          const signed = made.signatures.find(([one]) => one === field);
          const now = made.next_field === field;
          return html`<li class=${signed ? "done" : now ? "now" : ""}><span class="n">${signed ? icon("check") : index + 1}</span><span><span class="strong">${signed ? marked(parts.people[signed[1]]?.name ?? "") : html`${t(`signature.${field}`)}: ${marked(this.signerOf(field))}`}</span><br><span class="small soft">${signed ? t("sign.at", { when: moment(signed[2]) }) : now ? t("sign.turn") : t("sign.later")}</span></span></li>`;
        })}</ol>
        <div class="push-down"></div>${this.act()}</aside></div>`;
  }
}

customElements.define("place-sign", Sign);
