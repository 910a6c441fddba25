// A vote's result as bars, with the arithmetic in words.
import { Part, html, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Result} Result */

/** What a code stands for on a ballot with these options. @param {readonly string[]} options @param {string} code */
export const choiceName = (options, code) => (/^\d+$/.test(code) ? marked(options[Number(code) - 1] ?? code) : t(`choice.${code}`));

class VoteBars extends Part {
  static properties = { result: { attribute: false }, options: { attribute: false } };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
    /** @type {readonly string[]} */
    this.options = [];
  }

  /** @param {Result} result */
  outcome(result) {
    const names = (/** @type {readonly string[]} */ codes) => codes.map((code) => choiceName(this.options, code)).join(", ");
    if (!this.options.length) return t(result.carried.length ? "vote.passed" : "vote.failed");
    const tied = result.tied.length ? ` ${t("vote.tied", { names: names(result.tied) })}` : "";
    return (result.carried.length ? t("vote.carried", { names: names(result.carried) }) : t("vote.none-carried")) + tied;
  }

  /** @param {Result} result */
  arithmetic(result) {
    const counts = Object.fromEntries(result.counts);
    const base = t(result.base === result.members ? "vote.of-members" : "vote.of-present", { base: result.base });
    const needed = t("vote.needed", { base, needed: result.needed });
    if (this.options.length) return needed;
    const tie = result.by_chair ? ` ${t("vote.by-chair")}` : "";
    return `${t("vote.arithmetic", { yes: counts.for, base })} ${needed}${tie}`;
  }

  render() {
    const result = this.result;
    if (!result) return nothing;
    const rows = [...result.counts, /** @type {[string, number]} */ (["unheard", result.unheard])];
    return html`<div class="bars">${rows.map(
        ([code, count]) => html`<div class="bar-row"><span>${choiceName(this.options, code)}</span><meter class="bar ${code}" min="0" max=${result.members} .value=${count} aria-label=${choiceName(this.options, code)}></meter><span class="strong figures">${count}</span></div>`,
      )}</div>
      <p>${this.arithmetic(result)}</p>
      <p class="badge ${result.carried.length ? "good" : "seal"} verdict">${this.outcome(result)}</p>`;
  }
}

customElements.define("bacap-vote-bars", VoteBars);
