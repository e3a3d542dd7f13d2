import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { EMBEDDING_SIZE } from '../../audio/embedding/embedding-network.js';
import { otherNetwork } from './other-network.js';

/** So far may it be off, as a share of the length: 16-bit floats are off by 0.4%, another network by all of it. */
const BOUND = 0.02;

/** Which embedding of the sound below is judged. */
const WINDOW = 4;

/** What Google's network gives there, by test/golden/speech-embedding.mjs. */
export const EXPECTED_EMBEDDING: readonly number[] = [
  5.938, 9.036, 4.996, 2.245, 6.533, 24.765, 8.253, -4.185, 9.005, 16.994, -19.847, -14.056, 4.058, -13.496,
  -7.082, 1.961, 2.704, 11.213, -8.159, -9.335, -2.14, 24.674, -9.52, 4.358, -15.565, -6.245, -22.079, 13.33,
  -0.572, 4.135, -27.442, 7.834, -26.045, -8.327, -4.634, 9.59, 41.704, 9.831, 8.621, 33.245, -11.593, 4.614,
  53.98, -15.476, -11.97, -11.653, -21.63, 3.798, 22.975, 0.271, -6.101, 6.307, 9.447, -1.542, -15.732,
  -19.25, -17.9, 23.786, -4.336, -7.137, 11.558, 0.599, -7.861, -11.912, 25.549, 15.815, -12.855, -22.856,
  -8.946, 9.221, -0.867, 17.253, 10.898, -27.893, 11.381, -8.097, -10.996, -2.286, -21.021, -37.135, -1.724,
  12.828, 11.222, -14.806, 9.193, -1.526, -7.116, -4.58, -3.444, 18.443, 8.269, 7.176, 15.021, -21.96, -6.337,
  16.565,
];

/**
 * Holds an embedding against what Google's network gives of a known sound.
 * @param source what errors call it
 * @throws SeqkitError `bad-file` where it gives something else
 */
export function proveEmbedding(embedding: SpeechEmbedding, source: string): void {
  const { data } = embedding.embed(proofSound());
  const found = data.subarray(WINDOW * EMBEDDING_SIZE, (WINDOW + 1) * EMBEDDING_SIZE);
  const off = Math.hypot(...EXPECTED_EMBEDDING.map((value, i) => value - found[i]));
  const share = off / Math.hypot(...EXPECTED_EMBEDDING);
  if (share < BOUND) return;
  const percent = (x: number): string => `${(100 * x).toFixed(0)}%`;
  throw otherNetwork(
    source,
    `on a known sound it is off by ${percent(share)}, expected less than ${percent(BOUND)}`,
  );
}

/** A gliding tone under noise with a stretch of digital silence, 1.5 s: the second sound of the golden numbers. */
function proofSound(): Float32Array {
  let [state, phase] = [12, 0];
  return Float32Array.from({ length: 24_000 }, (_, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const noise = ((state >>> 16) % 201) - 100;
    phase = (phase + 400 + ((i * 5) % 5_600)) % 64_000;
    const tone = (Math.abs(phase - 32_000) - 16_000) >> 5;
    const swell = Math.abs((i % 8_000) - 4_000);
    const isSilent = i >= 9_000 && i < 15_000;
    return isSilent ? 0 : Math.trunc(((tone + noise) * swell) / 4_000) / 32_768;
  });
}
