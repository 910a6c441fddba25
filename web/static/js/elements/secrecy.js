// What is asked before a file goes up: that it is no state secret, and again where it bears a stamp.
import { size, t } from "../words.js";
import { ask } from "./confirm.js";

/** What a file is called without the end that tells its kind. @param {File} file */
export const titleOf = (file) => file.name.replace(/\.[a-z0-9]{1,5}$/i, "");

/** Which files these are, and what may not be among them. @param {File[]} files */
export function declaration(files) {
  const names = files.slice(0, 5).map((file) => `• ${file.name} (${size(file.size)})`);
  if (files.length > 5) names.push(t("intake.more", { count: files.length - 5 }));
  return `${names.join("\n")}\n\n${t("intake.text")}`;
}

/** Whoever sends them says that none is a secret. @param {File[]} files */
export const declared = (files) => ask({ title: t("intake.title", { count: files.length }), text: declaration(files), act: t("intake.act") });

/** And of one that bears a stamp, once more. @param {string} name @param {import("../api.js").Refused} told */
export function answeredFor(name, told) {
  const text = t("intake.stamp-text", { name, page: told.params.page, grade: t(`grade.${told.params.grade}`) });
  return ask({ title: t("intake.stamp-title"), text, act: t("intake.stamp-act"), tone: "seal" });
}
