// Which address is which place: the browser's table of web/routes/pages.py. Each place is loaded when first gone to.

/** @typedef {{pattern: RegExp, names: string[], tag: string, load: () => Promise<unknown>, bare?: boolean, title: string, open?: boolean}} Place */

/**
 * @param {string} path
 * @param {string} tag
 * @param {() => Promise<unknown>} load
 * @param {{bare?: boolean, open?: boolean, title?: string}} [more] bare: no frame around it; open: no sign-in needed
 * @returns {Place}
 */
function place(path, tag, load, more = {}) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}$`);
  return { pattern, names, tag, load, title: `place.${tag}`, ...more };
}

export const places = [
  place("/", "place-desk", () => import("./places/desk.js")),
  place("/sign-in", "place-sign-in", () => import("./places/sign-in.js"), { open: true }),
  place("/first/{token}", "place-first", () => import("./places/first.js"), { open: true }),
  place("/password/{token}", "place-password", () => import("./places/password.js"), { open: true }),
  place("/opinions", "place-opinions", () => import("./places/opinions.js")),
  place("/tasks", "place-tasks", () => import("./places/tasks.js")),
  place("/register", "place-register", () => import("./places/register.js")),
  place("/search", "place-search", () => import("./places/search.js")),
  place("/plan", "place-plan", () => import("./places/plan.js")),
  place("/sittings/{sitting}", "place-room", () => import("./places/room.js"), { bare: true }),
  place("/sittings/{sitting}/prepare", "place-prepare", () => import("./places/prepare.js")),
  place("/sittings/{sitting}/minutes", "place-minutes", () => import("./places/minutes.js")),
  place("/sittings/{sitting}/sign", "place-sign", () => import("./places/sign.js"), { bare: true }),
  place("/sittings/{sitting}/papers/{paper}", "place-reader", () => import("./places/reader.js"), { bare: true }),
  place("/sittings/{sitting}/recordings", "place-recordings", () => import("./places/recordings.js")),
  place("/sittings/{sitting}/rehearsal", "place-rehearsal", () => import("./places/rehearsal.js")),
  place("/offline", "place-offline", () => import("./places/offline.js"), { open: true }),
  place("/offline/{sitting}/{paper}", "place-offline", () => import("./places/offline.js"), { open: true, bare: true }),
  place("/signature", "place-signature", () => import("./places/signature.js")),
  place("/check", "place-check", () => import("./places/check.js")),
  place("/verify", "place-verify", () => import("./places/verify.js"), { open: true }),
  place("/k/{code}", "place-verify", () => import("./places/verify.js"), { open: true }),
  place("/K/{sheet}", "place-verify", () => import("./places/verify.js"), { open: true }),
  place("/wall", "place-walls", () => import("./places/walls.js"), { open: true }),
  place("/wall/{site}", "place-wall", () => import("./places/wall.js"), { open: true, bare: true }),
  place("/administration", "place-administration", () => import("./places/administration.js")),
  place("/administration/{tab}", "place-administration", () => import("./places/administration.js")),
  place("/styleguide", "place-styleguide", () => import("./places/styleguide.js")),
];

/**
 * The place at an address, with what the address names; null for none.
 * @param {string} path
 * @returns {{place: Place, params: Record<string, string>} | null}
 */
export function find(path) {
  for (const place of places) {
    const match = place.pattern.exec(path);
    if (match) {
      const params = Object.fromEntries(place.names.map((name, index) => [name, decodeURIComponent(match[index + 1])]));
      return { place, params };
    }
  }
  return null;
}
