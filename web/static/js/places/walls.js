// The sites this browser holds, and the place to enrol another by its code. Several sites may share one browser.
import { post } from "../api.js";
import { Part, go, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

const KEY = "bacap.sites";

/** @returns {Record<string, {name: string, credential: string}>} */
export function sites() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

class Walls extends Part {
  static properties = { fault: { state: true } };

  constructor() {
    super();
    this.fault = "";
  }

  /** @param {SubmitEvent} event */
  async enrol(event) {
    event.preventDefault();
    const code = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code"));
    try {
      const made = await post("/api/enrolment", { code });
      localStorage.setItem(KEY, JSON.stringify({ ...sites(), [made.site]: { name: made.name, credential: made.credential } }));
      go(`/wall/${made.site}`);
    } catch (error) {
      this.fault = /** @type {Error} */ (error).message;
    }
  }

  render() {
    const held = Object.entries(sites());
    return html`<div class="place narrow stack"><h1>${t("place.place-walls")}</h1>
      ${held.length ? html`<section class="card"><ul class="list">${held.map(([id, site]) => html`<li><span class="main strong">${marked(site.name)}</span><a class="button act decisive" href="/wall/${id}">${icon("monitor")}${t("walls.open")}</a></li>`)}</ul></section>` : nothing}
      <form class="card form" @submit=${this.enrol}><h2>${t("walls.enrol")}</h2><p class="soft">${t("walls.help")}</p>
        ${this.fault ? html`<div class="note seal" role="alert">${this.fault}</div>` : nothing}
        <label class="field code"><span>${t("walls.code")}</span><input name="code" required maxlength="9" autocomplete="off" autocapitalize="characters"></label>
        <button class="button act decisive">${t("walls.act")}</button></form></div>`;
  }
}

customElements.define("place-walls", Walls);
