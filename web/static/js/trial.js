// Trying camera, microphone, line, clock and certificate before they count. What is sent goes to the relay and comes back:
// so one sees oneself as the others will. Nothing here judges; what was measured is a `Check` (wire.d.ts), told to the server.

import { LAYERS, VIDEO, few, places } from "./media.js";

/** @typedef {import("./protocol.js").Channel} Channel */
/** @typedef {import("./wire.d.ts").Check} Check */
/** @typedef {{rtt: number, link: Check["link"], up: number, out: number, sent: number, upLost: number, bytes: number, came: number, lost: number, height: number, tall: number, level: number}} Sums */

const ALLOW_MS = 20_000; // till somebody says yes to camera and microphone
const CONNECT_MS = 15_000;
const LISTEN_MS = 10_000;
const LOOK_MS = 500;
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
    this.ended = false;
  }

  /** @param {Trial["step"]} step */
  go(step) {
    this.step = step;
    this.dispatchEvent(new Event("change"));
  }

  /** Try everything; a fault of one thing hinders no other. @returns {Promise<Check>} */
  async run() {
    const camera = await device("video", VIDEO);
    const microphone = await device("audio", RAW);
    this.own = new MediaStream([camera.track, microphone.track].filter((track) => track !== null));
    const eye = new Eye(camera.track);
    this.dispatchEvent(new Event("change"));
    const line = await this.line(camera.track ?? drawn(), microphone.track, eye).catch(() => NO_LINE);
    const trusted = await believed();
    this.stop();
    this.go("done");
    return {
      camera: camera.state === "good" && eye.brightest < DARK ? "dark" : camera.state,
      height: eye.height,
      microphone: microphone.state === "good" && this.level < SILENT_DB && line.link !== "none" ? "silent" : microphone.state,
      level: within(this.level, -200, 0),
      ...line,
      clock_ms: Math.round(-this.channel.offset),
      trusted,
    };
  }

  /** @param {MediaStreamTrack} picture @param {MediaStreamTrack | null} sound @param {Eye} eye */
  async line(picture, sound, eye) {
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: this.channel.ice });
    this.pc = pc;
    const layers = LAYERS.map((layer) => ({ ...layer }));
    few(pc.addTransceiver(picture, { direction: "sendonly", sendEncodings: layers }), RTCRtpSender);
    if (sound) pc.addTransceiver(sound, { direction: "sendonly" });
    places(pc, "audio", 1);
    const [echo] = places(pc, "video", 1);
    await pc.setLocalDescription(await pc.createOffer());
    await pc.setRemoteDescription({ type: "answer", sdp: await this.turn(pc.localDescription?.sdp ?? "") });
    await connected(pc);
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

  /** The relay's answer; while too many try, wait. @param {string} sdp @returns {Promise<string>} */
  async turn(sdp) {
    for (let tries = 0; ; tries++) {
      try {
        return (await this.channel.ask({ type: "trial-offer", id: crypto.randomUUID(), sdp })).sdp;
      } catch (error) {
        if (/** @type {any} */ (error).code !== "trial-busy" || tries >= TURNS || this.ended) throw error;
        if (this.step !== "turn") this.go("turn");
        await pause(BUSY_MS * (0.5 + Math.random()));
      }
    }
  }

  stop() {
    this.ended = true;
    for (const track of this.own?.getTracks() ?? []) track.stop();
    this.pc?.close();
    this.channel.write({ type: "trial-end" });
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
    const [first, ...rest] = stream.getTracks().sort((a, b) => Number(b.kind === kind) - Number(a.kind === kind));
    for (const track of late ? [first, ...rest] : rest) track.stop();
    return first;
  });
  try {
    return { track: await Promise.race([allowed, pause(ALLOW_MS).then(() => Promise.reject(new Error()))]), state: "good" };
  } catch (error) {
    late = true;
    return { track: null, state: FAULTS[/** @type {Error} */ (error).name] ?? "refused" };
  }
}

/** A moving picture, so that the line can be tried without a camera. */
function drawn() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1280, 720];
  const pen = canvas.getContext("2d");
  const stream = canvas.captureStream(15);
  const [track] = stream.getVideoTracks();
  const beat = setInterval(() => {
    if (track.readyState === "ended" || !pen) return clearInterval(beat);
    for (let row = 0; row < 720; row += 40)
      for (let column = 0; column < 1280; column += 40) {
        pen.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
        pen.fillRect(column, row, 40, 40);
      }
  }, 66);
  setTimeout(() => track.stop(), ALLOW_MS + CONNECT_MS + LISTEN_MS);
  return track;
}

/** @param {RTCPeerConnection} pc */
async function connected(pc) {
  for (let spent = 0; pc.connectionState !== "connected"; spent += 100) {
    if (spent > CONNECT_MS || pc.connectionState === "failed" || pc.connectionState === "closed") throw new Error("no line");
    await pause(100);
  }
}

/** What all streams together have come to (W3C webrtc-stats). @param {RTCStatsReport} stats @returns {Sums} */
function sumsOf(stats) {
  /** @type {Sums} */
  const sums = { rtt: 0, link: "udp", up: 0, out: 0, sent: 0, upLost: 0, bytes: 0, came: 0, lost: 0, height: 0, tall: 0, level: -100 };
  for (const one of stats.values()) {
    if (one.type === "outbound-rtp") {
      sums.sent += one.packetsSent ?? 0;
      sums.out += one.bytesSent ?? 0;
      if (one.active !== false) sums.tall = Math.max(sums.tall, one.frameHeight ?? 0);
    }
    if (one.type === "remote-inbound-rtp") sums.upLost += Math.max(0, one.packetsLost ?? 0);
    else if (one.type === "media-source" && one.audioLevel) sums.level = 20 * Math.log10(one.audioLevel);
    else if (one.type === "transport" && one.selectedCandidatePairId) {
      const pair = stats.get(one.selectedCandidatePairId);
      sums.rtt = (pair?.currentRoundTripTime ?? 0) * 1000;
      sums.up = pair?.availableOutgoingBitrate ?? 0;
      const local = stats.get(pair?.localCandidateId);
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

/** What the second half of the listening came to: the first is the line finding its pace. @param {Sums[]} seen */
function measured(seen) {
  const [before, after] = [seen[Math.floor(seen.length / 2)], seen.at(-1)];
  if (!before || !after) return NO_LINE;
  const seconds = ((seen.length - 1 - Math.floor(seen.length / 2)) * LOOK_MS) / 1000;
  const rate = (/** @type {number} */ bytes) => (bytes * 8) / 1000 / Math.max(1, seconds);
  const down = Math.max(1, after.came - before.came + after.lost - before.lost);
  return {
    link: after.link,
    up_kbit: within(after.up / 1000 || rate(after.out - before.out), 0, 1e7), // some browsers tell no estimate
    up_loss: within((1000 * (after.upLost - before.upLost)) / Math.max(1, after.sent - before.sent), 0, 1000),
    down_kbit: within(rate(after.bytes - before.bytes), 0, 1e7),
    down_loss: within((1000 * (after.lost - before.lost)) / down, 0, 1000),
    whole: after.tall > 0 && after.height >= 0.9 * after.tall,
    rtt: within(after.rtt, 0, 1e6),
  };
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
