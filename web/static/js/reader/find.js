// Words on a page, compared as the search of the whole archive does (documents/fold.py): one that is typed with marks is
// found with just these, wherever the tone stands; a phrase without any is found with any. Pure.
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/g; // huyền, sắc, ngã, hỏi, nặng

/** @typedef {{bare: string, marked: string, start: number, end: number}} Word */

/** A word without any marks. @param {string} word */
export const bare = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");

/** Its letters and its tones apart: "hoà" is "hòa". @param {string} word */
function marked(word) {
  const parts = word.normalize("NFD");
  return parts.replace(TONE, "").normalize("NFC") + (parts.match(TONE) ?? []).join("");
}

/** The words of a text, and where they stand in it. @param {string} text @returns {Word[]} */
export function words(text) {
  return [...text.matchAll(WORD)].map(({ 0: found, index }) => {
    const small = found.toLowerCase();
    return { bare: bare(small), marked: marked(small), start: index, end: index + found.length };
  });
}

/**
 * What is looked for: the whole as one phrase; where there are quotation marks, what is in each, and each word beside them.
 * @param {string} query
 * @returns {Word[][]}
 */
export function sought(query) {
  const plain = query.replace(/[“”]/g, '"');
  const phrases = plain.includes('"') ? [...plain.matchAll(/"([^"]*)"|([^\s"]+)/g)].map((found) => words(found[1] ?? found[2])) : [words(plain)];
  return phrases.filter((phrase) => phrase.length);
}

/**
 * Where PHRASES stand among the words of a page, in order; the last word of each may be only begun.
 * @param {Word[]} page
 * @param {Word[][]} phrases
 * @returns {{start: number, end: number}[]}
 */
export function matches(page, phrases) {
  const found = [];
  for (const phrase of phrases) {
    const by = phrase.some((word) => word.bare !== word.marked) ? "marked" : "bare";
    const last = phrase.length - 1;
    for (let at = 0; at + last < page.length; at++) {
      const fits = phrase.every((word, index) => (index < last ? page[at + index][by] === word[by] : page[at + index][by].startsWith(word[by])));
      if (fits) found.push({ start: page[at].start, end: page[at + last].end });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}

/** The text of a page as pdf.js tells it, and where each of its pieces begins in it. @param {{items: any[]}} content */
export function joined(content) {
  let text = "";
  const starts = [];
  for (const item of content.items) {
    if (item.str === undefined) continue;
    starts.push(text.length);
    text += item.str + (item.hasEOL ? "\n" : "");
  }
  return { text, starts };
}
