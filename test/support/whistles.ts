import type { ClipFile } from '../../src/audio/clips/clips.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { Random } from '../../src/base/math/random.js';

const RATE = 16_000;

/** Words that a small model learns within seconds: whistles that rise by two octaves or one, fall, or stay. */
export const WHISTLES = ['rising', 'half rising', 'falling', 'level'] as const;
export type Whistle = (typeof WHISTLES)[number];

/** A whistle of half a second in a quiet room, its pitch and length another for each number. */
export function whistle(word: Whistle, number: number): Float32Array {
  const random = new Random(number).fork(word);
  const [base, seconds] = [random.uniform(500, 900), random.uniform(0.4, 0.55)];
  const slope = { rising: 1, 'half rising': 0.5, falling: -1, level: 0 }[word];
  const length = Math.round(seconds * RATE);
  const pause = Math.round(0.3 * RATE);
  const samples = new Float32Array(length + 2 * pause);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const t = i / length;
    phase += (2 * Math.PI * base * 2 ** (slope * (t - 0.5) * 2)) / RATE;
    samples[pause + i] = 0.2 * Math.sin(Math.PI * t) ** 0.25 * Math.sin(phase);
  }
  for (let i = 0; i < samples.length; i++) samples[i] += 3e-4 * random.normal();
  return samples;
}

/** Files of a folder of clips: `activates/<word>/` of each word, `negatives/` of another, quiet noise. */
export function whistleFiles(words: readonly Whistle[], negative: Whistle, count: number): ClipFile[] {
  const file = (path: string, samples: Float32Array): ClipFile => ({
    path,
    bytes: encodeWav({ samples, sampleRate: RATE }),
  });
  const numbers = Array.from({ length: count }, (_, i) => i);
  const random = new Random(99);
  const noise = Float32Array.from({ length: 4 * RATE }, () => 0.01 * random.normal());
  return [
    ...words.flatMap((word) =>
      numbers.map((i) => file(`activates/${word}/s${i}_${word}.wav`, whistle(word, i))),
    ),
    ...numbers.map((i) => file(`negatives/s${i}_${negative}.wav`, whistle(negative, i))),
    file('backgrounds/noise.wav', noise),
  ];
}
