// What does not come in time is given up, where a line may lead nowhere and nobody says so.

/** Why something was given up. */
export class Late extends Error {}

/** @template T @param {number} ms @param {Promise<T>} coming @returns {Promise<T>} */
export function within(ms, coming) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let clock;
  const late = new Promise((_, reject) => (clock = setTimeout(() => reject(new Late()), ms)));
  return Promise.race([coming, late]).finally(() => clearTimeout(clock));
}
