import { SeqkitError } from '../../base/errors.js';
import { embeddingSource } from '../../audio/embedding/embedding-use.js';
import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { transitionsOf, withoutLines, type CRFScores } from '../source/described-parts.js';
import {
  exportedBytes,
  openExported,
  type ExportedModel,
  type ModelSource,
} from '../source/exported-model.js';
import { soundFront, type SoundDescription, type SoundFront } from './sound/sound-front.js';
import type { Port } from './write/onnx-builder.js';
import { writeOnnxGraph } from './write/write-onnx-graph.js';
import type { CarriedPort } from './write/writing.js';

export interface OnnxOptions {
  /**
   * Every recurrent layer takes its state as an input and gives the next one as an output, as does a convolution the
   * frames it reaches back to: the file takes one time step after the other, or any number at once. @default false
   */
  step?: boolean;
  /** Weights in 8 bits with a scale for each unit: a quarter of the size, the numbers a little different. @default false */
  int8?: boolean;
  /**
   * A further input `lengths` (N) says how many time steps of each sequence count.
   * @default true for classifiers, whose texts differ in length, else false
   */
  lengths?: boolean;
  /**
   * Of a detector of trigger words: what makes features of sound is in the file too. It takes samples and gives scores
   * from 0 to 1. @default false
   */
  withFeatures?: boolean;
  /**
   * With `withFeatures`, the speech embedding of a detector that hears through one, or where its file is.
   * @default that which was trained with, where it is found in the user's data folder or comes with seqkit
   */
  embedding?: SpeechEmbedding | FileSource;
}

const onnxOptions = optionsSchema<OnnxOptions>('toOnnx', {
  step: optional(flag),
  int8: optional(flag),
  lengths: optional(flag),
  withFeatures: optional(flag),
  embedding: optional(embeddingSource),
});

/** What a program must know to run an exported file: the JSON that stands beside it. */
export interface OnnxDescription {
  readonly format: 'seqkit-onnx';
  readonly formatVersion: 1;
  /** The class that the model is of, such as `TriggerModel`. */
  readonly kind: string;
  readonly step: boolean;
  readonly int8: boolean;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** States, each an input and the output that becomes it at the next call; they begin with zeros. */
  readonly states: readonly CarriedPort[];
  /** The sound that goes in, where the features are in the file. */
  readonly sound?: SoundDescription;
  /** The scores that a CRF adds up between labels, by the name of its layer. */
  readonly transitions?: Readonly<Record<string, CRFScores>>;
  /** What the model keeps beside its weights: words, labels, vocabulary, features and thresholds. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A model as ONNX. */
export interface OnnxExport {
  /** Of the `.onnx` file. */
  readonly bytes: Uint8Array;
  /** Of the `.json` file beside it. */
  readonly description: OnnxDescription;
}

/**
 * Writes a model as ONNX (opset 17, IR 8): its network, as it predicts. Dropout is gone, and batch normalization is
 * folded into the layer before it where that has no activation.
 * @param model any model that can be saved, or where its file is
 * @throws SeqkitError `usage` for a layer or activation that ONNX cannot say, for a step model that needs later time
 *   steps, for models that are more than one network, and for features of what is no detector; with `withFeatures` as
 *   `TriggerModel.load` where the embedding is not there
 *
 * @example
 * const { bytes, description } = await toOnnx(model, { step: true });
 */
export async function toOnnx(model: ModelSource, options: OnnxOptions = {}): Promise<OnnxExport> {
  const { withFeatures = false, embedding, ...known } = onnxOptions.parse(options);
  if (!withFeatures) {
    if (embedding !== undefined) {
      throw new SeqkitError('An embedding goes into the file with withFeatures alone.', {
        code: 'usage',
        hint: 'Leave it out, or give withFeatures: true.',
      });
    }
    return onnxOf(await openExported(model, 'toOnnx: model'), known);
  }
  const bytes = await exportedBytes(model, 'toOnnx: model');
  const exported = await openExported(bytes, 'toOnnx: model');
  const { step = false } = known;
  const front = await soundFront(bytes, exported, { step, ...(embedding !== undefined && { embedding }) });
  try {
    return onnxOf(exported, known, front);
  } finally {
    await front.dispose();
  }
}

function onnxOf(
  { kind, settings, graph, source }: ExportedModel,
  options: OnnxOptions,
  sound?: SoundFront,
): OnnxExport {
  const { step = false, int8 = false, lengths = kind === 'SequenceClassifier' && !step } = options;
  if (lengths && step) {
    throw new SeqkitError('A step model takes no lengths: it does not know how long a sequence will be.', {
      code: 'usage',
      hint: 'Leave out lengths, and stop calling it at the end of each sequence.',
    });
  }
  if (lengths && (sound || graph.inputs.length > 1 || graph.shapes?.[0].time === undefined)) {
    throw new SeqkitError(`${source} does not take lengths: it needs one input, of sequences.`, {
      code: 'usage',
      hint: 'Leave out lengths.',
    });
  }
  const written = writeOnnxGraph(graph, {
    step,
    int8,
    lengths,
    ...(sound && { front: sound.front }),
    metadata: { kind, ...(sound && { input: 'sound' }) },
  });
  const { bytes, inputs, outputs, states } = written;
  const transitions = transitionsOf(graph);
  const description: OnnxDescription = {
    ...{ format: 'seqkit-onnx', formatVersion: 1, kind, step, int8, inputs, outputs, states },
    ...(sound && { sound: sound.sound }),
    ...(transitions && { transitions }),
    settings: withoutLines(settings),
  };
  return { bytes, description };
}
