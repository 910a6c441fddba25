// A message that something was done or refused. Said aloud by a screen reader; stays long enough to be read twice.
import { Part, html, nothing } from "../part.js";
import { t } from "../words.js";

const SHOWN_MS = 8000;

class Toast extends Part {
  static properties = { note: { attribute: false } };

  constructor() {
    super();
    /** @type {{text: string, tone: string} | null} */
    this.note = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  updated() {
    clearTimeout(this.timer);
    if (this.note) this.timer = setTimeout(() => this.done(), SHOWN_MS);
  }

  done() {
    this.dispatchEvent(new Event("done"));
  }

  render() {
    const note = this.note;
    return html`<div aria-live="polite" role="status">
      ${note ? html`<div class="toast ${note.tone}"><span>${note.text}</span><button class="button" @click=${this.done}>${t("act.close")}</button></div>` : nothing}
    </div>`;
  }
}

customElements.define("bacap-toast", Toast);
