// Signing in: name and password, then the second factor. In a demonstration on this machine, one click is enough.
import { get, post } from "../api.js";
import { Part, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

class SignIn extends Part {
  static properties = { me: { attribute: false }, step: { state: true }, fault: { state: true }, people: { state: true } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    /** @type {"password" | "code" | "set-up"} */
    this.step = "password";
    this.fault = "";
    /** @type {import("../wire.d.ts").PersonRow[]} */
    this.people = [];
    /** @type {{login: string, password: string, secret?: string, qr?: string}} */
    this.given = { login: "", password: "" };
  }

  async connectedCallback() {
    super.connectedCallback();
    if (this.me?.demonstration) this.people = await get("/api/demonstration/people").catch(() => []);
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (this.step === "password") this.given = { login: String(form.get("login")), password: String(form.get("password")) };
    this.fault = "";
    try {
      await post("/api/session", { login: this.given.login, password: this.given.password, code: String(form.get("code") ?? "") });
      this.dispatchEvent(new Event("bacap-signed-in", { bubbles: true }));
    } catch (error) {
      const refused = /** @type {import("../api.js").Refused} */ (error);
      if (refused.code === "code-needed") this.step = "code";
      else if (refused.code === "code-set-up") {
        this.step = "set-up";
        this.given = { ...this.given, secret: String(refused.params.secret), qr: String(refused.params.qr) };
      } else this.fault = refused.message;
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.querySelector("[name=code]"))?.focus();
    }
  }

  /** @param {string} person */
  async enter(person) {
    await this.attempt(async () => {
      await post("/api/demonstration/session", { person });
      this.dispatchEvent(new Event("bacap-signed-in", { bubbles: true }));
    });
  }

  offered() {
    if (!this.people.length) return nothing;
    return html`<section class="card stack">
      <h2>${t("demo.enter")}</h2><p class="soft">${t("demo.enter-help")}</p>
      <div class="people-grid">${this.people.map(
        (person) => html`<button class="person-button" @click=${() => this.enter(person.id)}>
          <span class="strong">${marked(person.name)}</span><span class="small soft">${marked(person.office)}</span></button>`,
      )}</div></section>`;
  }

  fields() {
    if (this.step === "password")
      return html`<label class="field"><span>${t("field.login")}</span><input name="login" autocomplete="username" autocapitalize="none" required .value=${this.given.login}></label>
        <label class="field"><span>${t("field.password")}</span><input name="password" type="password" autocomplete="current-password" required></label>`;
    return html`${this.step === "set-up"
        ? html`<div class="note">${t("sign-in.set-up")}</div><img class="qr" alt=${t("sign-in.qr")} src=${this.given.qr ?? ""}>
            <p class="small">${t("sign-in.secret")} <span class="hash">${this.given.secret}</span></p>`
        : nothing}
      <label class="field code"><span>${t("field.code")}</span><input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" required>
        <span class="help">${t("sign-in.code-help")}</span></label>`;
  }

  render() {
    return html`<div class="place narrow stack">
      <h1>${t("place.place-sign-in")}</h1>
      ${this.me?.needs_first ? html`<div class="note">${t("sign-in.first")}</div>` : nothing}
      ${this.offered()}
      <form class="card form" @submit=${this.submit}>
        ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
        ${this.fields()}
        <button class="button act decisive">${icon("log-in")}${t("act.sign-in")}</button>
      </form>
      <p><a href="/verify">${t("sign-in.verify")}</a></p>
    </div>`;
  }
}

customElements.define("place-sign-in", SignIn);
