// What who conducts a sitting sets: how long speeches are, who is called first, codes on the walls, who leads, side rooms.
import { post } from "../api.js";
import { ask, fill } from "../elements/confirm.js";
import { html, icon, newId, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { marked, t } from "../words.js";

const MINUTES = [0, 2, 3, 5, 10];

class Leading extends RoomPart {
  /** @param {"chair" | "secretary"} role */
  async handOver(role) {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const may = parts.attendance.seats.filter((seat) => seat.present && !["guest", "substitute", "chair", "secretary"].includes(seat.role) && (role === "secretary" || seat.entitled));
    const fields = html`<label class="field"><span>${t("leading.who")}</span><select name="person" required>${may.map((seat) => html`<option value=${seat.person}>${marked(parts.people[seat.person]?.name ?? "")}</option>`)}</select></label>`;
    const what = { title: t(`leading.${role}-title`), text: t(`leading.${role}-text`), act: t("leading.hand-over"), tone: /** @type {const} */ ("seal") };
    await fill(what, fields, (form) => this.room.send({ kind: "hand-over", role, person: String(form.get("person")) }));
  }

  async takeOver() {
    if (await ask({ title: t("leading.take-title"), text: t("leading.take-text"), act: t("leading.take"), tone: "seal" }))
      await this.attempt(() => post(`/api/sittings/${this.room.sitting}/take-over`, { role: "chair" }));
  }

  async aside() {
    const parts = /** @type {import("../wire.d.ts").Screen} */ (this.parts);
    const free = parts.sites.filter((site) => !site.side_room);
    const fields = html`<label class="field"><span>${t("side.name")}</span><input name="name" required maxlength="100" value=${t("side.default")}></label>
      <fieldset class="people-grid"><legend>${t("side.sites")}</legend>${free.map((site) => html`<label class="check"><input type="checkbox" name="site" value=${site.site}>${marked(parts.rooms[site.site] ?? "")}</label>`)}</fieldset>`;
    const room = newId();
    await fill({ title: t("side.title"), text: t("side.text"), act: t("side.open") }, fields, (form) =>
      this.room.send({ kind: "open-side-room", room, name: String(form.get("name")), sites: form.getAll("site").map(String) }),
    );
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  sides(parts) {
    const rooms = Object.entries(parts.side_rooms);
    return html`<div class="row"><h3>${t("side.rooms")}</h3><button class="button push" @click=${this.aside}>${icon("users")}${t("side.open")}</button></div>
      ${rooms.length
        ? html`<ul class="list">${rooms.map(
            ([room, one]) => html`<li><span class="main"><span class="strong">${marked(one.name)}</span><br><span class="small soft">${marked(one.sites.map((site) => parts.rooms[site] ?? "").join(", "))}</span></span>
              <button class="button" @click=${() => this.room.ask({ kind: "close-side-room", room })}>${t("side.close")}</button></li>`,
          )}</ul>`
        : nothing}`;
  }

  /** @param {import("../wire.d.ts").Screen} parts */
  floor(parts) {
    const { each, by } = parts.stage;
    const chosen = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
    return html`<div class="form across"><label class="field"><span>${t("leading.each")}</span><select @change=${(/** @type {Event} */ event) => this.room.ask({ kind: "limit-speeches", seconds: 60 * Number(chosen(event)) })}>${MINUTES.map(
        (minutes) => html`<option value=${minutes} ?selected=${each === minutes * 60}>${minutes ? t("item.length", { minutes }) : t("leading.no-limit")}</option>`,
      )}</select></label>
      <label class="field"><span>${t("leading.order")}</span><select @change=${(/** @type {Event} */ event) => this.room.ask({ kind: "order-queue", by: chosen(event) })}>
        <option value="asked" ?selected=${by === "asked"}>${t("leading.asked")}</option><option value="least-time" ?selected=${by === "least-time"}>${t("leading.least-time")}</option></select></label></div>`;
  }

  render() {
    const parts = this.parts;
    if (!parts || parts.sitting.phase !== "open") return nothing;
    const { presides, conducts, seat } = this.room;
    if (seat?.role === "deputy" && seat.present)
      return html`<div class="note row"><p class="small">${t("leading.take-help")}</p><button class="button" @click=${this.takeOver}>${t("leading.take")}</button></div>`;
    if (!conducts) return nothing;
    const codes = parts.attendance.codes;
    return html`<div class="stack">${presides ? this.floor(parts) : nothing}
      <label class="check"><input type="checkbox" .checked=${codes} @change=${() => this.room.ask({ kind: "ask-codes", on: !codes })}><span>${t("leading.codes")}<br><span class="small soft">${t("leading.codes-help")}</span></span></label>
      ${presides ? html`<div class="row"><button class="button" @click=${() => this.handOver("chair")}>${icon("gavel")}${t("leading.chair")}</button><button class="button" @click=${() => this.handOver("secretary")}>${icon("pen-line")}${t("leading.secretary")}</button></div>` : nothing}
      ${this.sides(parts)}</div>`;
  }
}

customElements.define("room-leading", Leading);
