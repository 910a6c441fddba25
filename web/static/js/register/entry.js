// What the records clerk puts down: a document that goes out, a file that goes with it, one that came in, a certified copy.
// One dialog each; the file, if there is one, goes through the same gate as any paper.
import { get, post } from "../api.js";
import { fill, show } from "../elements/confirm.js";
import { answeredFor } from "../elements/secrecy.js";
import { html, newId, nothing } from "../part.js";
import { ACCEPTED, upload } from "../upload.js";
import { t } from "../words.js";

/** @typedef {import("../wire.d.ts").RegisterNumber} RegisterNumber */
/** @typedef {import("../wire.d.ts").Incoming} Incoming */

export const KINDS = ["CV", "QĐ", "TB", "BC", "TTr", "KH", "NQ", "CT", "QC", "QyĐ", "TC", "HD", "CTr", "PA", "ĐA", "DA", "BB", "HĐ", "CĐ", "GUQ", "GM", "GGT", "PG", "PC", "PB"];
const URGENCIES = /** @type {const} */ (["", "urgent", "very-urgent", "express"]);
const FORMS = /** @type {const} */ (["SY", "TrS", "SL"]);

/** A line each. @param {FormData} form @param {string} name */
const lines = (form, name) => String(form.get(name) ?? "").split("\n").map((line) => line.trim()).filter(Boolean);

/** @param {FormData} form @param {string[]} names */
const texts = (form, ...names) => Object.fromEntries(names.map((name) => [name, String(form.get(name) ?? "")]));

const common = () => html`<label class="field"><span>${t("register.kind")}</span><select name="kind">${KINDS.map((kind) => html`<option value=${kind}>${t(`document.${kind}`)}</option>`)}</select></label>
  <label class="field"><span>${t("register.about")}</span><textarea name="about" required maxlength="1000" rows="2"></textarea></label>
  <label class="field"><span>${t("register.urgency")}</span><select name="urgency">${URGENCIES.map((one) => html`<option value=${one}>${t(`urgency.${one || "none"}`)}</option>`)}</select></label>`;

const file = (word = "register.file", wanted = false) => html`<label class="field"><span>${t(word)}</span><input type="file" name="file" accept=${ACCEPTED} ?required=${wanted}></label>
  <label class="check"><input type="checkbox" name="open" value="yes"><span>${t("register.no-secret")}</span></label>`;

const recipients = () => html`<label class="field"><span>${t("register.recipients")}</span><textarea name="recipients" rows="3"></textarea><span class="help">${t("register.recipients-help")}</span></label>`;

/** Send what was put down with its file; a stamp of secrecy is asked about. @param {string} address @param {FormData} form @param {object} given */
async function send(address, form, given) {
  const chosen = /** @type {File | null} */ (form.get("file"));
  if (!chosen?.size) return post(address, given);
  if (!form.get("open")) throw new Error(t("refused.secrecy-undeclared"));
  const sent = { upload: await upload(chosen, () => undefined), secrecy: "none" };
  try {
    return await post(address, { ...given, file: sent });
  } catch (error) {
    const told = /** @type {import("../api.js").Refused} */ (error);
    if (told.code !== "secret-stamp" || !(await answeredFor(chosen.name, told))) throw told;
    return post(address, { ...given, file: { ...sent, cleared: true } });
  }
}

/** How the agency's seal signs here: where its key is, if there is one. @param {string} unit */
async function sealOf(unit) {
  const kits = /** @type {import("../wire.d.ts").Kit[]} */ (await get("/api/kits").catch(() => []));
  const kept = kits.find((kit) => kit.holder === unit)?.certificate?.kept;
  return kept === "own" ? undefined : kept;
}

/** The passphrase of a seal's key on file, and what is signed. @param {string} kept @param {string} signed */
const sealing = (kept, signed) =>
  kept === "file"
    ? html`<label class="field"><span>${t("register.copy-passphrase")}</span><input type="password" name="passphrase" required autocomplete="off"><span class="help">${t(signed)}</span></label>`
    : html`<p class="small soft">${t(signed)}</p>`;

/** @param {string} word */
const unsealed = (word) => html`<p>${t(word)} <a href="/signature">${t("place.place-signature")}</a></p>`;

/** @param {string} unit */
export function issue(unit) {
  const id = newId();
  return fill({ title: t("register.issue"), text: t("register.issue-text"), act: t("register.issue") }, html`${common()}${recipients()}${file()}`, (form) =>
    send(`/api/units/${unit}/register`, form, { document: { id, ...texts(form, "kind", "about", "urgency"), recipients: lines(form, "recipients") } }),
  );
}

/** @param {string} unit */
export function receive(unit) {
  const id = newId();
  const fields = html`<label class="field"><span>${t("register.sender")}</span><input name="sender" required maxlength="200"></label>
    <label class="field"><span>${t("register.symbol")}</span><input name="symbol" required maxlength="100"></label>
    <label class="field"><span>${t("register.dated")}</span><input type="date" name="dated" required></label>${common()}
    <label class="field"><span>${t("register.handler")}</span><input name="handler" maxlength="200"></label>
    <label class="field"><span>${t("register.due")}</span><input type="date" name="due"></label>${file()}`;
  return fill({ title: t("register.receive"), act: t("register.receive") }, fields, (form) =>
    send(`/api/units/${unit}/incoming`, form, { document: { id, ...texts(form, "sender", "symbol", "dated", "kind", "about", "urgency", "handler", "due") } }),
  );
}

/** Pages as people write them: 1-3, 5. @param {string} written */
export function pagesOf(written) {
  const found = [];
  for (const part of written.split(",").map((one) => one.trim()).filter(Boolean)) {
    const [, first, last] = /^(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?$/.exec(part) ?? [];
    if (!first || Number(last ?? first) < Number(first)) throw new Error(t("register.pages-wrong"));
    for (let page = Number(first); page <= Number(last ?? first); page++) found.push(page);
  }
  return found;
}

/** @param {string} unit @param {"outgoing" | "incoming"} source @param {RegisterNumber | Incoming} row */
export async function copy(unit, source, row) {
  const id = newId();
  const seal = await sealOf(unit);
  const fields = html`<label class="field"><span>${t("register.form")}</span><select name="form">${FORMS.map((form) => html`<option value=${form}>${t(`document.${form}`)}</option>`)}</select></label>
    <label class="field"><span>${t("register.pages")}</span><input name="pages" maxlength="100"><span class="help">${t("register.pages-help")}</span></label>${recipients()}${seal ? sealing(seal, "register.copy-signed") : unsealed("register.copy-unsigned")}`;
  return fill({ title: t("register.copy-title", { symbol: row.symbol }), text: t("register.copy-text"), act: t("register.copy") }, fields, async (form) => {
    const chosen = String(form.get("form"));
    const pages = chosen === "TrS" ? pagesOf(String(form.get("pages"))) : [];
    if (chosen === "TrS" && !pages.length) throw new Error(t("register.pages-wrong"));
    return post(`/api/units/${unit}/copies`, { id, source, year: row.year, kind: row.kind, number: row.number, form: chosen, pages, recipients: lines(form, "recipients"), signed: Boolean(seal), passphrase: String(form.get("passphrase") ?? "") });
  });
}

/** A file that goes with a document. @param {string} unit @param {RegisterNumber} row */
export async function annex(unit, row) {
  const id = newId();
  const [seal, title] = [await sealOf(unit), t("register.annex-title", { symbol: row.symbol })];
  if (!seal) return void show(title, unsealed("register.annex-unsigned"));
  const fields = html`<label class="field"><span>${t("register.annex-name")}</span><input name="name" required maxlength="200"></label>${file("register.annex-file", true)}${sealing(seal, "register.annex-signed")}`;
  return fill({ title, text: t("register.annex-text"), act: t("register.annex-act") }, fields, (form) =>
    send(`/api/units/${unit}/register/${row.year}/${encodeURIComponent(row.kind)}/${row.number}/annexes`, form, { annex: { id, ...texts(form, "name", "passphrase") } }),
  );
}
