// This page's one channel: opened when first needed, shared by every element.
import { Channel } from "./protocol.js";
import { t } from "./words.js";

/** @type {Channel | null} */
let opened = null;

/** @param {string} [site] the credential of a room's browser */
export function channel(site = "") {
  if (!opened || opened.state === "closed" || opened.site !== site) {
    opened?.close();
    opened = new Channel(`wss://${location.host}/channel`, { site });
    opened.addEventListener("outdated", () => location.reload());
    opened.addEventListener("signed-out", () => location.assign("/sign-in"));
    opened.addEventListener("refused", (event) => {
      const text = /** @type {CustomEvent} */ (event).detail.text || t("refused.unknown");
      document.querySelector("bacap-app")?.dispatchEvent(new CustomEvent("bacap-say", { detail: { text, tone: "seal" } }));
    });
  }
  return opened;
}

/** Signing out: what the server says of it to this page's channel is known here already. */
export const hangUp = () => opened?.close();
