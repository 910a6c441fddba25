// A decisive act asks once, saying what will happen. `await ask(...)` is true when the person says yes.
import { html, nothing, render } from "lit";
import { t } from "../words.js";

/**
 * @param {{title: string, text?: string, act: string, tone?: "act" | "seal", field?: string, value?: string, secret?: boolean}} what
 *   field: label of a text the person has to give; then the answer is that text
 * @returns {Promise<string | null>} null when they think better of it
 */
export function ask(what) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "ask-title");
    const end = (/** @type {string | null} */ answer) => {
      dialog.remove();
      resolve(answer);
    };
    const yes = (/** @type {Event} */ event) => {
      event.preventDefault();
      const field = /** @type {HTMLTextAreaElement | null} */ (dialog.querySelector("[name=answer]"));
      end(field ? field.value : "yes");
    };
    render(
      html`<form @submit=${yes} class="stack">
        <h2 id="ask-title">${what.title}</h2>
        ${what.text ? html`<p>${what.text}</p>` : nothing}
        ${what.field
          ? html`<label class="field"><span>${what.field}</span>${what.secret
              ? html`<input name="answer" type="password" autocomplete="current-password" required>`
              : html`<textarea name="answer" required .value=${what.value ?? ""}></textarea>`}</label>`
          : nothing}
        <div class="acts">
          <button type="button" class="button decisive" @click=${() => end(null)}>${t("act.cancel")}</button>
          <button class="button decisive ${what.tone ?? "act"}" ?autofocus=${!what.field}>${what.act}</button>
        </div>
      </form>`,
      dialog,
    );
    dialog.addEventListener("cancel", () => end(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}
