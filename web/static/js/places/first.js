// The first administrator of an empty installation, by the link that the machine's console printed.
import { post } from "../api.js";
import { Part, html, nothing } from "../part.js";
import { t } from "../words.js";

class First extends Part {
  static properties = { token: { attribute: false }, fault: { state: true } };

  constructor() {
    super();
    this.token = "";
    this.fault = "";
  }

  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    try {
      await post("/api/first", { ...form, token: this.token });
      location.assign("/sign-in"); // anew: the frame then knows that there is an administrator
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
  }

  render() {
    return html`<div class="place narrow stack">
      <h1>${t("place.place-first")}</h1><p>${t("first.about")}</p>
      <form class="card form" @submit=${this.submit}>
        ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
        <label class="field"><span>${t("first.unit")}</span><input name="unit" required><span class="help">${t("first.unit-help")}</span></label>
        <label class="field"><span>${t("field.name")}</span><input name="name" autocomplete="name" required></label>
        <label class="field"><span>${t("field.login")}</span><input name="login" autocomplete="username" autocapitalize="none" required></label>
        <label class="field"><span>${t("field.password")}</span><input name="password" type="password" autocomplete="new-password" minlength="10" required><span class="help">${t("password.help")}</span></label>
        <button class="button act decisive">${t("first.act")}</button>
      </form></div>`;
  }
}

customElements.define("place-first", First);
