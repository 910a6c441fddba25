// A decisive act asks once, saying what will happen. `await ask(...)` is true when the person says yes.
// `show(...)` asks nothing. With `send` the dialog stays until the server has taken what was written: a refusal is said in it, and nothing is lost.
import { html, nothing, render } from "lit";
import { t } from "../words.js";

/** @typedef {{title: string, text?: string, act: string, tone?: "act" | "seal"}} What */

/**
 * @param {What & {field?: string, value?: string, secret?: boolean, most?: number}} what
 *   field: label of a text the person has to give; then the answer is that text
 * @param {(answer: string) => Promise<unknown>} [send] throws why it is refused
 * @returns {Promise<string | null>} null when they think better of it
 */
export async function ask(what, send) {
  const field = what.field
    ? html`<label class="field"><span>${what.field}</span>${what.secret
        ? html`<input name="answer" type="password" autocomplete="current-password" required>`
        : html`<textarea name="answer" required maxlength=${what.most ?? nothing} .value=${what.value ?? ""}></textarea>`}</label>`
    : null;
  const answer = (/** @type {FormData} */ form) => String(form.get("answer") ?? "yes");
  const form = await fill(what, field, send && ((given) => send(answer(given))));
  return form && answer(form);
}

/** Something to read, until it is closed. @param {string} title @param {unknown} content */
export function show(title, content) {
  const dialog = document.createElement("dialog");
  dialog.className = "wide";
  dialog.setAttribute("aria-labelledby", "show-title");
  dialog.addEventListener("close", () => dialog.remove());
  render(
    html`<div class="stack"><h2 id="show-title">${title}</h2>${content}
      <div class="acts"><button class="button decisive act" autofocus @click=${() => dialog.close()}>${t("act.close")}</button></div></div>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * The same as `ask` with fields of any kind; what was filled in, null when they think better of it.
 * @param {What} what @param {unknown} fields
 * @param {(given: FormData) => Promise<unknown>} [send] throws why it is refused
 * @returns {Promise<FormData | null>}
 */
export function fill(what, fields, send = async () => undefined) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "ask-title");
    let sending = false;
    const end = (/** @type {FormData | null} */ answer) => {
      dialog.remove();
      resolve(answer);
    };
    const yes = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (sending) return;
      const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
      draw("", (sending = true));
      try {
        await send(given);
        end(given);
      } catch (error) {
        draw(error instanceof Error ? error.message : String(error), (sending = false));
      }
    };
    const draw = (/** @type {string} */ fault, /** @type {boolean} */ busy) => render(
      html`<form @submit=${yes} class="stack">
        <h2 id="ask-title">${what.title}</h2>
        ${what.text ? html`<p>${what.text}</p>` : nothing}
        ${fields ?? nothing}
        <p class="small soft" role="status">${busy ? t("act.sending") : nothing}</p>
        <div role="alert">${fault ? html`<p class="note seal">${fault}</p>` : nothing}</div>
        <div class="acts">
          <button type="button" class="button decisive" ?disabled=${busy} @click=${() => end(null)}>${t("act.cancel")}</button>
          <button class="button decisive ${what.tone ?? "act"}" aria-busy=${busy} ?autofocus=${!fields}>${what.act}</button>
        </div>
      </form>`,
      dialog,
    );
    draw("", false);
    dialog.addEventListener("cancel", (event) => (sending ? event.preventDefault() : end(null))); // what is on its way is not called back
    dialog.addEventListener("close", () => dialog.isConnected && (sending ? dialog.showModal() : end(null))); // a second Escape is not asked
    document.body.append(dialog);
    dialog.showModal();
  });
}
