// The words on screen: codes become sentences here, in the reader's language; dates and clocks as Vietnam reads them.

/** @type {Record<string, string>} */
let words = {};
export const locale = document.documentElement.dataset.locale ?? "vi";
const pseudo = locale === "qps";
const zone = "Asia/Ho_Chi_Minh";
const language = locale === "en" ? "en-GB" : "vi-VN";

export async function loadWords() {
  const digest = document.documentElement.dataset.words;
  const answer = await fetch(`/words/${locale}/${digest}.json`);
  words = await answer.json();
}

/**
 * The text of a code, its `{name}`s filled in.
 * @param {string} code
 * @param {Record<string, string | number>} [params]
 */
export function t(code, params = {}) {
  let text = words[code] ?? code;
  for (const [name, value] of Object.entries(params)) text = text.replaceAll(`{${name}}`, String(value));
  return text;
}

/** @param {string} code */
export const has = (code) => code in words;

/** Data of people (names, titles) under the pseudo-locale is marked too, so that a bare text is a forgotten one. */
export const marked = (/** @type {string} */ text) => (pseudo ? `⟦${text}⟧` : text);

const formats = {
  day: new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" }),
  date: new Intl.DateTimeFormat(language, { timeZone: zone, day: "2-digit", month: "2-digit", year: "numeric" }),
  clock: new Intl.DateTimeFormat(language, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
};

/** thứ Ba, 24/11/2026 @param {number} ms */
export function day(ms) {
  const text = formats.day.format(ms);
  const written = locale === "en" ? text : text.charAt(0).toLowerCase() + text.slice(1);
  return marked(written);
}
/** 24/11/2026 @param {number} ms */
export const date = (ms) => marked(formats.date.format(ms));
/** 14:05 @param {number} ms */
export const clock = (ms) => formats.clock.format(ms);
/** thứ Ba, 24/11/2026, 14:05 @param {number} ms */
export const moment = (ms) => `${day(ms)}, ${clock(ms)}`;

/** 02:15, or 1:02:15 from an hour on @param {number} ms */
export function elapsed(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
}

/** 1,2 MB @param {number} bytes */
export function size(bytes) {
  const mega = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1e6);
  return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${mega} MB`;
}
