// A vote's result as bars, with the arithmetic in words.
import { Part, html, nothing } from "../part.js";
import { t } from "../words.js";

/** @typedef {import("../wire.d.ts").Result} Result */

class VoteBars extends Part {
  static properties = { result: { attribute: false } };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
  }

  render() {
    const result = this.result;
    if (!result) return nothing;
    const rows = [
      ["for", result.yes],
      ["against", result.no],
      ["silent", result.silent],
      ["unheard", result.unheard],
    ];
    return html`<div class="bars">${rows.map(
        ([name, count]) => html`<div class="bar-row"><span>${t(`choice.${name}`)}</span><meter class="bar ${name}" min="0" max=${result.members} .value=${Number(count)}></meter><span class="strong figures">${count}</span></div>`,
      )}</div>
      <p>${t("vote.arithmetic", { yes: result.yes, members: result.members, needed: result.needed })}${result.by_chair ? ` ${t("vote.by-chair")}` : ""}</p>
      <p class="badge ${result.passed ? "good" : "seal"} verdict">${t(result.passed ? "vote.passed" : "vote.failed")}</p>`;
  }
}

customElements.define("bacap-vote-bars", VoteBars);
