// Finds a QR symbol before the camera, or in a photograph: on browsers that have no such thing by themselves too.
import { Part, html, icon, nothing } from "../part.js";
import { t } from "../words.js";

const SIDE = 1600; // pixels of a photograph's longer side: what a symbol needs, and no more to look through
const FRAME = 960; // of a picture of the camera
const TURNS = [0, 9, -14, 31]; // degrees: what lies exactly straight or dim is found when it is turned a little
const PAUSE_MS = 120;

/** What the symbol in a picture holds; "" for none. @param {CanvasImageSource} picture @param {number} width @param {number} height @param {number} most @param {number[]} turns */
async function find(picture, width, height, most, turns) {
  const { decodeQR } = await import("qr");
  const scale = Math.min(1, most / Math.max(width, height));
  const [wide, high] = [width * scale, height * scale];
  for (const degrees of turns) {
    const [cos, sin] = [Math.abs(Math.cos((degrees * Math.PI) / 180)), Math.abs(Math.sin((degrees * Math.PI) / 180))];
    const canvas = new OffscreenCanvas(Math.ceil(wide * cos + high * sin), Math.ceil(wide * sin + high * cos));
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.translate(canvas.width / 2, canvas.height / 2);
    pen.rotate((degrees * Math.PI) / 180);
    pen.drawImage(picture, -wide / 2, -high / 2, wide, high);
    try {
      return decodeQR(pen.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      continue; // turned another way it may be found
    }
  }
  return "";
}

class Scan extends Part {
  static properties = { live: { state: true }, busy: { state: true }, fault: { state: true } };

  constructor() {
    super();
    this.live = false;
    this.busy = false;
    this.fault = "";
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  disconnectedCallback() {
    this.stop();
    super.disconnectedCallback();
  }

  /** @param {string} text */
  found(text) {
    this.dispatchEvent(new CustomEvent("scanned", { detail: text }));
  }

  async start() {
    this.fault = "";
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    } catch {
      this.fault = t("scan.no-camera");
      return;
    }
    this.live = true;
    await this.updateComplete;
    const video = /** @type {HTMLVideoElement} */ (this.querySelector("video"));
    video.srcObject = this.stream;
    await video.play();
    for (let turn = 0; this.live; turn++) {
      const text = video.videoWidth ? await find(video, video.videoWidth, video.videoHeight, FRAME, [TURNS[turn % TURNS.length]]) : "";
      if (text && this.live) {
        this.stop();
        this.found(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  stop() {
    this.live = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  /** @param {Event} event */
  async photograph(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    this.fault = "";
    this.busy = true;
    try {
      const picture = await createImageBitmap(file);
      const text = (await find(picture, picture.width, picture.height, SIDE, TURNS)) || (await find(picture, picture.width, picture.height, FRAME, TURNS));
      if (text) this.found(text);
      else this.fault = t("scan.none");
    } catch {
      this.fault = t("refused.picture-unreadable");
    }
    this.busy = false;
  }

  render() {
    return html`<div class="stack tight">
      ${this.live
        ? html`<video class="scan" muted playsinline aria-label=${t("scan.view")}></video><button type="button" class="button wide" @click=${this.stop}>${icon("x")}${t("scan.stop")}</button>`
        : html`<button type="button" class="button act wide" @click=${this.start}>${icon("scan-qr-code")}${t("scan.start")}</button>`}
      <label class="button wide">${icon("file-search")}${t("scan.photograph")}<input class="read-only-to-ears" type="file" accept="image/*" @change=${this.photograph}></label>
      ${this.busy ? html`<progress aria-label=${t("scan.busy")}></progress>` : nothing}
      ${this.fault ? html`<p class="note warn" role="alert">${this.fault}</p>` : nothing}</div>`;
  }
}

customElements.define("bacap-scan", Scan);
