// Administration: tree, people, sites, certificates, the journal of administrative acts. A red thing is at the top.
import { Part, html } from "../part.js";
import { t } from "../words.js";
import "../administration/acts.js";
import "../administration/certificates.js";
import "../administration/integrations.js";
import "../administration/rehearsals.js";
import "../administration/rules.js";
import "../administration/sites.js";
import "../administration/tablets.js";
import "../administration/units.js";

const TABS = ["sites", "rehearsals", "rules", "units", "tablets", "certificates", "integrations", "acts"];

class Administration extends Part {
  static properties = { me: { attribute: false }, tab: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../wire.d.ts").Me | null} */
    this.me = null;
    this.tab = "sites";
  }

  body() {
    if (this.tab === "rehearsals") return html`<admin-rehearsals></admin-rehearsals>`;
    if (this.tab === "rules") return html`<admin-rules .me=${this.me}></admin-rules>`;
    if (this.tab === "units") return html`<admin-units></admin-units>`;
    if (this.tab === "integrations") return html`<admin-integrations></admin-integrations>`;
    if (this.tab === "tablets") return html`<admin-tablets></admin-tablets>`;
    if (this.tab === "certificates") return html`<admin-certificates></admin-certificates>`;
    if (this.tab === "acts") return html`<admin-acts></admin-acts>`;
    return html`<admin-sites></admin-sites>`;
  }

  render() {
    return html`<div class="place stack"><h1>${t("place.place-administration")}</h1>
      <nav class="tabs" aria-label=${t("place.place-administration")}>${TABS.map(
        (tab) => html`<a href="/administration/${tab}" aria-current=${this.tab === tab ? "page" : "false"}>${t(`administration.${tab}`)}</a>`,
      )}</nav>${this.body()}</div>`;
  }
}

customElements.define("place-administration", Administration);
