// Trying camera, microphone, line, clock and certificate before they count. What is sent goes to the relay and comes back:
// so one sees oneself as the others will. Nothing here judges; what was measured is a `Check` (wire.d.ts), told to the server.

import { LAYERS, VIDEO, few, places } from "./media.js";

/** @typedef {import("./protocol.js").Channel} Channel */
/** @typedef {import("./wire.d.ts").Check} Check */
/** @typedef {{at: number, rtt: number, link: Check["link"], up: number, out: number, sent: number, upLost: number, bytes: number, came: number, lost: number, height: number, tall: number, level: number}} Sums */

const ALLOW_MS = 20_000; // till somebody says yes to camera and microphone
const CONNECT_MS = 15_000;
const LISTEN_MS = 10_000;
const LOOK_MS = 500;
const WINDOW_MS = 2000; // the least to judge a pace by
const LIGHT_MS = 2000; // so long a camera may take to show anything
const BUSY_MS = 3000; // many sites try at once: each waits for its turn
const TURNS = 200;
const DARK = 12; // mean brightness of 255
const SILENT_DB = -85; // a microphone that is switched off gives nothing at all; the quietest room gives more
const RAW = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
/** What went wrong, by the name of the browser's error. @type {Record<string, "none" | "busy">} */
const FAULTS = { NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };

export class Trial extends EventTarget {
  /** @param {Channel} channel */
  constructor(channel) {
    super();
    this.channel = channel;
    /** @type {"devices" | "turn" | "line" | "done"} */
    this.step = "devices";
    /** What comes back from the relay. @type {MediaStream | null} */
    this.echo = null;
    /** @type {MediaStream | null} */
    this.own = null;
    this.loud = -100; // dBFS, now
    this.level = -100; // dBFS, the loudest so far
    this.done = 0; // share of the listening
    /** @type {RTCPeerConnection | null} */
    this.pc = null;
    this.sees = false; // is there a camera
    this.ended = false;
    /** The offer that was made last. */
    this.id = "";
  }

  /** @param {Trial["step"]} step */
  go(step) {
    this.step = step;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Try everything; a fault of one thing hinders no other. Throws what the server refuses with; null where it was stopped.
   * @returns {Promise<Check | null>}
   */
  async run() {
    try {
      const [camera, microphone] = await Promise.all([this.device("video", VIDEO), this.device("audio", RAW)]);
      this.sees = camera.track !== null;
      if (this.ended) return null;
      const eye = new Eye(camera.track);
      await eye.open();
      const line = await this.line(camera.track, microphone.track, eye);
      const trusted = await believed();
      if (this.ended) return null;
      const heard = line.link === "none" ? "unheard" : this.level < SILENT_DB ? "silent" : "good";
      return {
        camera: camera.state === "good" && eye.brightest < DARK ? "dark" : camera.state,
        height: eye.height,
        microphone: microphone.state === "good" ? heard : microphone.state,
        level: within(this.level, -200, 0),
        ...line,
        clock_ms: Math.round(-this.channel.offset),
        trusted,
      };
    } finally {
      this.stop();
      this.go("done");
    }
  }

  /** A device of this machine, or why there is none. @param {"video" | "audio"} kind @param {MediaTrackConstraints} wanted */
  async device(kind, wanted) {
    const found = await device(kind, wanted);
    if (found.track) this.keep(found.track);
    return found;
  }

  /** A track that ends with this trial. @param {MediaStreamTrack} track */
  keep(track) {
    if (this.ended) track.stop();
    this.own = new MediaStream([...(this.own?.getTracks() ?? []), track]);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {MediaStreamTrack | null} camera @param {MediaStreamTrack | null} sound @param {Eye} eye */
  async line(camera, sound, eye) {
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.channel.ice });
    this.pc = pc;
    const layers = LAYERS.map((layer) => ({ ...layer }));
    const picture = pc.addTransceiver(camera ?? "video", { direction: "sendonly", sendEncodings: layers });
    few(picture, RTCRtpSender);
    if (sound) pc.addTransceiver(sound, { direction: "sendonly" });
    places(pc, "audio", 1);
    const [echo] = places(pc, "video", 1);
    await pc.setLocalDescription(await pc.createOffer());
    await pc.setRemoteDescription({ type: "answer", sdp: await this.turn(pc.localDescription?.sdp ?? "") });
    if (!(await connected(pc))) return NO_LINE;
    if (!camera) await picture.sender.replaceTrack(this.drawn());
    this.echo = echo;
    this.go("line");
    /** @type {Sums[]} */
    const seen = [];
    for (let spent = 0; spent < LISTEN_MS && !this.ended; spent += LOOK_MS) {
      await pause(LOOK_MS);
      seen.push(sumsOf(await pc.getStats()));
      this.loud = seen.at(-1)?.level ?? -100;
      this.level = Math.max(this.level, this.loud);
      eye.look();
      this.done = spent / LISTEN_MS;
      this.dispatchEvent(new Event("change"));
    }
    return measured(seen);
  }

  /** A moving picture, so that the line can be tried without a camera. */
  drawn() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 720];
    const pen = canvas.getContext("2d");
    const [track] = canvas.captureStream(15).getVideoTracks();
    const beat = setInterval(() => {
      if (track.readyState === "ended" || !pen) return clearInterval(beat);
      for (let row = 0; row < 720; row += 40)
        for (let column = 0; column < 1280; column += 40) {
          pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
          pen.fillRect(column, row, 40, 40);
        }
    }, 66);
    this.keep(track);
    return track;
  }

  /** The relay's answer; while too many try, wait. @param {string} sdp @returns {Promise<string>} */
  async turn(sdp) {
    for (let tries = 0; !this.ended; tries++) {
      try {
        this.id = crypto.randomUUID();
        return (await this.channel.ask({ type: "trial-offer", id: this.id, sdp })).sdp;
      } catch (error) {
        if (/** @type {any} */ (error).code !== "trial-busy" || tries >= TURNS) throw error;
        if (this.step !== "turn") this.go("turn");
        await pause(BUSY_MS * (0.5 + Math.random()));
      }
    }
    throw new Error("ended");
  }

  stop() {
    if (this.ended) return;
    this.ended = true;
    this.channel.pending.delete(this.id); // an offer that waits for the line to come back is not for anybody any more
    for (const track of this.own?.getTracks() ?? []) track.stop();
    this.pc?.close();
    this.channel.write({ type: "trial-end", id: this.id });
  }
}

const NO_LINE = { link: /** @type {const} */ ("none"), up_kbit: 0, up_loss: 0, down_kbit: 0, down_loss: 0, whole: false, rtt: 0 };

/** Looks at a camera's picture: how large, how bright. */
class Eye {
  /** @param {MediaStreamTrack | null} track */
  constructor(track) {
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.srcObject = track ? new MediaStream([track]) : null;
    if (track) void this.video.play().catch(() => undefined);
    this.brightest = track ? 0 : 255;
  }

  get height() {
    return this.video.videoHeight;
  }

  /** Until there is light, or it has had its time. */
  async open() {
    for (let spent = 0; this.brightest < DARK && spent < LIGHT_MS; spent += 100) {
      await pause(100);
      this.look();
    }
  }

  look() {
    if (!this.video.videoWidth) return;
    const pen = new OffscreenCanvas(32, 18).getContext("2d", { willReadFrequently: true });
    pen?.drawImage(this.video, 0, 0, 32, 18);
    const data = pen?.getImageData(0, 0, 32, 18).data ?? new Uint8ClampedArray();
    let sum = 0;
    for (let index = 0; index < data.length; index += 4) sum += 0.3 * data[index] + 0.6 * data[index + 1] + 0.1 * data[index + 2];
    this.brightest = Math.max(this.brightest, (sum * 4) / data.length);
  }
}

/**
 * A track of the camera or the microphone, or why there is none.
 * @param {"video" | "audio"} kind @param {MediaTrackConstraints} wanted
 * @returns {Promise<{track: MediaStreamTrack | null, state: "good" | "none" | "refused" | "busy"}>}
 */
async function device(kind, wanted) {
  if (!navigator.mediaDevices) return { track: null, state: "refused" };
  const asked = navigator.mediaDevices.getUserMedia({ [kind]: wanted });
  let late = false;
  const allowed = asked.then((stream) => {
    const [track] = stream.getTracks();
    if (late) track.stop();
    return track;
  });
  try {
    return { track: await Promise.race([allowed, pause(ALLOW_MS).then(() => Promise.reject(new Error()))]), state: "good" };
  } catch (error) {
    late = true;
    return { track: null, state: FAULTS[/** @type {Error} */ (error).name] ?? "refused" };
  }
}

/** Did sound and picture find a way? @param {RTCPeerConnection} pc */
async function connected(pc) {
  for (let spent = 0; spent < CONNECT_MS && !["failed", "closed"].includes(pc.connectionState); spent += 100) {
    if (pc.connectionState === "connected") return true;
    await pause(100);
  }
  return false;
}

/** What all streams together have come to (W3C webrtc-stats). @param {RTCStatsReport} stats @returns {Sums} */
function sumsOf(stats) {
  /** @type {Sums} */
  const sums = { at: performance.now(), rtt: 0, link: "udp", up: 0, out: 0, sent: 0, upLost: 0, bytes: 0, came: 0, lost: 0, height: 0, tall: 0, level: -100 };
  for (const one of stats.values()) {
    if (one.type === "outbound-rtp") {
      sums.sent += one.packetsSent ?? 0;
      sums.out += one.bytesSent ?? 0;
      if (one.active !== false) sums.tall = Math.max(sums.tall, one.frameHeight ?? 0);
    }
    if (one.type === "remote-inbound-rtp") sums.upLost += Math.max(0, one.packetsLost ?? 0);
    else if (one.type === "media-source" && one.audioLevel) sums.level = 20 * Math.log10(one.audioLevel);
    else if (one.type === "candidate-pair" && one.nominated && one.state === "succeeded") {
      sums.rtt = (one.currentRoundTripTime ?? 0) * 1000;
      sums.up = one.availableOutgoingBitrate ?? 0;
      const local = stats.get(one.localCandidateId);
      if (local?.protocol === "tcp" || /tcp|tls/.test(local?.relayProtocol ?? "")) sums.link = "tcp";
    } else if (one.type === "inbound-rtp") {
      sums.bytes += one.bytesReceived ?? 0;
      sums.came += one.packetsReceived ?? 0;
      sums.lost += Math.max(0, one.packetsLost ?? 0);
      sums.height = Math.max(sums.height, one.frameHeight ?? 0);
    }
  }
  return sums;
}

/**
 * What the listening came to. Loss is of its second half: the first is the line finding its pace. The relay rests a picture
 * for seconds where a line has choked, so what came in the best WINDOW_MS says what the line can carry, and a mean does not.
 * @param {Sums[]} seen
 */
function measured(seen) {
  const [before, after] = [seen[Math.floor(seen.length / 2)], seen.at(-1)];
  if (!before || !after) return NO_LINE;
  const down = Math.max(1, after.came - before.came + after.lost - before.lost);
  const ups = seen.slice(Math.floor(seen.length / 2)).map((one) => one.up);
  const up = ups.sort((one, other) => one - other)[Math.floor(ups.length / 2)];
  return {
    link: after.link,
    up_kbit: within(up / 1000 || best(seen, "out"), 0, 1e7), // some browsers tell no estimate
    up_loss: within((1000 * (after.upLost - before.upLost)) / Math.max(1, after.sent - before.sent), 0, 1000),
    down_kbit: within(best(seen, "bytes"), 0, 1e7),
    down_loss: within((1000 * (after.lost - before.lost)) / down, 0, 1000),
    whole: after.tall > 0 && after.height >= 0.9 * after.tall,
    rtt: within(after.rtt, 0, 1e6),
  };
}

/** The most that went in any WINDOW_MS, in kbit/s. @param {Sums[]} seen @param {"out" | "bytes"} which */
function best(seen, which) {
  const span = Math.min(WINDOW_MS / LOOK_MS, seen.length - 1);
  const rates = seen.slice(span).map((after, index) => (8 * (after[which] - seen[index][which])) / Math.max(1, after.at - seen[index].at));
  return Math.max(0, ...rates);
}

/** Does this browser believe our certificate by itself? Where somebody only clicked a warning away, it runs no service worker. */
async function believed() {
  try {
    const kept = await navigator.serviceWorker.register("/static/js/trust.js");
    await kept.unregister();
    return true;
  } catch {
    return false;
  }
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.max(least, Math.min(most, Math.round(value)));
