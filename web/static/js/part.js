// The base of every element of ours. It draws into the page itself, not into a shadow, so that one style sheet, labels
// and browser help reach everything.
import { LitElement, html, nothing, svg } from "lit";

export { html, nothing, svg };

export class Part extends LitElement {
  createRenderRoot() {
    return this;
  }

  /**
   * Tell the frame to show a message.
   * @param {string} text
   * @param {"" | "seal"} [tone]
   */
  say(text, tone = "") {
    this.dispatchEvent(new CustomEvent("bacap-say", { detail: { text, tone }, bubbles: true, composed: true }));
  }

  /**
   * Run what a button started; a refusal is shown in words and nothing else happens.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T | undefined>}
   */
  async attempt(act) {
    try {
      return await act();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error), "seal");
      return undefined;
    }
  }

  /** The same of what answers nothing: did it succeed? @param {() => Promise<unknown>} act */
  async did(act) {
    return Boolean(await this.attempt(async () => (await act(), true)));
  }

  /** Show a file behind a link that is good for a short time. @param {() => Promise<{url: string}>} ask */
  async openLink(ask) {
    const link = await this.attempt(ask);
    if (link) open(link.url, "_blank", "noopener");
  }
}

const ICONS = new URL("../vendor/icons.svg", import.meta.url).pathname;

/** One of the icons of the sprite that assets.py makes. @param {string} name */
export const icon = (name) =>
  html`<svg class="icon" aria-hidden="true"><use href="${ICONS}#${name}"></use></svg>`;

/** Go to another place without loading the page anew. @param {string} path */
export function go(path) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** A UUID for a command or a thing made here: a retry with the same one does nothing twice. */
export const newId = () => crypto.randomUUID();
