/**
 * How long the speech embedding takes, offline and live, in seconds of one core; and what of it is the front end.
 *
 *   npm run build && npx seqkit add-embedding && node bench/embedding.mjs
 */

import { SpeechEmbedding } from '../dist/audio/index.js';
import { MelFrames } from '../dist/audio/embedding/mel-frames.js';

const SECONDS = 120;
const samples = Float32Array.from({ length: SECONDS * 16_000 }, (_, i) => 0.2 * Math.sin(i * i * 1e-6));
const embedding = await SpeechEmbedding.default();

/** Seconds of processor time for each second of sound, the best of some runs. */
function cost(work) {
  work();
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6 / SECONDS;
  });
  return Math.min(...runs);
}

/** A quiet room: noise that stays as it is. */
const quiet = Float32Array.from({ length: SECONDS * 16_000 }, () => 1e-3 * (Math.random() - 0.5));

function live(chunk, sound = samples, options = {}) {
  const stream = embedding.stream(options);
  for (let at = 0; at < sound.length; at += chunk) stream.push(sound.subarray(at, at + chunk));
  stream.dispose();
}

function frontEnd() {
  const mel = new MelFrames();
  const out = new Float32Array(32);
  for (let at = 0; at + 512 <= samples.length; at += 160) mel.frame(samples, at, out, 0);
}

const show = (what, share) =>
  console.log(
    `${what.padEnd(28)} ${(100 * share).toFixed(2)}% of a core, ${(1 / share).toFixed(0)} x real time`,
  );
show(
  'offline',
  cost(() => embedding.embed(samples)),
);
show(
  'live, chunks of 80 ms',
  cost(() => live(1280)),
);
show(
  'live, chunks of 8 ms',
  cost(() => live(128)),
);
show(
  'live, a quiet room, resting',
  cost(() => live(1280, quiet, { voiceActivity: true })),
);
show('the front end of it', cost(frontEnd));
