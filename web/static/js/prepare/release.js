// The way to the release: approval by the head of the office where there is one, then one act that convenes everyone.
import { get, post } from "../api.js";
import { fromLocal, localOf } from "../details.js";
import { ask, fill } from "../elements/confirm.js";
import { html, icon, nothing } from "../part.js";
import { RoomPart } from "../sitting.js";
import { t } from "../words.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

class Release extends RoomPart {
  async release() {
    /** @type {import("../wire.d.ts").NoticePeriod | undefined} */
    const notice = await this.attempt(() => get(`/api/sittings/${this.room.sitting}/notice`));
    const sitting = this.parts?.sitting;
    if (!notice || !sitting) return;
    const short = notice.given < notice.needed;
    const by = Math.max(sitting.begins - DAY_MS, Math.min(sitting.begins, Date.now() + 2 * HOUR_MS), Date.now() + HOUR_MS / 4); // never gone by
    const fields = html`<p class="note ${short ? "warn" : ""}">${t(short ? "release.short" : "release.enough", { given: notice.given, needed: notice.needed })}${notice.sure ? nothing : html`<br><span class="small">${t("release.unsure")}</span>`}</p>
      ${short ? html`<label class="field"><span>${t("release.reason")}</span><textarea name="reason" required maxlength="500"></textarea></label>` : nothing}
      <label class="field"><span>${t("release.reply-by")}</span><input type="datetime-local" name="by" value=${localOf(by)} required></label>`;
    await fill({ title: t("prepare.release-title"), text: t("prepare.release-text"), act: t("prepare.release") }, fields, (form) => {
      const reply_by = fromLocal(String(form.get("by")));
      return post(`/api/sittings/${this.room.sitting}/release`, { reason: String(form.get("reason") ?? ""), reply_by, seen: this.room.view?.seq ?? 0 });
    });
  }

  async submit() {
    const approver = this.parts?.people[this.parts.sitting.approver]?.name ?? "";
    if (await ask({ title: t("agenda.submit-title", { name: approver }), text: t("agenda.submit-text"), act: t("agenda.submit") })) await this.room.ask({ kind: "submit-agenda" });
  }

  async approve() {
    if (await ask({ title: t("agenda.approve-title"), text: t("agenda.approve-text"), act: t("agenda.approve") })) await this.room.ask({ kind: "approve-agenda" });
  }

  async sendBack() {
    await ask({ title: t("agenda.return-title"), act: t("agenda.return"), field: t("field.reason") }, (reason) => this.room.send({ kind: "return-agenda", reason }));
  }

  render() {
    const sitting = this.parts?.sitting;
    if (!this.parts || sitting?.phase !== "planned") return nothing;
    const [role, step] = [this.room.seat?.role, sitting.agenda_step];
    const ready = this.parts.agenda.length > 0;
    const first = ready ? nothing : html`<p class="small soft">${t("prepare.agenda-first")}</p>`;
    if (role === "approver")
      return step === "submitted"
        ? html`<div class="row"><button class="button decisive" @click=${this.sendBack}>${icon("undo-2")}${t("agenda.return")}</button>
            <button class="button act decisive" @click=${this.approve}>${icon("check-check")}${t("agenda.approve")}</button></div>`
        : nothing;
    if (role !== "secretary") return nothing;
    if (!sitting.approver || step === "approved")
      return html`<div class="row">${step === "approved" ? html`<span class="badge good">${icon("check")}${t("agenda.approved")}</span>${this.withdraw()}` : nothing}
        <button class="button act decisive" ?disabled=${!ready} @click=${this.release}>${icon("send")}${t("prepare.release")}</button>${first}</div>`;
    if (step === "submitted") return html`<div class="row"><span class="badge warn">${t("agenda.submitted")}</span>${this.withdraw()}</div>`;
    return html`<div class="row"><button class="button act decisive" ?disabled=${!ready} @click=${this.submit}>${icon("send")}${t("agenda.submit")}</button>${first}</div>`;
  }

  withdraw() {
    return html`<button class="button decisive" @click=${() => this.room.ask({ kind: "withdraw-agenda" })}>${icon("undo-2")}${t("agenda.withdraw")}</button>`;
  }
}

customElements.define("prepare-release", Release);
