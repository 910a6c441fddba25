// The application itself, kept by the browser so that it starts without a network. What it is made of has addresses that
// change with it; the service worker (worker.js) answers for them. A new build takes the place of the old when all of it is
// here.
import { get } from "../api.js";
import { t } from "../words.js";
import { within } from "../within.js";

const AT_ONCE = 6;
const LONGEST_MS = 120_000; // for one file

/** Why nothing can be kept, in words. */
export class Untrusted extends Error {}

/** @param {(done: number) => void} progress from 0 to 1 */
export async function keepApplication(progress) {
  try {
    await within(LONGEST_MS, navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready));
  } catch {
    throw new Untrusted(t("offline.untrusted"));
  }
  const { build, files } = /** @type {import("../wire.d.ts").OfflineFiles} */ (await within(LONGEST_MS, get("/api/offline-files")));
  const name = `app-${build}`;
  const cache = await caches.open(name);
  const known = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  const missing = files.filter((path) => !known.has(path));
  const all = missing.length;
  const bring = async () => {
    for (let path = missing.pop(); path !== undefined; path = missing.pop()) {
      await within(LONGEST_MS, cache.add(path));
      progress(1 - missing.length / all);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, bring));
  await within(LONGEST_MS, cache.add("/")); // last: a build with a page is whole
  for (const other of await caches.keys()) if (other.startsWith("app-") && other !== name) await caches.delete(other);
  progress(1);
}
