// The language of form, each thing in each state; the page on which contrast and names are tested.
import "../elements/tile.js";
import "../elements/timer.js";
import "../elements/vote-bars.js";
import { ask } from "../elements/confirm.js";
import { Part, html, icon } from "../part.js";
import { clock, date, moment, t } from "../words.js";

const COLOURS = ["paper", "surface", "line", "edge", "ink", "ink-soft", "act", "act-wash", "seal", "seal-wash", "good", "good-wash", "warn", "warn-wash"];
const TONES = ["", "good", "warn", "seal"];
const RESULT = { counts: [["for", 8], ["against", 1], ["silent", 1]], unheard: 1, members: 11, base: 11, needed: 6, carried: ["for"], by_chair: false, tied: [] };

class StyleGuide extends Part {
  /** @param {string} theme */
  theme(theme) {
    document.documentElement.dataset.theme = theme;
  }

  render() {
    const now = Date.now();
    return html`<div class="place stack"><div class="head"><h1>${t("place.place-styleguide")}</h1>
        <div class="row push">${["light", "dark"].map((theme) => html`<button class="button" @click=${() => this.theme(theme)}>${t(`styleguide.${theme}`)}</button>`)}</div></div>
      <section class="card stack" data-own-words><h2>${t("styleguide.colours")}</h2><div class="swatches">${COLOURS.map((name) => html`<div class="swatch"><i class="colour-${name}"></i><p>${name}</p></div>`)}</div></section>
      <section class="card stack" data-own-words><h2>${t("styleguide.type")}</h2><h1>Ủy ban nhân dân huyện Vĩnh Linh</h1><h2>Phiên họp thường kỳ</h2><h3>Chương trình</h3><p>Ưỡn ẹo, nghiễm nhiên, khuỷu tay, quẳng, ngoẵng.</p><p class="document-text">Độc lập - Tự do - Hạnh phúc</p><p class="figures">${moment(now)} · ${date(now)} · ${clock(now)} · 1.234.567</p></section>
      <section class="card stack"><h2>${t("styleguide.buttons")}</h2><div class="sample"><button class="button">${t("act.cancel")}</button><button class="button act">${icon("send")}${t("prepare.release")}</button><button class="button seal">${t("chair.open")}</button><button class="button" disabled>${t("act.close")}</button><button class="button" aria-pressed="true">${t("choice.for")}</button></div>
        <div class="sample"><button class="button act decisive">${icon("hand")}${t("floor.ask")}</button><button class="button seal decisive">${icon("signature")}${t("sign.act-chair")}</button><button class="button plain">${icon("chevron-left")}${t("room.back")}</button></div></section>
      <section class="card stack"><h2>${t("styleguide.states")}</h2><div class="sample">${TONES.map((tone) => html`<span class="badge ${tone}">${icon("check")}${t("sites.connected")}</span>`)}</div>${TONES.map((tone) => html`<div class="note ${tone}">${t("room.reconnecting")}</div>`)}<label class="field"><span>${t("intake.sending", { name: "…" })}</span><progress max="1" value="0.4"></progress></label></section>
      <section class="card stack" data-own-words><h2>${t("styleguide.fields")}</h2><div class="form across"><label class="field"><span>${t("field.name")}</span><input .value=${"Phạm Thị Lan"}><span class="help">${t("password.help")}</span></label><label class="field"><span>${t("field.unit")}</span><select><option>Vĩnh Linh</option></select></label><label class="check"><input type="checkbox" checked>${t("item.closed")}</label></div>
        <button class="button" @click=${() => ask({ title: t("chair.open-title"), text: t("chair.open-text"), act: t("chair.open"), tone: "seal" })}>${t("styleguide.dialog")}</button></section>
      <section class="card stack"><h2>${t("styleguide.room")}</h2><div class="two"><bacap-vote-bars .result=${RESULT}></bacap-vote-bars><bacap-tile .name=${"Vĩnh Ô"} .about=${t("wall.muted")} .since=${now - 135_000}></bacap-tile></div></section>
      <section class="card empty">${icon("calendar")}<p>${t("desk.no-sittings")}</p></section></div>`;
  }
}

customElements.define("place-styleguide", StyleGuide);
