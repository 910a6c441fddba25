// The end of a sitting's records: the clerk hands them over to the archive for a term; then there is a package to take out.
import { get, post } from "../api.js";
import { fill } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { moment, t } from "../words.js";

class Archive extends RoomPart {
  async hand() {
    const known = await this.attempt(() => get("/api/retention"));
    if (!known) return;
    const { terms, source } = /** @type {import("../wire.d.ts").Retention} */ (known);
    const occasion = this.parts?.sitting.occasion ?? "";
    const fields = html`<label class="field"><span>${t("archive.term")}</span><select name="term">${terms.map((term) => html`<option value=${term.code} ?selected=${term.suits.includes(occasion)}>${term.years ? t("archive.years", { years: term.years }) : t("archive.for-good")}</option>`)}</select>
      <span class="help">${t("archive.unsure", { source })}</span></label>`;
    await fill({ title: t("archive.title"), text: t("archive.text"), act: t("archive.act"), tone: "seal" }, fields, (form) => post(`/api/sittings/${this.room.sitting}/archive`, { term: String(form.get("term")) }));
  }

  render() {
    const parts = this.parts;
    if (!parts || !["clerk", "secretary", "chair"].includes(this.room.role)) return nothing;
    const { archived_at: at } = parts.sitting;
    if (at) return html`<section class="stack tight"><h3>${t("archive.heading")}</h3><p class="note good">${t("archive.done", { when: moment(at) })}</p><div class="row"><a class="button" href=${`/api/sittings/${this.room.sitting}/archive.zip`} download>${icon("download")}${t("archive.package")}</a></div></section>`;
    if (this.room.role !== "clerk" || parts.minutes.step !== "circulated") return nothing;
    return html`<section class="stack tight"><h3>${t("archive.heading")}</h3><p class="soft">${t("archive.help")}</p><div class="row"><button class="button act" @click=${this.hand}>${icon("save")}${t("archive.act")}</button></div></section>`;
  }
}

customElements.define("minutes-archive", Archive);
