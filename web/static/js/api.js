// Requests to the server. A refusal comes back as an error whose message is already in the reader's language.
import { t } from "./words.js";

export class Refused extends Error {
  /**
   * @param {string} text
   * @param {string} code
   * @param {Record<string, string | number>} params
   */
  constructor(text, code, params) {
    super(text);
    this.code = code;
    this.params = params;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function call(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refused(t("refused.offline"), "offline", {});
  }
  if (answer.status === 204) return undefined;
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(data.text ?? t("refused.unknown"), data.code ?? "unknown", data.params ?? {});
  return data;
}

/** @param {string} path */
export const get = (path) => call("GET", path);
/** @param {string} path @param {unknown} [body] */
export const post = (path, body = {}) => call("POST", path, body);
/** @param {string} path @param {object} body */
export const put = (path, body) => call("PUT", path, body);
/** A file that is made when it is first asked for: it is there now. @param {string} path */
export const ready = (path) => call("GET", path, undefined, { Range: "bytes=0-0" });
/** @param {string} path */
export const drop = (path) => call("DELETE", path);

/**
 * Send a file, with progress from 0 to 1.
 * @param {string} path
 * @param {File | Blob} file
 * @param {(done: number) => void} progress
 * @returns {Promise<any>}
 */
export function send(path, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
    request.onerror = () => reject(new Refused(t("refused.offline"), "offline", {}));
    request.onload = () => {
      let data = {};
      try {
        data = JSON.parse(request.responseText || "{}");
      } catch {
        // not ours: the status tells enough
      }
      const told = /** @type {{text?: string, code?: string, params?: Record<string, string>}} */ (data);
      if (request.status < 300) resolve(data);
      else reject(new Refused(told.text ?? t("refused.unknown"), told.code ?? "unknown", told.params ?? {}));
    };
    request.send(file);
  });
}
