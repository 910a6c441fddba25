// What a new version of a paper changed, page by page: what went out, what came in, and a little of what stands about it.
import { get } from "../api.js";
import { html, nothing } from "../part.js";
import { marked, t } from "../words.js";
import { show } from "./confirm.js";

/** @typedef {import("../wire.d.ts").PageChange} PageChange */

/** @param {string} sitting @param {import("../wire.d.ts").PaperPart} paper throws why it is refused */
export async function showChanges(sitting, paper) {
  /** @type {PageChange[]} */
  const pages = await get(`/api/sittings/${sitting}/papers/${paper.id}/changes`);
  show(
    t("changes.title", { name: marked(paper.name) }),
    html`${paper.reason ? html`<p>${marked(paper.reason)}</p>` : nothing}
      ${pages.length ? html`<ol class="list" tabindex="0" aria-label=${t("changes.pages")}>${pages.map(page)}</ol>` : html`<p class="soft">${t("changes.none")}</p>`}`,
  );
}

/** @param {PageChange} one */
function page(one) {
  const where = !one.before ? t("changes.page-new", { page: one.after }) : !one.after ? t("changes.page-gone", { page: one.before }) : t("changes.page", { page: one.after });
  return html`<li class="change"><div><h3>${where}</h3><p data-own-words>${one.parts.map((part) => html`${part.cut ? " … " : " "}${part.change === "out" ? html`<del>${part.text}</del>` : part.change === "in" ? html`<ins>${part.text}</ins>` : part.text}`)}</p></div></li>`;
}
