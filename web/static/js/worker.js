// What works for this site while no page of it is open, or no network is there: it starts the application from what the
// browser kept of it (offline/application.js), shows what is pushed, and opens the page it is about.
const worker = /** @type {any} */ (self); // of a service worker, which the page's types do not know

const KEPT = /^\/static\/[0-9a-f]{12}\/|^\/words\//; // addresses that change with what is behind them
const NOT_OURS = /^\/(api|papers|static)\//; // files, which are no page of the application
const PATIENCE_MS = 5000; // for the page itself, where there is one that was kept

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && !NOT_OURS.test(pathname)) event.respondWith(start(request));
  else if (KEPT.test(pathname)) event.respondWith(kept(request));
});

/** The page as the server has it now; where it does not answer soon, or not well, as it was kept. @param {Request} request */
async function start(request) {
  const kept = await caches.match("/");
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const answer = await Promise.race([fetch(request).catch(() => null), late]);
  return answer && answer.status < 500 ? answer : kept;
}

/** From what was kept, else from the server. @param {Request} request */
async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener("push", (/** @type {any} */ event) => {
  /** @type {{title: string, text: string, path: string, tag: string}} */
  const told = event.data.json();
  const shown = { body: told.text, tag: told.tag, icon: "/static/icon.svg", data: told.path };
  event.waitUntil(worker.registration.showNotification(told.title, shown));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show(new URL(event.notification.data, location.origin).href));
});

/** In a page that is open at it already, else in a new one: a sitting that is on is not left for this. @param {string} url */
async function show(url) {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = open.find((/** @type {{url: string}} */ page) => page.url === url);
  return there ? there.focus() : worker.clients.openWindow(url);
}
