import { describeTrigger } from '../../../src/audio/trigger-description.js';
import { triggerNetwork } from '../../../src/audio/trigger-network.js';
import { triggerPreset } from '../../../src/audio/detection/trigger-settings.js';
import { Random } from '../../../src/index.js';
import { randomized } from './random-weights.js';

/** A detector over the speech embedding whose weights are drawn at random, and what it answers. */
export interface WakeWordDetector {
  /** The file, as `TriggerModel.save` writes it. */
  readonly bytes: Uint8Array;
  readonly thresholds: Readonly<Record<string, number>>;
  /** Raw embeddings (T, 96) as openWakeWord has them. */
  embeddings(frames: number, random: Random): Float32Array;
  /** The score of each word after these, from a state of zeros. */
  scores(raw: Float32Array): number[];
}

/**
 * @param threshold of each word; without it one by chance
 * @param embedding the hash of that which it hears through
 */
export async function wakeWordDetector(
  words: readonly string[],
  seed: number,
  threshold?: number,
  embedding?: string,
): Promise<WakeWordDetector> {
  const random = new Random(seed);
  const preset = structuredClone(triggerPreset('embedding'));
  const settings = { ...preset, network: { ...preset.network, words: words.length } };
  settings.features = { ...settings.features, mean: 0.7, ...(embedding && { embedding }) };
  const thresholds = Object.fromEntries(words.map((word) => [word, threshold ?? random.uniform(0.3, 0.9)]));
  settings.firing = { ...settings.firing, thresholds };
  const network = triggerNetwork(settings.network, { engine: 'wasm', threads: 1, seed });
  await network.build([4, 96]);
  randomized(network, seed);
  const bytes = network.toBytes(describeTrigger({ words, settings, trainedOn: undefined }));
  const [norm, , front, gru, last] = network.layers;
  const weights = [norm, front, gru, last].map((layer) => layer.getWeights().map(({ data }) => data));
  await network.dispose();
  const { mean, deviation } = settings.features;
  return {
    bytes,
    thresholds,
    embeddings: (frames, from) => Float32Array.from({ length: frames * 96 }, () => 8 * from.normal()),
    scores: (raw) => {
      const rows = Array.from({ length: raw.length / 96 }, (_, t) =>
        Array.from(raw.subarray(t * 96, (t + 1) * 96), (x) => (x - mean) / deviation),
      );
      return scoresOf(rows, weights);
    },
  };
}

/** The same by plain loops in double precision. */
function scoresOf(rows: readonly number[][], weights: readonly ArrayLike<number>[][]): number[] {
  const [[means, variances], [kernel, bias], [input, recurrent, biases], [output, outputBias]] = weights;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const times = (x: readonly number[], matrix: ArrayLike<number>, added: (column: number) => number) => {
    const columns = matrix.length / x.length;
    return Array.from({ length: columns }, (_, c) =>
      x.reduce((sum, value, r) => sum + value * matrix[r * columns + c], added(c)),
    );
  };
  const H = Math.sqrt(recurrent.length / 3);
  let h = new Array<number>(H).fill(0);
  for (const row of rows) {
    const standard = row.map((x, d) => (x - means[d]) / Math.sqrt(variances[d]));
    const seen = times(standard, kernel, (c) => bias[c]).map((x) => Math.max(0, x));
    const ofInput = times(seen, input, (c) => biases[c]);
    const ofState = times(h, recurrent, (c) => biases[3 * H + c]);
    h = h.map((before, i) => {
      const z = sigmoid(ofInput[i] + ofState[i]);
      const r = sigmoid(ofInput[H + i] + ofState[H + i]);
      const candidate = Math.tanh(ofInput[2 * H + i] + r * ofState[2 * H + i]);
      return z * before + (1 - z) * candidate;
    });
  }
  return times(h, output, (c) => outputBias[c]).map(sigmoid);
}
