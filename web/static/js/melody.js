// A few tones one after the other: heard where the browser gives sound before anybody pressed anything.

/** @param {number[]} tones Hz @param {number} each seconds */
export function melody(tones, each) {
  const sound = new AudioContext();
  const out = new GainNode(sound, { gain: 0.2 });
  out.connect(sound.destination);
  for (const [index, frequency] of tones.entries()) {
    const voice = new OscillatorNode(sound, { frequency });
    voice.connect(out);
    voice.start(index * each);
    voice.stop((index + 0.9) * each);
  }
  setTimeout(() => void sound.close(), (tones.length * each + 1) * 1000);
}
