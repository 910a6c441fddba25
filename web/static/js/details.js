// Title, time and place of a sitting: the fields that planning and putting right share, and how they are read.
import { html } from "./part.js";
import { t } from "./words.js";

export const VIETNAM_MS = 7 * 3600_000; // no summer time since 1975

/** For inputs of days and hours: 2026-11-24T09:00, in Vietnam's time. @param {number} ms */
export const localOf = (ms) => new Date(ms + VIETNAM_MS).toISOString().slice(0, 16);

/** UTC milliseconds of what such an input says. @param {string} local */
export const fromLocal = (local) => new Date(`${local}:00+07:00`).getTime();

/** @param {{title: string, begins: number, place: string}} given times in UTC milliseconds */
export function detailFields({ title, begins, place }) {
  const local = localOf(begins);
  return html`<label class="field"><span>${t("plan.title")}</span><input name="title" required maxlength="500" .value=${title}></label>
    <div class="form across">
      <label class="field"><span>${t("plan.day")}</span><input type="date" name="day" required .value=${local.slice(0, 10)}></label>
      <label class="field"><span>${t("plan.hour")}</span><input type="time" name="hour" required .value=${local.slice(11, 16)}></label>
    </div>
    <label class="field"><span>${t("plan.place")}</span><input name="place" required maxlength="500" .value=${place}></label>`;
}

/** What was typed there. @param {FormData} form */
export function detailsOf(form) {
  const text = (/** @type {string} */ name) => String(form.get(name) ?? "");
  return { title: text("title"), place: text("place"), begins: fromLocal(`${text("day")}T${text("hour")}`) };
}
