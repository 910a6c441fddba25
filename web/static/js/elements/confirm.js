// A decisive act asks once, saying what will happen. `await ask(...)` is true when the person says yes.
import { html, nothing, render } from "lit";
import { t } from "../words.js";

/** @typedef {{title: string, text?: string, act: string, tone?: "act" | "seal"}} What */

/**
 * @param {What & {field?: string, value?: string, secret?: boolean}} what
 *   field: label of a text the person has to give; then the answer is that text
 * @returns {Promise<string | null>} null when they think better of it
 */
export async function ask(what) {
  const field = what.field
    ? html`<label class="field"><span>${what.field}</span>${what.secret
        ? html`<input name="answer" type="password" autocomplete="current-password" required>`
        : html`<textarea name="answer" required .value=${what.value ?? ""}></textarea>`}</label>`
    : null;
  const form = await fill(what, field);
  return form && String(form.get("answer") ?? "yes");
}

/**
 * The same with fields of any kind; what was filled in, null when they think better of it.
 * @param {What} what @param {unknown} fields
 * @returns {Promise<FormData | null>}
 */
export function fill(what, fields) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "ask-title");
    const end = (/** @type {FormData | null} */ answer) => {
      dialog.remove();
      resolve(answer);
    };
    const yes = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      end(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    };
    render(
      html`<form @submit=${yes} class="stack">
        <h2 id="ask-title">${what.title}</h2>
        ${what.text ? html`<p>${what.text}</p>` : nothing}
        ${fields ?? nothing}
        <div class="acts">
          <button type="button" class="button decisive" @click=${() => end(null)}>${t("act.cancel")}</button>
          <button class="button decisive ${what.tone ?? "act"}" ?autofocus=${!fields}>${what.act}</button>
        </div>
      </form>`,
      dialog,
    );
    dialog.addEventListener("cancel", () => end(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}
