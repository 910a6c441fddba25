// Checking in, and who is here. Persons are counted, not pictures.
import { html, icon, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { clock, elapsed, marked, t } from "../words.js";
import "./leading.js";

class CheckIn extends RoomPart {
  /** @param {SubmitEvent} event */
  async submit(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const site = String(form.get("site"));
    await this.room.ask({ kind: "check-in", site, code: site ? String(form.get("code") ?? "") : "" });
  }

  render() {
    const parts = this.parts;
    if (!parts) return nothing;
    const unit = this.room.me?.offices[0]?.unit;
    const mine = parts.sites.find((site) => site.unit === unit)?.site ?? "";
    return html`<form class="note check-in" @submit=${this.submit}><label class="field"><span class="strong">${t("check-in.where")}</span>
        <select name="site">${parts.sites.map((site) => html`<option value=${site.site} ?selected=${site.site === mine}>${marked(parts.rooms[site.site] ?? "")}</option>`)}
          <option value="" ?selected=${!mine}>${t("check-in.alone")}</option></select></label>
      ${parts.attendance.codes ? html`<label class="field code"><span class="strong">${t("check-in.code")}</span><input name="code" inputmode="numeric" autocomplete="off" maxlength="8" placeholder="000 000"></label>` : nothing}
      <button class="button act decisive">${icon("user-check")}${t("check-in.act")}</button></form>`;
  }
}

class Attendance extends RoomPart {
  /** @param {import("../wire.d.ts").SeatPart} seat */
  row(seat) {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const card = parts.people[seat.person];
    const open = parts.sitting.phase === "open";
    const acts = open && this.room.conducts && seat.role !== "clerk";
    return html`<li><span class="main"><span class="strong">${marked(card?.name ?? "")}</span><br><span class="small soft">${marked(card?.office ?? "")} · ${t(`seat.${seat.role}`)}</span></span>
      ${seat.present
        ? html`<span class="badge good">${icon("check")}${t("attendance.here", { at: clock(seat.since), where: seat.site ? marked(parts.rooms[seat.site] ?? "") : t("check-in.alone") })}</span>`
        : html`<span class="badge ${seat.standing === "excused" ? "warn" : ""}">${t(`standing.${seat.standing}`)}</span>`}
      ${seat.spoken ? html`<span class="small soft figures">${t("attendance.spoken", { time: elapsed(seat.spoken) })}</span>` : nothing}
      ${acts && !seat.present ? html`<button class="button" @click=${() => this.room.ask({ kind: "check-in", person: seat.person, site: this.siteOf(seat) })}>${t("attendance.check-in")}</button>` : nothing}
      ${acts && seat.present ? html`<button class="button" @click=${() => this.room.ask({ kind: "check-out", person: seat.person })}>${t("attendance.check-out")}</button>` : nothing}
      ${this.room.presides && seat.present && parts.stage.speaker !== seat.person ? html`<button class="button" @click=${() => this.room.ask({ kind: "give-floor", person: seat.person })}>${t("floor.give")}</button>` : nothing}</li>`;
  }

  /** The site of a person's own unit, if it takes part. @param {import("../wire.d.ts").SeatPart} seat */
  siteOf(seat) {
    return this.parts?.sites.find((site) => site.unit === seat.unit)?.site ?? "";
  }

  render() {
    const here = this.parts?.attendance;
    if (!here) return nothing;
    return html`<p class="badge ${here.quorate ? "good" : "warn"}">${t(here.quorate ? "room.quorate" : "room.not-quorate", { present: here.present, entitled: here.entitled, needed: here.needed })}</p>
      <room-leading .room=${this.room} .parts=${this.parts}></room-leading>
      <ul class="list">${here.seats.map((seat) => this.row(seat))}</ul>`;
  }
}

customElements.define("room-check-in", CheckIn);
customElements.define("room-attendance", Attendance);
