// The signing program on the visitor's own machine that takes whole files (VGCA, as it was observed): one message in, one out.
// It fetches and brings the file itself; here it is only told where, and says when it is done.
import { post } from "../api.js";
import { t } from "../words.js";

const BASE = "wss://127.0.0.1:8987"; // web/guard.py lets our pages speak to it where the settings have it
const ACTS = { secretary: "SignApproved", chair: "SignApproved", seal: "SignIssued" };

/** @param {string} sitting @param {"secretary" | "chair" | "seal"} field @param {string} basedOn @returns {Promise<void>} */
export async function signWhole(sitting, field, basedOn) {
  const given = /** @type {import("../wire.d.ts").Handover} */ (await post(`/api/sittings/${sitting}/minutes/handover`, { field, based_on: basedOn }));
  const asked = { FileUploadHandler: given.bring, SessionId: given.session, JWTToken: "", FileName: given.fetch, MetaData: [{ Key: "field", Value: field }], DocNumber: given.symbol, IssuedDate: given.day };
  const reply = JSON.parse(await answer(ACTS[field], JSON.stringify(asked)));
  if (reply.Status !== 0) throw new Error(reply.Message || t("sign.program-no"));
}

/** @param {string} act @param {string} message @returns {Promise<string>} */
function answer(act, message) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${BASE}/${act}`);
    socket.onopen = () => socket.send(message);
    socket.onmessage = (event) => {
      resolve(String(event.data));
      socket.close();
    };
    socket.onerror = () => reject(new Error(t("sign.program-none")));
    socket.onclose = () => reject(new Error(t("sign.program-no"))); // after an answer this changes nothing
  });
}
