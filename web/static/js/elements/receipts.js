// Who has read which page of a paper: all readers for chair and secretary, oneself for everybody else. Of versions that were
// replaced or recalled, who had them open before.
import { get } from "../api.js";
import { html, icon, nothing } from "../part.js";
import { elapsed, marked, moment, t } from "../words.js";
import { show } from "./confirm.js";

/** @typedef {import("../wire.d.ts").VersionReceipts} VersionReceipts */
/** @typedef {import("../wire.d.ts").Receipt} Receipt */
/** @typedef {import("../wire.d.ts").Screen} Screen */

const LONG_MS = 60_000; // a page looked at for so long is drawn full
const TONES = { unread: "warn", part: "", read: "good" };
const SIGNS = { unread: "circle", part: "eye", read: "check-check" };
const ORDER = ["unread", "part", "read"];

/** @param {string} sitting @param {Screen | null} parts @param {import("../wire.d.ts").PaperPart} paper throws why it is refused */
export async function showReceipts(sitting, parts, paper) {
  /** @type {VersionReceipts[]} */
  const versions = await get(`/api/sittings/${sitting}/papers/${paper.id}/receipts`);
  show(
    t("receipts.title", { name: marked(paper.name) }),
    html`<p class="small soft">${t("receipts.about")}</p>
      ${versions.length ? versions.map((one, index) => version(one, parts, index === 0)) : html`<p class="soft">${t("receipts.none")}</p>`}`,
  );
}

/** @param {VersionReceipts} one @param {Screen | null} parts @param {boolean} newest */
function version(one, parts, newest) {
  const count = (/** @type {string} */ reading) => one.receipts.filter((receipt) => receipt.reading === reading).length;
  const rows = [...one.receipts].sort((a, b) => ORDER.indexOf(a.reading) - ORDER.indexOf(b.reading));
  const heading = newest && one.step !== "recalled" ? nothing : html`<h3>${t(`receipts.${one.step === "recalled" ? "recalled" : "replaced"}`, { version: one.version })}</h3>`;
  return html`${heading}
    ${one.receipts.length > 1 ? html`<p class="row">${["read", "part", "unread"].map((reading) => html`<span class="badge ${TONES[/** @type {Receipt["reading"]} */ (reading)]}">${t(`receipts.count-${reading}`, { count: count(reading) })}</span>`)}</p>` : nothing}
    <ul class="list receipts">${rows.map((row) => reader(row, parts))}</ul>`;
}

/** @param {Receipt} row @param {Screen | null} parts */
function reader(row, parts) {
  const card = parts?.people[row.person];
  const all = row.pages.reduce((sum, ms) => sum + ms, 0);
  return html`<li><span class="main"><span class="strong">${marked(card?.name ?? row.person)}</span> <span class="small soft">${marked(card?.office ?? "")}</span><br>
    <span class="small soft">${row.last_at ? t("receipts.line", { read: row.read, pages: row.pages.length, time: elapsed(all), when: moment(row.last_at) }) : t("receipts.never")}</span>
    <span class="strip" aria-hidden="true">${row.pages.map((ms) => html`<i class=${heat(ms)}></i>`)}</span></span>
    <span class="badge ${TONES[row.reading]}">${icon(SIGNS[row.reading])}${t(`receipts.${row.reading}`)}</span></li>`;
}

/** @param {number} ms */
const heat = (ms) => (!ms ? "" : ms < LONG_MS / 4 ? "some" : ms < LONG_MS ? "more" : "long");
