// Reading a paper by myself, at an address of its own: from the desk, from search, from the agenda.
import { html } from "../part.js";
import "../reader/reader.js";
import { SittingPlace, paperIn } from "../sitting.js";
import { marked, t } from "../words.js";

class ReaderPlace extends SittingPlace {
  static properties = { paper: { attribute: false } };

  constructor() {
    super();
    this.paper = "";
    const asked = new URLSearchParams(location.search);
    this.page = Math.max(1, Number(asked.get("page")) || 1);
    this.query = asked.get("find") ?? "";
  }

  render() {
    if (!this.parts && this.line.state === "lost") return this.waits();
    const found = paperIn(this.parts, this.paper)?.paper ?? null;
    if (found?.step === "recalled" || found?.on_paper) return html`<main id="main" class="place"><h1>${marked(found.on_paper ? t("paper.on-paper") : found.name)}</h1><p class="note seal" role="alert">${found.on_paper ? t("refused.paper-on-paper") : t("refused.paper-recalled", { reason: marked(found.reason) })}</p><div class="row"><a class="button act" href="/">${t("place.place-desk")}</a></div></main>`;
    if (!found) return html`<main id="main" class="place"><p class="soft">${t(this.parts ? "refused.no-such-paper" : "app.loading")}</p><a class="button" href="/">${t("place.place-desk")}</a></main>`;
    return html`<main id="main"><paper-reader .me=${this.me?.id ?? ""} .line=${this.line} .sitting=${this.sitting} .parts=${this.parts} .paper=${this.paper} .page=${this.page} .query=${this.query} @leave=${() => history.back()}></paper-reader></main>`;
  }
}

customElements.define("place-reader", ReaderPlace);
