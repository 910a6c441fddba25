// While there is a network: what was taken along is renewed, what was written and read without one is sent.
import { sendAll } from "../reader/annotations.js";
import { tellKept } from "../reader/dwell.js";
import { within } from "../within.js";
import { contact, copies, drop, take } from "./copies.js";
import { keeps } from "./vault.js";

const AGAIN_MS = 300_000;
const RENEW_MS = 1_800_000; // what is the same is renewed no sooner
const OVER_MS = 7 * 86_400_000; // behind its close a sitting is renewed no longer
const ANSWER_MS = 30_000;
const REFUSED = ["no-right", "no-such-sitting", "not-invited-now", "tablet-cut"];

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;

/** At the start of the application, and now and then. @param {import("../protocol.js").Channel} line @param {{id: string, name: string}} me */
export async function refresh(line, me) {
  try {
    await sendAll(me.id);
    await tellKept(line, me.id);
    const told = keeps() ? await contact() : null;
    if (told && !told.cut) for (const copy of await copies()) if (isDue(copy, told)) await renew(line, me, copy.sitting);
  } finally {
    clearTimeout(next);
    next = setTimeout(() => void refresh(line, me).catch(() => undefined), AGAIN_MS);
  }
}

/** Is there something else to keep, or was it long ago? @param {import("./copies.js").Copy} copy @param {import("../wire.d.ts").Contact} told */
function isDue(copy, told) {
  const closed = copy.parts.sitting.closed_at;
  if (closed && told.now > closed + OVER_MS) return false;
  return told.now > copy.renewed + RENEW_MS || (told.keeps[copy.sitting] ?? []).join() !== copy.keeps.join();
}

/** @param {import("../protocol.js").Channel} line @param {{id: string, name: string}} me @param {string} sitting */
async function renew(line, me, sitting) {
  const view = line.watch(sitting);
  if (!view.parts && !view.fault) await within(ANSWER_MS, new Promise((resolve) => view.addEventListener("change", resolve, { once: true }))).catch(() => undefined);
  if (!view.parts) return REFUSED.includes(view.code) ? drop(sitting) : undefined;
  await take(line, me, view.parts).catch((error) => (REFUSED.includes(error.code) ? drop(sitting) : undefined));
}
