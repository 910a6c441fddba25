// Without a network: the papers that were taken along, and one of them open. Nothing here asks the server for anything but
// whether the papers may stay.
import { ask } from "../elements/confirm.js";
import { channel } from "../line.js";
import { contact, copies, drop, keptPapers, readable, tick, turnedBack } from "../offline/copies.js";
import { Part, html, icon, nothing } from "../part.js";
import "../reader/reader.js";
import { marked, moment, t } from "../words.js";

/** @typedef {import("../offline/copies.js").Copy} Copy */

const LOOK_MS = 15_000;

class Offline extends Part {
  static properties = { sitting: { attribute: false }, paper: { attribute: false }, copies: { state: true }, clock: { state: true }, online: { state: true } };

  constructor() {
    super();
    this.sitting = "";
    this.paper = "";
    this.page = Math.max(1, Number(new URLSearchParams(location.search).get("page")) || 1);
    /** What may still be read; null until it is known. @type {Copy[] | null} */
    this.copies = null;
    /** @type {Set<string>} */
    this.here = new Set();
    /** Was the tablet's clock put back? */
    this.clock = false;
    this.drawn = "";
    /** Does the server answer? */
    this.online = false;
    this.line = channel();
    this.change = () => void this.look();
  }

  connectedCallback() {
    super.connectedCallback();
    this.beat = setInterval(this.change, LOOK_MS);
    this.line.addEventListener("state", this.change);
    void this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.beat);
    this.line.removeEventListener("state", this.change);
  }

  /** What is here at once; what is over, or was recalled meanwhile, goes from the screen too. */
  async look() {
    this.online = this.line.state === "open";
    await tick(); // kept before anything is shown
    await this.draw();
    if (await contact()) await this.draw();
  }

  async draw() {
    const [found, here] = [await copies(), new Set((await keptPapers()).keys())];
    this.clock = await turnedBack();
    const told = JSON.stringify([found, [...here]]);
    if (told === this.drawn && this.copies) return; // what is open is not drawn anew for nothing
    this.drawn = told;
    this.here = here;
    this.copies = found.map((copy) => ({ ...copy, parts: { ...copy.parts, stage: { ...copy.parts.stage, paper: "" } } })); // nothing is presented
  }

  /** @param {Copy} copy */
  async drop(copy) {
    if (await ask({ title: t("offline.drop-title"), text: t("offline.drop-text"), act: t("offline.drop") })) await drop(copy.sitting);
    await this.draw();
  }

  /** @param {Copy} copy */
  card(copy) {
    const { sitting } = copy.parts;
    return html`<section class="card stack"><h2>${marked(sitting.title)}</h2><p class="soft">${moment(sitting.begins)}${sitting.place ? html`, ${marked(sitting.place)}` : nothing}</p>
      ${copy.parts.agenda.map((item) => {
        const papers = readable({ ...copy.parts, agenda: [item] });
        return papers.length ? html`<h3>${item.number}. ${marked(item.title)}</h3><ul class="list">${papers.map((paper) => html`<li>${icon("file-text")}<span class="main">${this.here.has(paper.sha256)
          ? html`<a href=${`/offline/${copy.sitting}/${paper.id}`}>${marked(paper.name)}</a> <span class="soft small">${t("offline.pages", { pages: paper.pages })}</span>`
          : html`${marked(paper.name)} <span class="soft small">${t("offline.missing")}</span>`}</span></li>`)}</ul>` : nothing;
      })}
      <div class="row"><span class="small soft">${t("offline.until", { when: moment(copy.until) })}</span><span class="push"></span><button class="button plain small-button" @click=${() => this.drop(copy)}>${icon("x")}${t("offline.drop")}</button></div></section>`;
  }

  render() {
    if (!this.copies) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    const copy = this.copies.find((one) => one.sitting === this.sitting);
    const open = copy && readable(copy.parts).find((paper) => paper.id === this.paper && this.here.has(paper.sha256));
    if (copy && open)
      return html`<paper-reader offline .me=${copy.me.id} .line=${this.line} .sitting=${copy.sitting} .parts=${copy.parts} .paper=${this.paper} .page=${this.page} @leave=${() => history.back()}></paper-reader>`;
    return html`<div class="place stack"><h1>${t("place.place-offline")}</h1>
      ${this.online
        ? html`<p class="note good row"><span>${t("offline.online")}</span><a class="button act" href="/" target="_self">${t("place.place-desk")}</a></p>`
        : html`<p class="note row">${icon("wifi-off")}<span>${t("offline.no-network")}</span></p>`}
      ${this.paper ? html`<p class="note seal" role="alert">${t("offline.gone")}</p>` : nothing}
      ${this.clock ? html`<p class="note seal" role="alert">${t("offline.clock")}</p>` : nothing}
      ${this.copies.length ? this.copies.map((one) => this.card(one)) : this.clock ? nothing : html`<p class="soft">${t("offline.none")}</p>`}</div>`;
  }
}

customElements.define("place-offline", Offline);
