// A new password, by a one-time link.
import { post } from "../api.js";
import { Part, go, html, nothing } from "../part.js";
import { t } from "../words.js";

class Password extends Part {
  static properties = { token: { attribute: false }, fault: { state: true } };

  constructor() {
    super();
    this.token = "";
    this.fault = "";
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (form.get("password") !== form.get("again")) {
      this.fault = t("password.differ");
      return;
    }
    try {
      await post("/api/password", { token: this.token, password: String(form.get("password")) });
      this.say(t("password.done"));
      go("/sign-in");
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
  }

  render() {
    return html`<div class="place narrow stack">
      <h1>${t("place.place-password")}</h1>
      <form class="card form" @submit=${this.submit}>
        ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
        <label class="field"><span>${t("password.new")}</span><input name="password" type="password" autocomplete="new-password" minlength="10" required><span class="help">${t("password.help")}</span></label>
        <label class="field"><span>${t("password.again")}</span><input name="again" type="password" autocomplete="new-password" required></label>
        <button class="button act decisive">${t("password.act")}</button>
      </form></div>`;
  }
}

customElements.define("place-password", Password);
