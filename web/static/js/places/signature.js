// What I sign with: certificate, where its key is, the picture that stands for it; the seals I keep; my machines with a token.
import "../elements/powers.js";
import { drop, get, post, send } from "../api.js";
import { ask, fill, show } from "../elements/confirm.js";
import { Part, html, icon, nothing } from "../part.js";
import { date, marked, moment, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Kit} Kit */
/** @typedef {import("../wire.d.ts").Agent} Agent */

const REASONS = ["superseded", "key-compromise", "affiliation-changed", "cessation"];
const PICTURES = "image/png,image/jpeg,image/webp";

/** A file as base64. @param {FormDataEntryValue | null} file */
async function base64(file) {
  const bytes = new Uint8Array(await /** @type {File} */ (file).arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const secret = (/** @type {string} */ name, /** @type {string} */ label) => html`<label class="field"><span>${label}</span><input type="password" name=${name} required autocomplete="off"></label>`;
const twice = () => html`<label class="field"><span>${t("sign.new-passphrase")}</span><input type="password" name="passphrase" required minlength="8" autocomplete="off"><span class="help">${t("sign.new-help")}</span></label>
  <label class="field"><span>${t("password.again")}</span><input type="password" name="again" required minlength="8" autocomplete="off"></label>`;

/** One's own password of the account, asked for again. */
const confirm = () => html`${secret("password", t("signature.password"))}`;

/** The passphrase, given twice the same. @param {FormData} form */
function agreed(form) {
  if (form.get("passphrase") !== form.get("again")) throw new Error(t("password.differ"));
  return String(form.get("passphrase"));
}

class Signature extends Part {
  static properties = { me: { attribute: false }, kits: { state: true }, agents: { state: true }, shown: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {Kit[] | null} */
    this.kits = null;
    /** @type {Agent[]} */
    this.agents = [];
    this.shown = 0; // a picture that changed is asked for anew
  }

  async connectedCallback() {
    super.connectedCallback();
    await this.look();
  }

  async look() {
    this.kits = (await this.attempt(() => get("/api/kits"))) ?? this.kits ?? [];
    this.agents = (await this.attempt(() => get("/api/agents"))) ?? this.agents;
  }

  /** @param {{title: string, text?: string, act: string, tone?: "act" | "seal"}} what @param {unknown} fields @param {(form: FormData) => Promise<unknown>} act */
  async fill(what, fields, act) {
    if (await fill(what, fields, act)) this.say(t("signature.saved"));
    await this.look();
  }

  /** @param {Kit} kit */
  issue(kit) {
    return this.fill({ title: t("signature.issue"), text: t("signature.issue-text"), act: t("signature.issue") }, html`${twice()}${confirm()}`, async (form) => post(`/api/kits/${kit.holder}/certificate`, { passphrase: agreed(form), password: String(form.get("password")) }));
  }

  /** @param {Kit} kit */
  bring(kit) {
    const fields = html`<label class="field"><span>${t("signature.bring-file")}</span><input type="file" name="file" required accept=".p12,.pfx"></label>${secret("opens", t("signature.bring-password"))}${twice()}${confirm()}`;
    return this.fill({ title: t("signature.bring"), text: t("signature.bring-text"), act: t("signature.bring") }, fields, async (form) =>
      post(`/api/kits/${kit.holder}/pkcs12`, { file: await base64(form.get("file")), opens: String(form.get("opens")), passphrase: agreed(form), password: String(form.get("password")) }),
    );
  }

  /** @param {Kit} kit */
  async request(kit) {
    let pem = "";
    await this.fill({ title: t("signature.request"), text: t("signature.request-text"), act: t("signature.request") }, html`${twice()}${confirm()}`, async (form) => {
      pem = (await post(`/api/kits/${kit.holder}/request`, { passphrase: agreed(form), password: String(form.get("password")) })).pem;
    });
    if (!pem) return;
    const address = URL.createObjectURL(new Blob([pem], { type: "application/pkcs10" }));
    show(t("signature.request-made"), html`<p>${t("signature.request-next")}</p><a class="button act" href=${address} download="bacap.csr">${icon("download")}${t("signature.request-save")}</a>`);
  }

  /** @param {Kit} kit */
  answer(kit) {
    const fields = html`<label class="field"><span>${t("signature.answer-file")}</span><input type="file" name="file" required accept=".pem,.crt,.cer,.der"></label>`;
    return this.fill({ title: t("signature.answer"), act: t("signature.answer") }, fields, async (form) => post(`/api/kits/${kit.holder}/answer`, { file: await base64(form.get("file")) }));
  }

  /** @param {Kit} kit */
  async onServer(kit) {
    if (!(await ask({ title: t("signature.server"), text: t("signature.server-text"), act: t("signature.server") }))) return;
    await this.attempt(() => post(`/api/kits/${kit.holder}/token`));
    await this.look();
  }

  /** @param {Kit} kit */
  giveUp(kit) {
    const why = html`<label class="field"><span>${t("certificates.reason")}</span><select name="reason">${REASONS.map((one) => html`<option value=${one}>${t(`revocation.${one}`)}</option>`)}</select></label>${confirm()}`;
    return this.fill({ title: t("signature.end"), text: t("signature.end-text"), act: t("signature.end"), tone: "seal" }, why, (form) => post(`/api/kits/${kit.holder}/end`, { reason: String(form.get("reason")), password: String(form.get("password")) }));
  }

  /** @param {Kit} kit */
  async picture(kit) {
    const seal = kit.holder !== "me";
    const fields = html`<label class="field"><span>${t("signature.picture-file")}</span><input type="file" name="file" required accept=${PICTURES}><span class="help">${t(seal ? "signature.picture-seal-help" : "signature.picture-help")}</span></label>
      ${seal ? html`<label class="field"><span>${t("signature.width")}</span><input type="number" name="mm" required min="20" max="60" value=${kit.millimetres}></label>` : nothing}`;
    await this.fill({ title: t("signature.picture"), act: t("signature.picture-send") }, fields, (form) => send(`/api/kits/${kit.holder}/picture${seal ? `?mm=${form.get("mm")}` : ""}`, /** @type {File} */ (form.get("file")), () => undefined));
    this.shown += 1;
  }

  /** @param {Kit} kit */
  async plain(kit) {
    await this.attempt(() => drop(`/api/kits/${kit.holder}/picture`));
    this.shown += 1;
    await this.look();
  }

  async pair() {
    /** @type {import("../wire.d.ts").Pairing | null} */
    let made = null;
    await fill({ title: t("agents.pair"), text: t("agents.about"), act: t("agents.pair") }, confirm(), async (form) => {
      made = await post("/api/agents/code", { password: String(form.get("password")) });
    });
    if (made) this.paired(made);
  }

  /** @param {import("../wire.d.ts").Pairing} made */
  paired(made) {
    show(
      t("agents.pair"),
      html`<p>${t("agents.pair-text", { when: moment(made.ends) })}</p><p class="pairing-code figures">${made.code}</p>
        <ol class="stack tight"><li><a href="/ca.crt" download>${t("agents.step-ca")}</a></li><li>${t("agents.step-pair")}<br><code class="hash">bacap agent pair ${location.origin} ${made.code} --module … --ca ca.crt</code></li><li>${t("agents.step-run")}<br><code class="hash">bacap agent run</code></li></ol>`,
    );
  }

  /** @param {Agent} agent */
  async end(agent) {
    if (!(await ask({ title: t("agents.end-title", { name: agent.name }), text: t("agents.end-text"), act: t("agents.end"), tone: "seal" }))) return;
    await this.attempt(() => drop(`/api/agents/${agent.id}`));
    await this.look();
  }

  /** @param {Kit} kit */
  certificate(kit) {
    const held = kit.certificate;
    if (held) {
      return html`<dl class="facts"><dt>${t("signature.issuer")}</dt><dd>${marked(held.issuer)}</dd><dt>${t("certificates.ends")}</dt><dd class="figures">${date(held.ends)}</dd><dt>${t("signature.where")}</dt><dd>${t(`signature.kept-${held.kept}`)}</dd></dl>
        <div class="row"><button class="button" @click=${() => this.giveUp(kit)}>${icon("shield-x")}${t("signature.end")}</button></div>`;
    }
    return html`<p>${t(kit.asked ? "signature.asked" : "signature.none")}</p><div class="stack tight">
      ${kit.asked ? html`<button class="button act wide" @click=${() => this.answer(kit)}>${icon("upload")}${t("signature.answer")}</button>` : nothing}
      <button class="button ${kit.asked ? "" : "act"} wide" @click=${() => this.issue(kit)}>${icon("plus")}${t("signature.issue")}</button>
      <details><summary>${t("signature.otherwise")}</summary><div class="stack tight">
        <button class="button wide" @click=${() => this.bring(kit)}>${icon("upload")}${t("signature.bring")}</button>
        <button class="button wide" @click=${() => this.request(kit)}>${icon("file-text")}${t("signature.request")}</button>
        ${kit.holder === "me" ? nothing : html`<button class="button wide" @click=${() => this.onServer(kit)}>${icon("key-round")}${t("signature.server")}</button>`}
      </div></details></div>`;
  }

  /** @param {Kit} kit */
  card(kit) {
    const seal = kit.holder !== "me";
    return html`<section class="card stack"><h2>${icon(seal ? "stamp" : "signature")} ${seal ? t("signature.of-unit", { name: marked(kit.name) }) : t("signature.mine")}</h2>
      <div class="kit"><div class="stack">${this.certificate(kit)}</div>
      <div class="stack tight"><img class="ink ${seal ? "seal" : ""}" src=${`/api/kits/${kit.holder}/picture.png?${this.shown}`} alt=${t(seal ? "signature.seal-shown" : "signature.shown")}>
        <p class="small soft">${kit.picture ? (seal ? t("signature.own-seal", { mm: kit.millimetres }) : t("signature.own-picture")) : t("signature.drawn")}</p>
        <div class="row"><button class="button" @click=${() => this.picture(kit)}>${icon("upload")}${t("signature.picture")}</button>${kit.picture ? html`<button class="button plain" @click=${() => this.plain(kit)}>${icon("undo-2")}${t("signature.plain")}</button>` : nothing}</div></div></div></section>`;
  }

  render() {
    if (!this.kits) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    return html`<div class="place stack"><h1>${t("place.place-signature")}</h1>${this.kits.map((kit) => this.card(kit))}
      <section class="card stack"><h2>${icon("key-round")} ${t("agents.heading")}</h2><p class="soft">${t("agents.about")}</p>
        ${this.agents.length ? html`<ul class="list">${this.agents.map((one) => html`<li><span class="main"><span class="strong">${marked(one.name)}</span><br><span class="small soft">${t("agents.seen", { when: moment(one.seen) })}</span></span><button class="button" aria-label=${`${t("agents.end")}: ${one.name}`} @click=${() => this.end(one)}>${icon("x")}${t("agents.end")}</button></li>`)}</ul>` : nothing}
        <div class="row"><button class="button act" @click=${this.pair}>${icon("plus")}${t("agents.pair")}</button></div></section>
      ${(this.me?.offices ?? []).filter((one) => ["chair", "office-head"].includes(one.role)).map((one) => html`<signature-powers .unit=${one.unit}></signature-powers>`)}</div>`;
  }
}

customElements.define("place-signature", Signature);
