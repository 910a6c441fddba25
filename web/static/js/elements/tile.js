// A picture of a room or a person, with who it is. Says so when there is none.
import { Part, html, icon, nothing } from "../part.js";
import { marked, t } from "../words.js";

class Tile extends Part {
  static properties = { stream: { attribute: false }, name: {}, about: {}, since: { type: Number }, limit: { type: Number }, now: { attribute: false }, mirrored: { type: Boolean } };

  constructor() {
    super();
    /** @type {MediaStream | null} */
    this.stream = null;
    this.name = "";
    this.about = "";
    this.since = 0;
    this.limit = 0;
    this.now = () => Date.now();
    this.mirrored = false;
  }

  updated() {
    const video = this.querySelector("video");
    if (video && video.srcObject !== this.stream) {
      video.srcObject = this.stream;
      video.play().catch(() => undefined);
    }
  }

  render() {
    return html`<figure class="tile ${this.mirrored ? "mirrored" : ""}">
      ${this.stream ? html`<video autoplay playsinline muted aria-label=${this.name}></video>` : html`<div class="no-picture">${icon("video-off")}<span>${t("tile.none")}</span></div>`}
      ${this.since ? html`<bacap-timer class="clock" .since=${this.since} .limit=${this.limit} .now=${this.now}></bacap-timer>` : nothing}
      <figcaption class="who"><div class="strong">${marked(this.name)}</div>${this.about ? html`<div class="small">${marked(this.about)}</div>` : nothing}</figcaption>
    </figure>`;
  }
}

customElements.define("bacap-tile", Tile);
