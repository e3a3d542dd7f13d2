import { TriggerModel } from '../../../audio/trigger-model.js';
import { Random } from '../../../base/math/random.js';
import type { FileSource } from '../../../base/source/file-source.js';
import type { SpeechEmbedding } from '../../../audio/embedding/speech-embedding.js';
import { exportedBytes, type ModelSource } from '../../source/exported-model.js';
import type { SoundDescription } from '../sound/sound-front.js';
import type { Sample } from './sample.js';

/** Scores of so many steps are held against each other. */
const SCORES = 64;
const SEED = 5;

/**
 * Samples (1, S) for so many scores: noise that rises and falls, and a tone that climbs, from silence to full scale.
 */
export function soundSample({ firstScoreSamples, scoreSamples, sampleRate }: SoundDescription): Sample {
  const random = new Random(SEED);
  const length = firstScoreSamples + (SCORES - 1) * scoreSamples;
  let phase = 0;
  const data = Float32Array.from({ length }, (_, i) => {
    const place = i / length;
    phase += (2 * Math.PI * (100 + 3_000 * place)) / sampleRate;
    const loud = Math.sin(3 * Math.PI * place) ** 4;
    return Math.max(-1, Math.min(1, loud * (Math.sin(phase) + 0.2 * random.normal())));
  });
  return { data, shape: [1, length] };
}

/** The scores (steps, words) that the model itself gives such samples. */
export async function ownScores(
  model: ModelSource,
  { data }: Sample,
  embedding?: SpeechEmbedding | FileSource,
): Promise<Float32Array> {
  const bytes = await exportedBytes(model, 'checkOnnx: model');
  const own = await TriggerModel.load(bytes, embedding === undefined ? {} : { embedding });
  try {
    // meyda takes powers of two alone.
    const stream = own.stream({ spectrum: 'fast' });
    const all: number[] = [];
    stream.on('score', ({ scores }) => all.push(...scores));
    stream.push(data);
    stream.dispose();
    return Float32Array.from(all);
  } finally {
    await own.dispose();
  }
}
