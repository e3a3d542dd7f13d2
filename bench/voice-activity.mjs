/**
 * What voice activity costs and saves: in how many recordings the network of the speech embedding still rests where the
 * word is heard, and how much it rests in noise alone.
 *
 *   node bench/voice-activity.mjs <data folder> [--word computer] [--every 1]
 *
 * The recordings are those of `wake-word/<word>`, in noise of `backgrounds` as loud as is said, after five seconds of it
 * alone. Needs `npm run build`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SpeechEmbedding } from '../dist/audio/index.js';
import { Random } from '../dist/rnn/index.js';
import { clipsIn, inNoise, RATE } from './noisy-clips.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { word: { type: 'string', default: 'computer' }, every: { type: 'string', default: '1' } },
});
const [data] = positionals;
if (data === undefined) {
  console.error('usage: node bench/voice-activity.mjs <data folder> [--word computer]');
  process.exit(2);
}
const [HOP, WINDOW, SIZE] = [0.08, 0.782, 96];
const BEFORE = 5;

const words = clipsIn('activates', join(data, 'wake-word', values.word)).filter(
  (_, n) => n % Number(values.every) === 0,
);
const backgrounds = clipsIn('backgrounds', join(data, 'backgrounds'));
const embedding = await SpeechEmbedding.default();

/** Whether the network rests, step by step: the same embedding again. */
function restsOf(samples) {
  const stream = embedding.stream({ voiceActivity: true });
  const all = stream.push(samples);
  stream.dispose();
  return Array.from({ length: all.length / SIZE }, (_, n) => {
    const row = all.subarray(n * SIZE, (n + 1) * SIZE);
    return n > 0 && row.every((x, i) => x === all[(n - 1) * SIZE + i]);
  });
}

for (const db of [20, 10, 5, 0, -5]) {
  const random = new Random(1).fork(`${db}`);
  let [asleep, resting, before] = [0, 0, 0];
  for (const word of words) {
    const [start, end] = [word.speech.start, word.speech.end].map((at) => BEFORE + at / RATE);
    const rests = restsOf(inNoise(word, backgrounds, random, { before: BEFORE, after: 1, db }));
    const step = (seconds) => Math.max(0, Math.ceil((seconds - WINDOW) / HOP));
    // From its end to what fires after it.
    if (rests.slice(step(end), step(end + 0.5)).includes(true)) asleep++;
    const early = rests.slice(step(3), step(start));
    resting += early.filter(Boolean).length;
    before += early.length;
  }
  console.log(
    `${String(db).padStart(3)} dB: it rests at the end of ${asleep} of ${words.length} words, and in ${((100 * resting) / before).toFixed(0)}% of the noise before them`,
  );
}
for (const { name, samples } of backgrounds) {
  const rests = restsOf(samples);
  console.log(
    `${name}: rests ${((100 * rests.filter(Boolean).length) / rests.length).toFixed(0)}% of the time`,
  );
}
await embedding.dispose();
