import { IS_NODE } from '../../base/host/platform.js';
import type { TriggerPreset } from '../detection/trigger-settings.js';
import { normalized } from '../embedding/embedding-features.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';

/** The recorded speech that comes with seqkit, in embeddings: most of it to train on, the rest for the threshold. */
export interface RecordedNegatives {
  /** Examples to train on. */
  readonly count: number;
  /** Of one of them, (frames, bands). */
  readonly features: (example: number) => Float32Array;
  /** Examples that are not trained on. */
  readonly held: readonly Float32Array[];
}

/** Of each speaker's examples the last: what was said is all different, and nobody but the speaker is shared. */
const HELD_SHARE = 0.3;

/**
 * @param language of the words, a tag: what is said in it may hold them, and is left out
 * @returns undefined where there is none for these features: others than embeddings, those of another embedding, in a
 *   page, or with examples of another length
 */
export async function recordedNegatives(
  { features, synthesis }: TriggerPreset,
  embedding: SpeechEmbedding | undefined,
  language: string | undefined,
): Promise<RecordedNegatives | undefined> {
  // Said here, so that pages go without what follows.
  if (!IS_NODE) return undefined;
  if (features.kind !== 'embedding' || embedding === undefined) return undefined;
  const { shippedNegatives } = await import('../embedding/shipped-negatives.js');
  const shipped = await shippedNegatives(embedding.hash);
  if (shipped === undefined || shipped.exampleSeconds !== synthesis.exampleSeconds) return undefined;
  const { frames, size, speaker, speakers, data } = shipped;
  const all = normalized(data, features);
  const example = (n: number) => all.subarray(n * frames * size, (n + 1) * frames * size);
  const [trained, held]: [number[], number[]] = [[], []];
  const spoken = language?.toLowerCase().split(/[-_]/)[0];
  for (const [who, { language: theirs }] of speakers.entries()) {
    if (theirs === spoken) continue;
    const examples = [...speaker.keys()].filter((n) => speaker[n] === who);
    const first = Math.round((1 - HELD_SHARE) * examples.length);
    trained.push(...examples.slice(0, first));
    held.push(...examples.slice(first));
  }
  return { count: trained.length, features: (n) => example(trained[n]), held: held.map(example) };
}
