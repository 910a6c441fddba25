// Thử thiết bị: a person tries camera, microphone and line before joining; nobody else sees or hears it.
import "../elements/check.js";
import { channel } from "../line.js";
import { Part, html } from "../part.js";
import { t } from "../words.js";

class Check extends Part {
  render() {
    return html`<div class="place narrow stack"><h1>${t("place.place-check")}</h1><section class="card"><bacap-check .line=${channel()}></bacap-check></section></div>`;
  }
}

customElements.define("place-check", Check);
