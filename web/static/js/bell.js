// Being told on this device while no page is open: the browser is asked, and its address given to the server.
import { get, post } from "./api.js";

/** @typedef {"none" | "denied" | "off" | "on"} Bell  none: neither this browser nor this installation offers it */

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

/** @returns {Promise<Bell>} */
export async function bell() {
  if (!able() || !(/** @type {import("./wire.d.ts").PushKey} */ (await get("/api/push")).key)) return "none";
  if (Notification.permission === "denied") return "denied";
  const held = await subscription();
  return Notification.permission === "granted" && held && (await isMine(held)) ? "on" : "off";
}

/** Asks the browser, which asks the person. @returns {Promise<Bell>} */
export async function ringHere() {
  const { key } = /** @type {import("./wire.d.ts").PushKey} */ (await get("/api/push"));
  if ((await Notification.requestPermission()) !== "granted") return bell();
  await navigator.serviceWorker.register("/worker.js");
  const worker = await navigator.serviceWorker.ready;
  await (await subscription())?.unsubscribe(); // it may be another person's, or of another key of ours
  const given = (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
  await post("/api/push", { endpoint: given.endpoint, p256dh: given.keys?.p256dh, auth: given.keys?.auth });
  return "on";
}

/** Also when somebody signs out: what comes next on this device may be for other eyes. */
export async function silenceHere() {
  const held = able() ? await subscription() : null;
  if (!held) return;
  try {
    await post("/api/push/end", { endpoint: held.endpoint });
  } finally {
    await held.unsubscribe(); // whatever the server says: this device shows nothing more
  }
}

/** Somebody signs in: whoever was here before them is told nothing on this device any more. */
export async function silenceOthers() {
  const held = able() ? await subscription() : null;
  if (held && !(await isMine(held))) await held.unsubscribe();
}

/** @param {PushSubscription} held @returns {Promise<boolean>} */
const isMine = async (held) => (await post("/api/push/mine", { endpoint: held.endpoint })).mine;
