// The chat: to everybody or to the chair alone; signs that pass and are not kept. Silent while a closed item is on.
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, marked, t } from "../words.js";

const SIGNS = /** @type {const} */ (["agree", "applause", "hand", "slower"]);
const SHOWN = 200; // messages
const SIGN_MS = 6000; // how long a sign stands

class Chat extends RoomPart {
  static properties = { ...RoomPart.properties, seq: { attribute: false }, to: { state: true } };

  constructor() {
    super();
    /** @type {"all" | "chair"} */
    this.to = "all";
    this.seq = 0; // of the newest event: the chat is read from them
    this.next = newId();
    /** @type {{person: string, sign: string, at: number}[]} */
    this.signs = [];
    /** @param {Event} event */
    this.hear = (event) => {
      const told = /** @type {CustomEvent<import("../wire.d.ts").Reacted>} */ (event).detail;
      if (told.sitting !== this.room.sitting) return;
      this.signs = [...this.signs.filter((one) => Date.now() - one.at < SIGN_MS), { person: told.person, sign: told.sign, at: Date.now() }];
      this.requestUpdate();
      setTimeout(() => this.requestUpdate(), SIGN_MS + 50);
    };
  }

  connectedCallback() {
    super.connectedCallback();
    this.room.line.addEventListener("reacted", this.hear);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.room.line.removeEventListener("reacted", this.hear);
  }

  /** @param {SubmitEvent} event */
  async say_(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const text = String(new FormData(form).get("text"));
    if (!(await this.room.ask({ kind: "say", message: this.next, text, to: this.to }))) return;
    this.next = newId();
    if (String(new FormData(form).get("text")) === text) form.reset(); // unless the next one is being typed already
  }

  /** @param {string} sign */
  react(sign) {
    this.room.line.write({ type: "react", sitting: this.room.sitting, sign });
  }

  messages() {
    /** @type {import("../wire.d.ts").SeenEvent[]} */
    const events = this.room.view?.events ?? [];
    return events.filter((event) => event.kind === "said" && event.body).slice(-SHOWN);
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const messages = this.messages();
    const signs = this.signs.filter((one) => Date.now() - one.at < SIGN_MS);
    const silent = parts.sitting.closed_item;
    return html`<p class="small soft">${t(parts.sitting.chat_in_record ? "chat.in-record" : "chat.out-of-record")}</p>
      ${messages.length
        ? html`<ul class="list" aria-live="polite">${messages.map(
            (event) => html`<li><span class="main"><span class="strong">${marked(parts.people[event.body?.person]?.name ?? "")}</span> <span class="small soft figures">${clock(event.at)}</span>${event.body?.to === "chair" ? html` <span class="badge">${t("chat.to-chair")}</span>` : nothing}<br>${marked(event.body?.text ?? "")}</span></li>`,
          )}</ul>`
        : html`<p class="soft">${t("chat.empty")}</p>`}
      ${signs.map((one) => html`<p class="small" role="status">${marked(parts.people[one.person]?.name ?? "")}: ${t(`sign.${one.sign}`)}</p>`)}
      ${silent
        ? html`<p class="note">${t("refused.chat-closed-item")}</p>`
        : html`<form class="form" @submit=${this.say_}><label class="field"><span>${t("chat.message")}</span><textarea name="text" required maxlength="2000"></textarea></label>
            <label class="check"><input type="checkbox" .checked=${this.to === "chair"} @change=${() => (this.to = this.to === "chair" ? "all" : "chair")}><span>${t("chat.only-chair")}</span></label>
            <button class="button act">${icon("send")}${t("chat.send")}</button></form>
          <div class="row" role="group" aria-label=${t("chat.signs")}>${SIGNS.map((sign) => html`<button class="button" @click=${() => this.react(sign)}>${t(`sign.${sign}`)}</button>`)}</div>`}`;
  }
}

customElements.define("room-chat", Chat);
