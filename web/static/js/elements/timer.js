// A clock that runs: how long since a moment, by the server's clock; with a limit, of how long, and that it is over.
import { Part, html, nothing } from "../part.js";
import { elapsed, t } from "../words.js";

class Timer extends Part {
  static properties = { since: { type: Number }, limit: { type: Number }, now: { attribute: false } };

  constructor() {
    super();
    this.since = 0;
    this.limit = 0; // seconds; 0: none
    this.now = () => Date.now();
  }

  connectedCallback() {
    super.connectedCallback();
    this.beat = setInterval(() => this.requestUpdate(), 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.beat);
  }

  render() {
    const gone = this.now() - this.since;
    const over = this.limit > 0 && gone > this.limit * 1000;
    return html`<span class="figures ${over ? "over" : ""}" role="timer">${elapsed(gone)}${this.limit ? ` / ${elapsed(this.limit * 1000)}` : nothing}</span>${over ? html` <span class="over small">${t("timer.over")}</span>` : nothing}`;
  }
}

customElements.define("bacap-timer", Timer);
