// A clock that runs: how long since a moment, by the server's clock.
import { Part, html } from "../part.js";
import { elapsed } from "../words.js";

class Timer extends Part {
  static properties = { since: { type: Number }, now: { attribute: false } };

  constructor() {
    super();
    this.since = 0;
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
    return html`<span class="figures" role="timer">${elapsed(this.now() - this.since)}</span>`;
  }
}

customElements.define("bacap-timer", Timer);
