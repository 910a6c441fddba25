// The frame: who I am, where I am, the menu, messages. It loads a place and puts it in the middle.
import "./elements/toast.js";
import { drop, get } from "./api.js";
import { silenceHere, silenceOthers } from "./bell.js";
import { Vault, keeps } from "./offline/vault.js";
import { Part, go, html, icon, nothing } from "./part.js";
import { find } from "./places.js";
import { within } from "./within.js";
import { loadWords, locale, marked, t } from "./words.js";

/** @typedef {import("./wire.d.ts").Me} Me */

const MENU = [
  ["desk", "/"],
  ["search", "/search"], ["plan", "/plan"], ["opinions", "/opinions"],
  ["tasks", "/tasks"],
  ["register", "/register"],
  ["administration", "/administration"],
  ["styleguide", "/styleguide"],
];

const ENDING = "ending"; // in this browser: the session is over, and the server does not know yet
const PATIENCE_MS = 5000; // for the server, where there is something to read without it

class App extends Part {
  static properties = { me: { state: true }, where: { state: true }, note: { state: true } };

  constructor() {
    super();
    /** @type {Me | null} */
    this.me = null;
    /** @type {ReturnType<typeof find> | undefined} */
    this.where = undefined; // until it is known
    /** @type {{text: string, tone: string} | null} */
    this.note = null;
    /** Is there no server to be had? */
    this.away = false;
    addEventListener("popstate", () => void this.arrive());
    this.addEventListener("bacap-say", (event) => this.hear(/** @type {CustomEvent} */ (event)));
    this.addEventListener("bacap-signed-in", () => void this.signedIn());
    this.addEventListener("click", (event) => this.follow(event));
    addEventListener("click", () => this.note?.tone === "seal" && (this.note = null), { capture: true }); // they act again: that refusal is over
    void this.arrive();
  }

  /** @param {CustomEvent} event */
  hear(event) {
    this.note = event.detail;
  }

  async signedIn() {
    localStorage.removeItem(ENDING); // another session took its place
    this.me = null;
    const next = new URLSearchParams(location.search).get("next") ?? "/";
    go(next.startsWith("/") && !next.startsWith("//") ? next : "/");
  }

  /** Links of ours change the place, not the page. @param {MouseEvent} event */
  follow(event) {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    if (!link || link.target || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.button) return;
    if (link.origin !== location.origin || !find(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  }

  /** @returns {Promise<void>} */
  async arrive() {
    const where = find(location.pathname);
    if (!this.me && !this.away && !(await this.meet()) && where && !where.place.open) {
      this.away = true; // asked again when the page is next loaded
      const [, sitting, paper] = /^\/sittings\/([^/]+)\/papers\/([^/]+)$/.exec(location.pathname) ?? [];
      history.replaceState(null, "", paper ? `/offline/${sitting}/${paper}${location.search}` : "/offline");
      return this.arrive();
    }
    if (where && !where.place.open && !this.me?.id) {
      go(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    if (where) await where.place.load();
    this.where = where;
    document.title = `${where ? t(where.place.title) : ""} · ${t("app.title")}`;
    await this.updateComplete;
    if (!where?.place.bare) /** @type {HTMLElement | null} */ (this.querySelector("main"))?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** Who am I? False: the server does not answer, and something was taken along to read. */
  async meet() {
    if (localStorage.getItem(ENDING)) {
      const ended = await drop("/api/session").then(() => true, (error) => error.code !== "offline");
      if (!ended) return true; // nobody is signed in here, whatever the cookie says
      localStorage.removeItem(ENDING);
    }
    const asking = get("/api/me");
    try {
      this.me = await (keeps() ? within(PATIENCE_MS, asking) : asking);
    } catch {
      return !keeps();
    }
    const me = this.me;
    if (!me?.id) {
      if (keeps()) void import("./offline/copies.js").then(({ contact }) => contact()).catch(() => undefined); // it may have been cut off
      return true;
    }
    await Vault.disown(me.id).catch(() => undefined);
    void silenceOthers().catch(() => undefined); // offline: asked again when a page is next loaded
    void Promise.all([import("./offline/refresh.js"), import("./line.js")]).then(([{ refresh }, { channel }]) => refresh(channel(), me)).catch(() => undefined);
    return true;
  }

  async signOut() {
    const [{ ask }, { sendAll, unsentOf }, { untoldOf }] = await Promise.all([import("./elements/confirm.js"), import("./reader/annotations.js"), import("./reader/dwell.js")]);
    const left = await sendAll(this.me?.id ?? "");
    if (left && !(await ask({ title: t("annotation.left-title"), text: t("annotation.left-text", { count: left }), act: t("annotation.left-act"), tone: "seal" }))) return;
    for (const key of [...untoldOf(this.me?.id ?? ""), ...unsentOf(this.me?.id ?? "")]) localStorage.removeItem(key); // the next person on this device is somebody else
    if (keeps()) await (await import("./offline/copies.js")).dropAll();
    await this.attempt(silenceHere);
    (await import("./line.js")).hangUp();
    localStorage.setItem(ENDING, "1"); // without a line it ends when there is one, before anything else is asked
    if (await this.did(() => drop("/api/session"))) localStorage.removeItem(ENDING);
    sessionStorage.clear(); // what was being written: the next person on this device is somebody else
    location.assign("/sign-in"); // and with the page goes what was read
  }

  /** @param {Event} event */
  speak(event) {
    const chosen = /** @type {HTMLSelectElement} */ (event.target).value;
    document.cookie = `locale=${chosen}; path=/; max-age=31536000; secure; samesite=lax`;
    location.reload();
  }

  place() {
    if (this.where === undefined) return html`<div class="place"><p class="soft">${t("app.loading")}</p></div>`;
    if (!this.where) return html`<div class="place empty"><h1>${t("app.nowhere")}</h1><a class="button act" href="/">${t("place.place-desk")}</a></div>`;
    const made = /** @type {any} */ (document.createElement(this.where.place.tag));
    made.me = this.me;
    Object.assign(made, this.where.params);
    return made;
  }

  /** The same element stays for the same address, whatever else is drawn anew. */
  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("where")) this.shown = this.place();
  }

  menu() {
    const places = this.me?.places ?? [];
    return MENU.filter(([name]) => places.includes(name)).map(([name, path]) => {
      const here = path === "/" ? location.pathname === "/" : location.pathname.startsWith(path);
      return html`<a href=${path} aria-current=${here ? "page" : "false"}>${t(`menu.${name}`)}</a>`;
    });
  }

  render() {
    const toast = html`<bacap-toast .note=${this.note} @done=${() => (this.note = null)}></bacap-toast>`;
    if (this.where?.place.bare) return html`${this.shown}${toast}`;
    return html`<div class="frame">
      <header class="masthead">
        <a class="button act skip" href="#main" target="_self">${t("app.skip")}</a>
        <a class="brand" href="/">bacap</a>
        <nav aria-label=${t("app.menu")}>${this.menu()}</nav>
        <span class="push row">
          ${this.me?.id ? html`<a class="button plain small" href="/signature" title=${t("place.place-signature")}>${icon("signature")}<span><span class="strong">${marked(this.me.name)}</span> <span class="soft office">${marked(this.me.offices[0]?.office ?? "")}</span></span></a>` : nothing}
          <label class="field"><span class="read-only-to-ears">${t("app.language")}</span>
            <select @change=${this.speak}>
              <option value="vi" ?selected=${locale !== "en"}>Tiếng Việt</option>
              <option value="en" ?selected=${locale === "en"}>English</option>
            </select></label>
          ${this.me?.id ? html`<button class="button plain" @click=${this.signOut}>${icon("log-out")}${t("act.sign-out")}</button>` : nothing}
        </span>
      </header>
      ${this.me?.demonstration ? html`<div class="banner">${t("demo.banner")}</div>` : html`<div></div>`}
      <main id="main" tabindex="-1">${this.shown ?? nothing}</main>
    </div>${toast}`;
  }
}

await loadWords();
customElements.define("bacap-app", App);
