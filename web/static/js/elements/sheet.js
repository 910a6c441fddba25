// A page of a paper, drawn by pdf.js: scripts off, nothing of the file is ever run.
import { Part, html, nothing } from "../part.js";
import { t } from "../words.js";

/** @type {Promise<any> | null} */
let library = null;

async function pdfjs() {
  library ??= import("pdfjs").then((lib) => {
    lib.GlobalWorkerOptions.workerSrc = "/static/vendor/pdfjs/pdf.worker.min.mjs";
    return lib;
  });
  return library;
}

/** Papers that were opened, by the SHA-256 of their content: each crosses the line once. @type {Map<string, Promise<any>>} */
const opened = new Map();

/** @param {string} key @param {() => Promise<string>} address */
function open(key, address) {
  let found = opened.get(key);
  if (!found) {
    found = (async () => {
      const lib = await pdfjs();
      const base = "/static/vendor/pdfjs";
      return lib.getDocument({
        url: await address(), isEvalSupported: false, enableXfa: false, cMapUrl: `${base}/cmaps/`, wasmUrl: `${base}/wasm/`,
        standardFontDataUrl: `${base}/standard_fonts/`, iccUrl: `${base}/iccs/`, cMapPacked: true,
      }).promise;
    })();
    opened.set(key, found);
    found.catch(() => opened.delete(key));
  }
  return found;
}

class Sheet extends Part {
  static properties = { paper: {}, address: { attribute: false }, page: { type: Number }, zoom: { type: Number }, fault: { state: true }, pages: { state: true } };

  constructor() {
    super();
    this.paper = "";
    /** @type {() => Promise<string>} */
    this.address = async () => "";
    this.page = 1;
    this.zoom = 1;
    this.fault = "";
    this.pages = 0;
    this.turn = 0;
    this.watcher = new ResizeObserver(() => void this.draw());
  }

  firstUpdated() {
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watcher.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has("paper") || changed.has("page") || changed.has("zoom")) void this.draw();
  }

  /** Draw the page as wide as there is room; an older drawing that is still under way is given up. */
  async draw() {
    const turn = ++this.turn;
    if (!this.paper || !this.clientWidth) return;
    try {
      const document = await open(this.paper, this.address);
      this.pages = document.numPages;
      this.dispatchEvent(new CustomEvent("pages", { detail: document.numPages }));
      const page = await document.getPage(Math.min(Math.max(1, this.page), document.numPages));
      if (turn !== this.turn) return;
      const natural = page.getViewport({ scale: 1 });
      const { paddingLeft, paddingRight } = getComputedStyle(this);
      const room = Math.min(this.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 2, 980) * this.zoom;
      const ratio = Math.min(devicePixelRatio || 1, 2);
      const view = page.getViewport({ scale: (room / natural.width) * ratio });
      const canvas = window.document.createElement("canvas");
      canvas.width = Math.floor(view.width);
      canvas.height = Math.floor(view.height);
      canvas.style.width = `${view.width / ratio}px`;
      await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport: view }).promise;
      const text = await page.getTextContent();
      if (turn !== this.turn) return;
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", text.items.map((/** @type {any} */ item) => item.str ?? "").join(" ").slice(0, 4000));
      this.querySelector(".sheet-room")?.replaceChildren(canvas);
      this.fault = "";
      this.dataset.shown = `${this.paper}:${this.page}`;
    } catch (error) {
      if (turn === this.turn) this.fault = /** @type {Error} */ (error).message;
    }
  }

  render() {
    return html`${this.fault ? html`<div class="note seal">${t("sheet.fault")}</div>` : nothing}<div class="sheet-room"></div>`;
  }
}

customElements.define("bacap-sheet", Sheet);
