// Fingers and pen on a sheet: a swipe turns the page, two fingers make it larger or smaller, two taps make it large and
// small again. Turning by swipe waits while the page is wider than the screen: there a finger moves it.

const SWIPE_PX = 60;
const STEEP = 0.6; // a swipe rises or falls by so much of its length at most
const TAPS_MS = 300;
const NEAR_PX = 30;

/**
 * Watch ROOM, which scrolls; returns what stops it.
 * @param {HTMLElement} room
 * @param {{turn: (step: number) => void, zoom: (factor: number) => void, toggle: () => void}} hands
 */
export function watchTouch(room, hands) {
  /** @type {Map<number, {x: number, y: number, fromX: number, fromY: number}>} */
  const down = new Map();
  let apart = 0; // between two fingers, when they came down
  let pinched = 1;
  let tapped = { at: 0, x: 0, y: 0 };

  const spread = () => {
    const [one, other] = [...down.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  const sheet = () => /** @type {HTMLElement | null} */ (room.querySelector(".sheets"));

  /** @param {PointerEvent} event */
  const begin = (event) => {
    if (event.pointerType === "mouse") return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY, fromX: event.clientX, fromY: event.clientY });
    if (down.size === 2) [apart, pinched] = [spread(), 1];
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const finger = down.get(event.pointerId);
    if (!finger) return;
    [finger.x, finger.y] = [event.clientX, event.clientY];
    if (down.size !== 2 || !apart) return;
    pinched = spread() / apart;
    sheet()?.style.setProperty("transform", `scale(${pinched})`);
  };
  /** @param {PointerEvent} event */
  const end = (event) => {
    const finger = down.get(event.pointerId);
    if (!finger) return;
    const alone = down.size === 1;
    down.delete(event.pointerId);
    if (apart) {
      if (!alone) hands.zoom(pinched);
      if (!down.size) apart = 0;
      sheet()?.style.removeProperty("transform");
      return;
    }
    const [along, across] = [finger.x - finger.fromX, finger.y - finger.fromY];
    if (event.type === "pointercancel") return;
    if (Math.abs(along) > SWIPE_PX && Math.abs(across) < Math.abs(along) * STEEP && room.scrollWidth <= room.clientWidth + 1) hands.turn(along < 0 ? 1 : -1);
    else if (Math.hypot(along, across) < NEAR_PX / 3) tap(event);
  };
  /** @param {PointerEvent} event */
  const tap = (event) => {
    const twice = event.timeStamp - tapped.at < TAPS_MS && Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < NEAR_PX;
    tapped = { at: twice ? 0 : event.timeStamp, x: event.clientX, y: event.clientY };
    if (twice) hands.toggle();
  };

  const stop = new AbortController();
  const { signal } = stop;
  room.addEventListener("pointerdown", begin, { signal });
  room.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"]) room.addEventListener(name, /** @type {EventListener} */ (end), { signal });
  return () => stop.abort();
}
