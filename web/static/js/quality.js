// What this browser sees and hears of its own media: pictures that stood still, sound that had to be made up (W3C webrtc-stats).

/** @typedef {{freezes: number, frozen: number, concealed: number, samples: number}} Sums */

/** What came so far, all places together. @param {RTCPeerConnection} pc @returns {Promise<Sums>} */
async function sums(pc) {
  const made = { freezes: 0, frozen: 0, concealed: 0, samples: 0 };
  for (const stat of (await pc.getStats()).values()) {
    if (stat.type !== "inbound-rtp") continue;
    made.freezes += stat.freezeCount ?? 0;
    made.frozen += stat.totalFreezesDuration ?? 0;
    made.concealed += (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
    made.samples += stat.totalSamplesReceived ?? 0;
  }
  return made;
}

/** Since it was last asked. */
export class Quality {
  constructor() {
    /** @type {RTCPeerConnection | null} */
    this.pc = null;
    /** @type {Sums} */
    this.before = { freezes: 0, frozen: 0, concealed: 0, samples: 0 };
  }

  /** As the message `media-stats` has it. @param {RTCPeerConnection} pc */
  async since(pc) {
    const now = await sums(pc);
    const before = this.pc === pc ? this.before : { freezes: 0, frozen: 0, concealed: 0, samples: 0 };
    [this.pc, this.before] = [pc, now];
    const samples = now.samples - before.samples;
    return {
      freezes: clamp(now.freezes - before.freezes, 1000),
      frozen_ms: clamp((now.frozen - before.frozen) * 1000, 1e6),
      concealed: clamp(samples > 0 ? ((now.concealed - before.concealed) / samples) * 1000 : 0, 1000),
    };
  }
}

/** @param {number} value @param {number} most */
const clamp = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
