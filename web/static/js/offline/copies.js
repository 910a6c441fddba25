// Papers of sittings taken along on this tablet, to be read without a network until their time is over. While there is one,
// they are renewed by themselves: what was recalled goes, what is new comes, and each version crosses the line once.
import { get, post } from "../api.js";
import { within } from "../within.js";
import { keepApplication } from "./application.js";
import { bring, bytesOf, sweep, whole } from "./papers.js";
import { Vault, alone, keeps, taking } from "./vault.js";

/** @typedef {import("../wire.d.ts").Screen} Screen */
/** @typedef {import("../wire.d.ts").PaperPart} PaperPart */
/** @typedef {{sitting: string, until: number, renewed: number, keeps: string[], me: {id: string, name: string}, parts: Screen, annotations: Record<string, import("../wire.d.ts").Shown[]>}} Copy */

const COPY = "copy:";
const [CONTACT_MS, ANSWER_MS] = [10_000, 30_000];

/** Papers that may be taken along, in the order of the agenda. @param {Screen} parts */
export const readable = (parts) => parts.agenda.flatMap((item) => item.papers.filter((paper) => !paper.on_paper && paper.step !== "recalled" && paper.sha256));

/** How a paper is kept: as it is, or as a copy with a watermark. @param {string[]} keeps @param {PaperPart} paper */
const keyOf = (keeps, paper) => keeps.find((key) => key.startsWith(paper.sha256)) ?? "";

/** @param {Vault} vault @returns {Promise<Copy[]>} */
async function held(vault) {
  const found = await Promise.all((await vault.names(COPY)).map((name) => vault.getJson(name)));
  return found.filter(Boolean);
}

/** Papers of no copy go. @param {Vault} vault */
const tidy = async (vault) => sweep(vault, new Set((await held(vault)).flatMap((copy) => copy.keeps)));

// ── taken ──

/**
 * Take the papers of a sitting along, or what is new of them; what is here already does not come again.
 * @param {import("../protocol.js").Channel} line @param {{id: string, name: string}} me @param {Screen} parts
 * @param {(done: number) => void} [progress] from 0 to 1
 */
export const take = (line, me, parts, progress = () => {}) => taking(async () => {
  await keepApplication((done) => progress(done / 3));
  const vault = await Vault.of(me.id);
  const sitting = parts.sitting.id;
  const told = /** @type {import("../wire.d.ts").Taken} */ (await within(ANSWER_MS, post(`/api/sittings/${sitting}/copies`, { tablet: vault.owner.tablet })));
  await vault.tick(told.now);
  const papers = readable(parts).filter((paper) => keyOf(told.keeps, paper));
  const before = /** @type {Copy | null} */ (await vault.getJson(COPY + sitting));
  /** @type {Copy} */
  const copy = { sitting, until: told.until, renewed: told.now, keeps: told.keeps, me: { id: me.id, name: me.name }, parts, annotations: before?.annotations ?? {} };
  await alone(async () => {
    await vault.putJson(COPY + sitting, copy);
    await tidy(vault);
  });
  const [all, here] = [papers.reduce((sum, paper) => sum + paper.size, 0) || 1, await whole(vault)];
  let come = 0;
  for (const paper of papers) {
    const key = keyOf(told.keeps, paper);
    const step = (/** @type {number} */ bytes) => progress(1 / 3 + ((come + Math.min(bytes, paper.size)) / all) * (2 / 3));
    if (!here.has(key)) await bring(vault, line, sitting, paper, key, step);
    copy.annotations[paper.id] = await within(ANSWER_MS, get(`/api/sittings/${sitting}/papers/${paper.id}/annotations`));
    come += paper.size;
  }
  await alone(async () => {
    const now = /** @type {Copy | null} */ (await vault.getJson(COPY + sitting)); // recalled meanwhile, some of it, or thrown away
    if (now) await vault.putJson(COPY + sitting, { ...now, annotations: copy.annotations });
  });
});

/** Another version came, or one was recalled: so it is with the copy, if there is one. @param {import("../protocol.js").Channel} line @param {{id: string, name: string}} me @param {Screen} parts */
export async function follow(line, me, parts) {
  if (await copyOf(parts.sitting.id)) await take(line, me, parts);
}

// ── read ──

/** What may be read now. Nothing is thrown away here. @returns {Promise<Copy[]>} */
export async function copies() {
  const vault = await Vault.found();
  if (!vault || vault.turnedBack) return [];
  return (await held(vault)).filter((copy) => copy.until > vault.now);
}

/** Was the tablet's clock put back? Then nothing is read until it is right, or the server tells the time. */
export const turnedBack = async () => Boolean((await Vault.found())?.turnedBack);

/** The time goes on; what is over goes. */
export const tick = () => alone(async () => {
  const vault = await Vault.found();
  if (!vault || vault.turnedBack) return;
  await vault.tick();
  for (const copy of await held(vault)) if (copy.until <= vault.now) await vault.drop(COPY + copy.sitting);
  await tidy(vault);
});

/** @param {string} sitting @returns {Promise<Copy | null>} */
export const copyOf = async (sitting) => (keeps() ? ((await copies()).find((copy) => copy.sitting === sitting) ?? null) : null);

/** Which papers are here as a whole and may be read, by SHA-256. @returns {Promise<Map<string, string>>} its key in the vault */
export async function keptPapers() {
  const vault = keeps() ? await Vault.found() : null;
  const [here, found] = [vault ? await whole(vault) : new Set(), new Map()];
  for (const copy of vault ? await copies() : [])
    for (const paper of readable(copy.parts)) {
      const key = keyOf(copy.keeps, paper);
      if (here.has(key)) found.set(paper.sha256, key);
    }
  return found;
}

/** The bytes of a paper that was taken along; null for none. @param {string} sha256 */
export async function keptPaper(sha256) {
  const [vault, found] = [await Vault.found(), (await keptPapers()).get(sha256)];
  return vault && found ? bytesOf(vault, found) : null;
}

/** What one had written on a paper when it was taken along. @param {string} sitting @param {string} paper */
export const keptAnnotations = async (sitting, paper) => (await copyOf(sitting))?.annotations[paper] ?? null;

// ── let go ──

/** From this tablet; the server is told when it can be. @param {string} sitting */
export async function drop(sitting) {
  const vault = await Vault.found();
  if (!vault) return;
  await alone(async () => {
    await vault.drop(COPY + sitting);
    await tidy(vault);
  });
  await within(CONTACT_MS, post(`/api/sittings/${sitting}/copies/drop`, { tablet: vault.owner.tablet })).catch(() => undefined);
}

/** Everything: whoever signs out leaves nothing. The server is told when it can be. */
export async function dropAll() {
  const vault = await Vault.found();
  if (!vault) return;
  await vault.wipe();
  await within(CONTACT_MS, post("/api/tablets/forget", { tablet: vault.owner.tablet })).catch(() => undefined);
}

/** Ask the server what may stay; it is away: nothing changes. What was told, null for nothing. */
export async function contact() {
  const vault = await Vault.found();
  if (!vault) return null;
  const before = await held(vault); // what is taken meanwhile was not asked about
  /** @type {import("../wire.d.ts").Contact | null} */
  const told = await within(CONTACT_MS, post("/api/tablets/contact", { tablet: vault.owner.tablet })).catch(() => null);
  if (!told) return null;
  if (told.cut) await vault.wipe();
  else await alone(() => obey(vault, before, told));
  return told;
}

/** @param {Vault} vault @param {Copy[]} before @param {import("../wire.d.ts").Contact} told */
async function obey(vault, before, told) {
  await vault.tick(told.now);
  for (const copy of before) {
    const stays = (told.keeps[copy.sitting] ?? []).filter((key) => copy.keeps.includes(key));
    if (copy.until <= vault.now || !told.keeps[copy.sitting]) await vault.drop(COPY + copy.sitting);
    else if (stays.length < copy.keeps.length) await vault.putJson(COPY + copy.sitting, { ...copy, keeps: stays, parts: without(copy.parts, stays) });
  }
  await tidy(vault);
}

/** The agenda with no paper but those that may STAY. @param {Screen} parts @param {string[]} stay @returns {Screen} */
const without = (parts, stay) => ({ ...parts, agenda: parts.agenda.map((item) => ({ ...item, papers: item.papers.filter((paper) => keyOf(stay, paper)) })) });
