// A file on its way to the server, over lines that break: by tus, which goes on from what came, also after a reload.
import { Refused } from "./api.js";
import { t } from "./words.js";

/** What the gate takes, for the browser's file chooser. */
export const ACCEPTED = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.webp,.docx,.xlsx,.pptx,.odt,.ods,.odp";
const PAUSES = [0, 1000, 3000, 5000, 10_000, ...Array(60).fill(20_000)]; // ms between tries; whatever got through, it begins anew

/**
 * @param {File} file
 * @param {(done: number, cut?: boolean) => void} progress from 0 to 1, and whether the line is cut just now
 * @returns {Promise<string>} the upload's id, for the request that makes something of it
 */
export async function upload(file, progress) {
  await import("tus");
  const { Upload } = /** @type {any} */ (window).tus;
  let done = 0;
  return new Promise((resolve, reject) => {
    const one = new Upload(file, {
      endpoint: "/api/uploads",
      retryDelays: PAUSES,
      removeFingerprintOnSuccess: true,
      onProgress: (/** @type {number} */ sent, /** @type {number} */ all) => progress((done = all ? sent / all : 1)),
      onSuccess: () => resolve(String(one.url).split("/").pop() ?? ""),
      onShouldRetry: (/** @type {any} */ error) => {
        if (!isFinal(error)) progress(done, true);
        return !isFinal(error);
      },
      onError: (/** @type {any} */ error) => reject(refusalOf(error)),
    });
    one.findPreviousUploads().then((/** @type {any[]} */ before) => {
      if (before[0]) one.resumeFromPreviousUpload(before[0]);
      one.start();
    });
  });
}

/** Would the same answer come again? A line that broke, a server that starts anew or another place to go on from would not. @param {any} error */
function isFinal(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status >= 400 && status < 500 && ![408, 409, 423, 429].includes(status);
}

/** @param {any} error */
function refusalOf(error) {
  try {
    const told = JSON.parse(error.originalResponse.getBody());
    return new Refused(told.text, told.code, told.params);
  } catch {
    return new Refused(t("refused.offline"), "offline", {});
  }
}
