import { stepTiming, type TriggerPreset } from '../../../audio/detection/trigger-settings.js';
import { embeddingNetwork } from '../../../audio/embedding/embedding-network.js';
import { EmbeddingUse } from '../../../audio/embedding/embedding-use.js';
import type { SpeechEmbedding } from '../../../audio/embedding/speech-embedding.js';
import { readTrigger } from '../../../audio/trigger-file.js';
import { SeqkitError } from '../../../base/errors.js';
import type { FileSource } from '../../../base/source/file-source.js';
import type { ExportedModel } from '../../source/exported-model.js';
import type { Flow } from '../write/flow.js';
import type { Writing } from '../write/writing.js';
import { writeEmbedding } from './write-embedding.js';
import { writeFeatures } from './write-features.js';

/** The sound that a file with its features inside takes: samples (N, S), one channel. */
export interface SoundDescription {
  /** Hz; sound at another rate is resampled before. */
  readonly sampleRate: number;
  /** The range of full scale: samples of 16 bits are divided by 32768. */
  readonly range: readonly [least: number, most: number];
  /** Samples that a frame of the features sees ... */
  readonly frameSamples: number;
  /** ... and from one frame to the next. */
  readonly hopSamples: number;
  /** Samples that the first score needs: S is no less. Score i has heard firstScoreSamples + i * scoreSamples of them. */
  readonly firstScoreSamples: number;
  /** Samples from one score to the next. A step model takes this many at a call, or a multiple of it. */
  readonly scoreSamples: number;
}

export interface SoundFrontOptions {
  readonly step: boolean;
  /** Where the model hears through one. */
  readonly embedding?: SpeechEmbedding | FileSource;
}

/** What makes features of samples, in a graph, and what it takes. */
export interface SoundFront {
  readonly sound: SoundDescription;
  /** Takes the input `samples`. */
  readonly front: (writing: Writing) => Flow;
  /** Frees what it was written from. */
  readonly dispose: () => Promise<void>;
}

type WriteSound = (writing: Writing, samples: string) => Flow;

/** The name of the input of samples. */
export const SAMPLES = 'samples';

/**
 * The features of a detector as a part of its graph. In a step model the state is the samples that the next score
 * reaches back to.
 * @param bytes of the model's file
 * @throws SeqkitError `usage` for what is no detector of sound, and for steps over an embedding; as `TriggerModel.load`
 *   where the embedding is not there
 */
export async function soundFront(
  bytes: Uint8Array,
  { kind, source }: ExportedModel,
  { step, embedding }: SoundFrontOptions,
): Promise<SoundFront> {
  if (kind !== 'TriggerModel') {
    throw new SeqkitError(`${source} holds a ${kind}, whose input is not made of sound in its file.`, {
      code: 'usage',
      hint: 'Leave out withFeatures, which is for detectors of trigger words.',
    });
  }
  const { settings, network } = await readTrigger(bytes, { engine: 'wasm', threads: 1 });
  await network.dispose();
  const { features, network: made } = settings;
  const isEmbedding = features.kind === 'embedding';
  if (made.layers === 'window') {
    throw new SeqkitError(`${source} holds a wake word of another library, over windows of embeddings.`, {
      code: 'usage',
      hint: 'Leave out withFeatures, and give its file embeddings.',
    });
  }
  if (isEmbedding && step) {
    throw new SeqkitError(
      `${source} hears through a speech embedding, which is written for whole recordings.`,
      {
        code: 'usage',
        hint: 'Leave out step, or leave out withFeatures and give it embeddings.',
      },
    );
  }
  const sound = soundOf(settings);
  const { write, dispose } = isEmbedding
    ? await embeddingWriter(features, source, embedding)
    : { write: featuresWriter(features), dispose: () => Promise.resolve() };
  return {
    ...{ sound, dispose },
    front: (writing) => {
      writing.builder.reserve(SAMPLES);
      writing.builder.input({ name: SAMPLES, type: 'float32', dims: ['N', SAMPLES] });
      if (!step) return write(writing, SAMPLES);
      const flow = write(writing, withSamplesBefore(writing, sound));
      writing.comesWithFrames(flow.name);
      return flow;
    },
  };
}

const featuresWriter =
  (features: TriggerPreset['features']): WriteSound =>
  (writing, samples) =>
    writeFeatures(writing, samples, features);

function soundOf(settings: TriggerPreset): SoundDescription {
  const { features, network } = settings;
  const { sampleRate, frameSamples, hopSamples } = features;
  const { kernelFrames, strideFrames } = network;
  const { firstStepMs } = stepTiming(settings, kernelFrames);
  return {
    ...{ sampleRate, range: [-1, 1], frameSamples, hopSamples },
    firstScoreSamples: Math.round((firstStepMs * sampleRate) / 1000),
    scoreSamples: strideFrames * hopSamples,
  };
}

/** Samples of before and those that come; the last of them are handed on. */
function withSamplesBefore(writing: Writing, { firstScoreSamples, scoreSamples }: SoundDescription): string {
  const before = firstScoreSamples - scoreSamples;
  if (before <= 0) return SAMPLES;
  const { builder } = writing;
  const state = { name: 'sound' };
  const previous = writing.carryIn(state, SAMPLES, ['N', before]);
  const joined = writing.op('Concat', [previous, SAMPLES], { axis: 1 });
  const [start, end, axis] = [-before, Number.MAX_SAFE_INTEGER, 1].map((n) => builder.ints(n));
  writing.carryOut(state, SAMPLES, writing.op('Slice', [joined, start, end, axis]));
  return joined;
}

/** @throws SeqkitError where the embedding is not there, or is another one */
async function embeddingWriter(
  features: TriggerPreset['features'],
  source: string,
  given: SpeechEmbedding | FileSource | undefined,
): Promise<{ write: WriteSound; dispose: () => Promise<void> }> {
  const use = new EmbeddingUse(given);
  const { file } = await use.need(source, features.embedding);
  await use.dispose();
  const network = await embeddingNetwork(file.weights);
  return {
    write: (writing, samples) => writeEmbedding(writing, samples, network.layers, features),
    dispose: () => network.dispose(),
  };
}
