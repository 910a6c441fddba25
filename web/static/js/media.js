// Sound and picture: one connection to the relay, with a place for each picture the screen has room for.
//
// The relay decides what each place shows (`slots`), so nothing is ever negotiated again: a new speaker on the stage is
// only other packets in the same place. The camera is sent in three sizes, and no larger one than somebody watches
// (`media-wanted`); a screen has a section of its own from the start, so that sharing it negotiates nothing either.

/** @typedef {import("./protocol.js").Channel} Channel */

import { Quality } from "./quality.js";

const AGAIN_MS = [300, 1000, 2000, 4000];
const REPORT_MS = 10_000;
export const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
/** The camera's layers, the smallest first. */
export const LAYERS = [
  { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "h", scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
];
const NARROW_VOICE = 16_000; // bits a second: with headers 40,000, which a line of 64 kbit/s carries beside a paper
export const SHARED = "#screen"; // behind an endpoint's name in a slot: its screen
const SCREEN = { video: { frameRate: { max: 10 }, width: { max: 1920 }, height: { max: 1080 } }, audio: false };
export const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Media extends EventTarget {
  /**
   * @param {Channel} channel
   * @param {string} sitting
   * @param {{send: boolean, voices: number, pictures: number, quiet?: boolean, share?: boolean, mosaic?: number}} shape
   *   send: camera and microphone of one's own; quiet: the microphone is off until it is pressed or the floor is given;
   *   share: the screen may be shared; mosaic: so many places more, for whatever is asked for
   */
  constructor(channel, sitting, shape) {
    super();
    this.channel = channel;
    this.sitting = sitting;
    this.shape = shape;
    /** @type {MediaStream | null} */
    this.own = null;
    /** @type {RTCPeerConnection | null} */
    this.pc = null;
    /** @type {MediaStream[]} */
    this.pictures = [];
    /** @type {MediaStream[]} */
    this.voices = [];
    /** Which endpoint each place shows. */
    this.slots = { audio: /** @type {string[]} */ ([]), video: /** @type {string[]} */ ([]) };
    /** @type {"off" | "joining" | "on" | "lost"} */
    this.state = "off";
    /** What is shared of the screen, if anything. @type {MediaStream | null} */
    this.shared = null;
    /** @type {Record<string, RTCRtpSender>} */
    this.senders = {};
    /** The highest layer of each that anybody watches. @type {Record<string, number>} */
    this.wanted = {};
    /** Does a site hear us over the narrowest line? */
    this.narrows = false;
    /** What the mosaic was asked to show. @type {string[]} */
    this.shows = [];
    this.fault = "";
    this.tries = 0;
    /** @param {Event} event */
    this.onSlots = (event) => {
      const told = /** @type {CustomEvent} */ (event).detail;
      this.slots = { audio: told.audio, video: told.video };
      this.dispatchEvent(new Event("change"));
    };
    /** @param {Event} event */
    this.onWanted = (event) => {
      const told = /** @type {CustomEvent} */ (event).detail;
      this.wanted[told.name] = told.top;
      void this.limit(told.name);
    };
    this.quality = new Quality();
    this.beat = setInterval(() => void this.report(), REPORT_MS);
    this.onLost = () => void this.again();
    this.onState = () => {
      if (this.channel.state !== "open") return;
      if (this.state === "lost") void this.again();
      else if (this.state === "on") this.retell();
    };
    channel.addEventListener("slots", this.onSlots);
    channel.addEventListener("media-wanted", this.onWanted);
    channel.addEventListener("media-lost", this.onLost);
    channel.addEventListener("state", this.onState);
  }

  /** @param {Media["state"]} state */
  change(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  /** Ask for camera and microphone (if any are sent), then join. A camera that is refused is said, not fatal. */
  async start() {
    this.change("joining");
    if (this.shape.send && !this.own) {
      try {
        this.own = await navigator.mediaDevices.getUserMedia({ video: VIDEO, audio: AUDIO });
      } catch (error) {
        this.fault = /** @type {Error} */ (error).name;
        this.own = await navigator.mediaDevices.getUserMedia({ audio: AUDIO }).catch(() => null);
      }
      if (this.shape.quiet) this.enable("audio", false);
    }
    await this.join();
  }

  async join() {
    this.pc?.close();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.channel.ice });
    this.pc = pc;
    this.senders = {};
    this.wanted = {};
    for (const track of this.own?.getTracks() ?? []) {
      const streams = [/** @type {MediaStream} */ (this.own)];
      const layers = track.kind === "video" ? { sendEncodings: LAYERS.map((layer) => ({ ...layer })) } : {};
      const transceiver = pc.addTransceiver(track, { direction: "sendonly", streams, ...layers });
      if (track.kind === "video") few(transceiver, RTCRtpSender);
      this.senders[track.kind] = transceiver.sender;
    }
    const screen = this.shape.share ? pc.addTransceiver("video", { direction: "sendonly" }) : null;
    if (screen) {
      few(screen, RTCRtpSender);
      this.senders.screen = screen.sender;
    }
    const shared = this.shared?.getVideoTracks()[0];
    if (shared) await screen?.sender.replaceTrack(shared);
    this.voices = places(pc, "audio", this.shape.voices);
    this.pictures = places(pc, "video", this.shape.pictures + (this.shape.mosaic ?? 0));
    pc.onconnectionstatechange = () => {
      if (this.pc !== pc) return;
      if (pc.connectionState === "connected") {
        this.tries = 0;
        this.change("on");
      } else if (pc.connectionState === "failed") void this.again();
    };
    try {
      await pc.setLocalDescription(await pc.createOffer());
      const sdp = marked(pc.localDescription?.sdp ?? "", screen?.mid);
      const answer = await this.channel.ask({ type: "media-offer", id: crypto.randomUUID(), sitting: this.sitting, sdp, mosaic: this.shape.mosaic ?? 0 });
      if (this.pc === pc) await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      if (this.narrows) void this.speak();
      this.retell();
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      if (this.pc !== pc) return;
      const refused = /** @type {any} */ (error);
      this.fault = refused.code ?? refused.name;
      if (refused.code && refused.code !== "media-away") this.stop();
      else void this.again();
    }
  }

  /** The relay or the line went away: try until it is back. */
  async again() {
    if (this.state === "off" || this.waiting) return;
    this.waiting = true;
    this.change("lost");
    const wait = AGAIN_MS[Math.min(this.tries++, AGAIN_MS.length - 1)];
    await new Promise((resolve) => setTimeout(resolve, wait));
    this.waiting = false;
    if (this.channel.state === "open" && /** @type {string} */ (this.state) !== "off") await this.join();
  }

  /** What is seen here of how it travels, for the sitting's health panel. */
  async report() {
    if (this.state !== "on" || !this.pc || this.channel.state !== "open") return;
    this.tell("media-stats", await this.quality.since(this.pc));
  }

  /** @param {"media-share" | "media-mosaic" | "media-stats"} type @param {object} what */
  tell(type, what) {
    this.channel.write(/** @type {any} */ ({ type, sitting: this.sitting, ...what }));
  }

  /** What is shared and what the mosaic shows, as if new: it may have been said while there was no line. */
  retell() {
    if (this.shape.share) this.tell("media-share", { on: Boolean(this.shared) });
    if (this.shape.mosaic) this.tell("media-mosaic", { endpoints: this.shows });
  }

  /** A voice of fewer bits, where the narrowest line has to carry it. @param {boolean} on */
  narrow(on) {
    if (on === this.narrows) return;
    this.narrows = on;
    void this.speak();
  }

  async speak() {
    const sender = this.senders.audio;
    if (!sender) return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = this.narrows ? NARROW_VOICE : undefined;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** Send no larger layer than is watched; the smallest always, so that whoever looks sees at once. @param {string} name */
  async limit(name) {
    const sender = this.senders[name];
    const top = this.wanted[name];
    if (!sender || top === undefined) return;
    const parameters = sender.getParameters();
    for (const [index, encoding] of parameters.encodings.entries()) encoding.active = index === 0 || index <= top;
    await sender.setParameters(parameters).catch(() => undefined);
  }

  /** The mosaic is to show these. @param {string[]} endpoints */
  show(endpoints) {
    if (endpoints.join() === this.shows.join()) return;
    this.shows = endpoints;
    this.tell("media-mosaic", { endpoints });
  }

  /** Share the screen, or stop it. */
  async share() {
    if (this.shared) return this.unshare();
    const shared = await navigator.mediaDevices.getDisplayMedia(SCREEN).catch(() => null);
    const [track] = shared?.getVideoTracks() ?? [];
    if (!shared || !track) return;
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.unshare());
    this.shared = shared;
    await this.senders.screen?.replaceTrack(track);
    this.tell("media-share", { on: true });
    this.dispatchEvent(new Event("change"));
  }

  unshare() {
    for (const track of this.shared?.getTracks() ?? []) track.stop();
    if (this.shared) this.tell("media-share", { on: false });
    this.shared = null;
    void this.senders.screen?.replaceTrack(null);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {"audio" | "video"} kind @param {boolean} on */
  enable(kind, on) {
    for (const track of this.own?.getTracks() ?? []) if (track.kind === kind) track.enabled = on;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {"audio" | "video"} kind */
  enabled(kind) {
    return this.own?.getTracks().some((track) => track.kind === kind && track.enabled) ?? false;
  }

  stop() {
    this.unshare();
    for (const track of this.own?.getTracks() ?? []) track.stop();
    this.own = null;
    this.pc?.close();
    this.pc = null;
    this.channel.write({ type: "media-leave", sitting: this.sitting });
    this.change("off");
  }

  /** Let go of the channel. */
  close() {
    clearInterval(this.beat);
    this.stop();
    this.channel.removeEventListener("slots", this.onSlots);
    this.channel.removeEventListener("media-wanted", this.onWanted);
    this.channel.removeEventListener("media-lost", this.onLost);
    this.channel.removeEventListener("state", this.onState);
  }

  /** An endpoint's picture in the mosaic, or null. @param {string} endpoint */
  mosaicOf(endpoint) {
    const index = this.slots.video.indexOf(endpoint, this.shape.pictures);
    return index < 0 ? null : (this.pictures[index] ?? null);
  }

  /** The screen that is shared, and whose it is; null for none. */
  get screen() {
    const index = this.slots.video.findIndex((slot) => slot.endsWith(SHARED));
    return index < 0 ? null : { stream: this.pictures[index] ?? null, endpoint: (this.slots.video[index] ?? "").slice(0, -SHARED.length) };
  }

  /** The picture of an endpoint, or null while it has no place. @param {string} endpoint */
  pictureOf(endpoint) {
    const index = this.slots.video.indexOf(endpoint);
    return index < 0 ? null : (this.pictures[index] ?? null);
  }
}

/** @param {RTCPeerConnection} pc @param {"audio" | "video"} kind @param {number} count */
export function places(pc, kind, count) {
  const made = [];
  for (let index = 0; index < count; index++) {
    const place = pc.addTransceiver(kind, { direction: "recvonly" });
    if (kind === "video") few(place, RTCRtpReceiver);
    made.push(new MediaStream([place.receiver.track]));
  }
  return made;
}

/**
 * Offer only the codecs that a sitting may have: with all of them, an offer with many places is too long.
 * @param {RTCRtpTransceiver} transceiver @param {typeof RTCRtpSender | typeof RTCRtpReceiver} side
 */
export function few(transceiver, side) {
  const known = side.getCapabilities("video")?.codecs ?? [];
  const wanted = known.filter(
    ({ mimeType, sdpFmtpLine = "" }) =>
      mimeType === "video/VP8" || mimeType === "video/rtx" || (mimeType === "video/H264" && /packetization-mode=1.*42e0/.test(sdpFmtpLine)),
  );
  if (wanted.length) transceiver.setCodecPreferences(wanted);
}

/** SDP with the section MID marked as a shared screen (RFC 4796). @param {string} sdp @param {string | null} [mid] */
function marked(sdp, mid) {
  return mid ? sdp.replace(`a=mid:${mid}\r\n`, `a=mid:${mid}\r\na=content:slides\r\n`) : sdp;
}
