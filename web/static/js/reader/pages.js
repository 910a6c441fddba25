// All pages, small: each is drawn when it comes into sight. A tap goes there.
import { Part, html } from "../part.js";
import { openPaper } from "../pdf.js";
import { t } from "../words.js";

const WIDTH = 112; // CSS px

class Pages extends Part {
  static properties = { paper: {}, address: { attribute: false }, pages: { type: Number }, page: { type: Number } };

  constructor() {
    super();
    this.paper = "";
    /** @type {() => Promise<string>} */
    this.address = async () => "";
    this.pages = 0;
    this.page = 1;
    this.watcher = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) {
        if (isIntersecting) void this.draw(/** @type {HTMLElement} */ (target));
        else target.querySelector("canvas")?.remove(); // thousands of them would fill a tablet
      }
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watcher.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    for (const button of this.querySelectorAll("button")) {
      if (changed.has("paper")) {
        button.querySelector("canvas")?.remove();
        this.watcher.unobserve(button); // so that it is told of anew
      }
      this.watcher.observe(button);
    }
    this.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {HTMLElement} button */
  async draw(button) {
    if (button.querySelector("canvas")) return;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    button.querySelector(".thumb")?.replaceChildren(canvas);
    try {
      const page = await (await openPaper(this.paper, this.address)).getPage(Number(button.dataset.page));
      const ratio = Math.min(devicePixelRatio || 1, 2);
      const viewport = page.getViewport({ scale: (WIDTH * ratio) / page.getViewport({ scale: 1 }).width });
      [canvas.width, canvas.height] = [Math.floor(viewport.width), Math.floor(viewport.height)];
      await page.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
    } catch {
      canvas.remove(); // its number is left; tried again when it is next in sight
    }
  }

  render() {
    return html`<ol class="thumbs">${Array.from({ length: this.pages }, (_, index) => {
      const page = index + 1;
      return html`<li><button class="plain" data-page=${page} aria-label=${t("reader.go", { page })} aria-current=${page === this.page ? "page" : "false"}
        @click=${() => this.dispatchEvent(new CustomEvent("go", { detail: page }))}><span class="thumb"></span><span class="figures small">${page}</span></button></li>`;
    })}</ol>`;
  }
}

customElements.define("reader-pages", Pages);
