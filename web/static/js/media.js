// Sound and picture: one connection to the relay, with a place for each picture the screen has room for.
//
// The relay decides what each place shows (`slots`), so nothing is ever negotiated again: a new speaker on the stage is
// only other packets in the same place.

/** @typedef {import("./protocol.js").Channel} Channel */

const AGAIN_MS = [300, 1000, 2000, 4000];
export const VIDEO = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
export const AUDIO = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Media extends EventTarget {
  /**
   * @param {Channel} channel
   * @param {string} sitting
   * @param {{send: boolean, voices: number, pictures: number, quiet?: boolean}} shape
   *   send: camera and microphone of one's own; quiet: the microphone is off until it is pressed or the floor is given
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
    this.fault = "";
    this.tries = 0;
    /** @param {Event} event */
    this.onSlots = (event) => {
      const told = /** @type {CustomEvent} */ (event).detail;
      this.slots = { audio: told.audio, video: told.video };
      this.dispatchEvent(new Event("change"));
    };
    this.onLost = () => void this.again();
    this.onState = () => void (this.channel.state === "open" && this.state === "lost" && this.again());
    channel.addEventListener("slots", this.onSlots);
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
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.pc = pc;
    for (const track of this.own?.getTracks() ?? []) {
      const sender = pc.addTransceiver(track, { direction: "sendonly", streams: [/** @type {MediaStream} */ (this.own)] });
      if (track.kind === "video") prefer(sender, "video/VP8");
    }
    this.voices = places(pc, "audio", this.shape.voices);
    this.pictures = places(pc, "video", this.shape.pictures);
    pc.onconnectionstatechange = () => {
      if (this.pc !== pc) return;
      if (pc.connectionState === "connected") {
        this.tries = 0;
        this.change("on");
      } else if (pc.connectionState === "failed") void this.again();
    };
    try {
      await pc.setLocalDescription(await pc.createOffer());
      const offer = { type: "media-offer", id: crypto.randomUUID(), sitting: this.sitting, sdp: pc.localDescription?.sdp ?? "" };
      const answer = await this.channel.ask(offer);
      if (this.pc === pc) await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
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
    for (const track of this.own?.getTracks() ?? []) track.stop();
    this.own = null;
    this.pc?.close();
    this.pc = null;
    this.channel.write({ type: "media-leave", sitting: this.sitting });
    this.change("off");
  }

  /** Let go of the channel. */
  close() {
    this.stop();
    this.channel.removeEventListener("slots", this.onSlots);
    this.channel.removeEventListener("media-lost", this.onLost);
    this.channel.removeEventListener("state", this.onState);
  }

  /** The picture of an endpoint, or null while it has no place. @param {string} endpoint */
  pictureOf(endpoint) {
    const index = this.slots.video.indexOf(endpoint);
    return index < 0 ? null : (this.pictures[index] ?? null);
  }
}

/** @param {RTCPeerConnection} pc @param {"audio" | "video"} kind @param {number} count */
function places(pc, kind, count) {
  const made = [];
  for (let index = 0; index < count; index++) {
    const place = pc.addTransceiver(kind, { direction: "recvonly" });
    if (kind === "video") prefer(place, "video/VP8");
    made.push(new MediaStream([place.receiver.track]));
  }
  return made;
}

/** @param {RTCRtpTransceiver} transceiver @param {string} codec */
function prefer(transceiver, codec) {
  const known = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const wanted = known.filter((one) => one.mimeType === codec);
  if (wanted.length) transceiver.setCodecPreferences(wanted);
}
