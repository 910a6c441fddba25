// A vote's result as bars, with the arithmetic in words.
import { Part, html, nothing } from "../part.js";
import { marked, t } from "../words.js";

/** @typedef {import("../wire.d.ts").Result} Result */

/** What a code stands for on a ballot with these options. @param {readonly string[]} options @param {string} code */
export const choiceName = (options, code) => (/^\d+$/.test(code) ? marked(options[Number(code) - 1] ?? code) : t(`choice.${code}`));

/** What was decided, in words. @param {Result} result @param {readonly string[]} options */
export function outcome(result, options) {
  const names = (/** @type {readonly string[]} */ codes) => codes.map((code) => choiceName(options, code)).join(", ");
  if (!options.length) return t(result.carried.length ? "vote.passed" : "vote.failed");
  const tied = result.tied.length ? ` ${t("vote.tied", { names: names(result.tied) })}` : "";
  return (result.carried.length ? t("vote.carried", { names: names(result.carried) }) : t("vote.none-carried")) + tied;
}

class VoteBars extends Part {
  static properties = { result: { attribute: false }, options: { attribute: false }, absent: { attribute: false } };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
    /** @type {readonly string[]} */
    this.options = [];
    /** @type {number | undefined} who gave no answer because they were not there; undefined: of a ballot in writing */
    this.absent = undefined;
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
    /** @type {[string, number][]} absent is never abstaining, nor is silence */
    const silent = this.absent === undefined ? [["unheard", result.unheard]] : [["here", result.unheard - this.absent], ["absent", this.absent]];
    const rows = [...result.counts, ...silent];
    return html`<div class="bars">${rows.map(
        ([code, count]) => html`<div class="bar-row"><span>${choiceName(this.options, code)}</span><meter class="bar ${code}" min="0" max=${result.members} .value=${count} aria-label=${choiceName(this.options, code)}></meter><span class="strong figures">${count}</span></div>`,
      )}</div>
      <p>${this.arithmetic(result)}</p>
      <p class="badge ${result.carried.length ? "good" : "seal"} verdict">${outcome(result, this.options)}</p>`;
  }
}

customElements.define("bacap-vote-bars", VoteBars);
