import { SeqkitError } from '../../../base/errors.js';
import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SparseCategoricalCrossentropy } from '../../../rnn/losses/sparse-categorical-crossentropy.js';
import type { EngineChoice } from '../../../rnn/engine/engine-names.js';
import { Model } from '../../../rnn/model/model.js';
import type { ModelOptions } from '../../../rnn/model/model-options.js';
import { placeName, type CheckpointChoice } from '../../../rnn/training/checkpoint-choice.js';
import { Adam } from '../../../rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../../rnn/training/optimizers/schedules.js';
import type { SequenceInput } from '../../examples/sequence-input.js';
import { paddedBatch, type ReadSequence, type SequenceReader } from '../../inputs/sequence-reader.js';
import type { ClassedInputs, Encoder, EncoderContents, EncoderName } from './encoder.js';

/** How a network is trained. */
export interface NetworkTraining {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly labelSmoothing: number;
  /** Epochs without a better held-out loss that end it. */
  readonly patience: number;
  /** The weight of each class. */
  readonly classWeights: readonly number[] | undefined;
  readonly checkpoint?: CheckpointChoice | undefined;
  readonly resume?: boolean | undefined;
  readonly signal?: AbortSignalLike | undefined;
  readonly onEpoch?: ((report: NetworkEpoch) => unknown) | undefined;
}

/** How a network stands after an epoch. */
export interface NetworkEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly heldOutLoss: number;
}

/** Losses by epoch, in nats. */
export interface NetworkHistory {
  readonly loss: readonly number[];
  readonly heldOutLoss: readonly number[];
  /** From 1. */
  readonly bestEpoch: number;
}

/** Sequences side by side in one pass. */
const BATCH = 64;
/** Fewer than that are padded to so many, so that there are few programs. */
const FEW = 8;

/** Lengths are rounded up to so many parts of a power of two, so that there are few programs. */
const PARTS = 4;

/** A network over the steps of sequences. */
export class NetworkEncoder implements Encoder {
  readonly #reader: SequenceReader;
  readonly #model: Model;

  constructor(
    readonly name: EncoderName,
    reader: SequenceReader,
    model: Model,
    readonly classes: number,
  ) {
    this.#reader = reader;
    this.#model = model;
  }

  /**
   * Trains a network until its loss on held-out examples falls no longer, and keeps the weights of the best epoch.
   * @throws SeqkitError `diverged`; `stopped` where the signal ended it
   */
  async train(
    trained: ClassedInputs,
    heldOut: ClassedInputs,
    training: NetworkTraining,
  ): Promise<NetworkHistory> {
    const { epochs, batchSize, learningRate, labelSmoothing, patience, classWeights } = training;
    const [x, own] = [this.#examples(trained), this.#examples(heldOut)];
    const steps = Math.ceil(trained.classes.length / batchSize) * epochs;
    const peak = learningRate;
    this.#model.compile({
      loss: new SparseCategoricalCrossentropy({ labelSmoothing }),
      evaluationLoss: new SparseCategoricalCrossentropy(),
      optimizer: new Adam({
        learningRate: cosineSchedule({
          ...{ peak, totalSteps: steps + 1, warmupSteps: Math.min(20, steps / 10), floor: peak / 50 },
        }),
        globalClipNorm: 2,
      }),
    });
    const { checkpoint, resume, signal, onEpoch } = training;
    const history = await this.#model.fit(x.batch, column(trained.classes), {
      ...{ epochs, batchSize, lengths: x.lengths },
      validationData: { x: own.batch, y: column(heldOut.classes), lengths: own.lengths },
      earlyStopping: { patience, restoreBest: true },
      ...(classWeights && { classWeight: { ...classWeights } }),
      ...(checkpoint && { checkpoint, resume: resume ?? false }),
      ...(signal && { signal }),
      onEpoch: ({ epoch, loss, validationLoss }) =>
        onEpoch?.({ epoch, epochs, loss, heldOutLoss: validationLoss! }),
    });
    if (history.stopped) {
      throw new SeqkitError('The training of the classifier was stopped.', {
        code: 'stopped',
        ...(checkpoint && {
          hint: `Its state is saved: train with resume, ${placeName(checkpoint)} as checkpoint, and the same examples and options.`,
        }),
      });
    }
    return { loss: history.loss, heldOutLoss: history.validationLoss, bestEpoch: history.bestEpoch ?? 0 };
  }

  #examples({ inputs }: ClassedInputs) {
    const sequences = inputs.map((input) => this.#reader.read(input));
    const time = sequences.reduce((longest, { length }) => Math.max(longest, length), 1);
    const { data, shape, lengths } = paddedBatch(this.#reader, sequences, time);
    return { batch: { data, shape }, lengths };
  }

  async logits(inputs: readonly SequenceInput[]): Promise<Float32Array> {
    const sequences = inputs.map((input) => this.#reader.read(input));
    const out = new Float32Array(inputs.length * this.classes);
    for (const [time, places] of byTime(sequences)) {
      for (let start = 0; start < places.length; start += BATCH) {
        const some = places.slice(start, start + BATCH);
        await this.#pass(sequences, some, time, out);
      }
    }
    return out;
  }

  async #pass(
    sequences: readonly ReadSequence[],
    places: readonly number[],
    time: number,
    out: Float32Array,
  ): Promise<void> {
    const own = places.map((place) => sequences[place]);
    const { data, shape, lengths } = paddedBatch(this.#reader, own, time);
    const batchSize = own.length === 1 ? 1 : own.length <= FEW ? FEW : BATCH;
    const logits = await this.#model.predict({ data, shape }, { lengths, batchSize });
    for (const [row, place] of places.entries()) {
      for (let c = 0; c < this.classes; c++) {
        out[place * this.classes + c] = logits.data[row * this.classes + c];
      }
    }
  }

  /**
   * Tries the network of a file on a sequence of one step.
   * @throws SeqkitError `bad-file` where it does not take what is read, or does not tell so many classes
   */
  async check(source: string): Promise<void> {
    const { tokens, features } = this.#reader;
    const data = tokens === undefined ? new Float32Array(features) : Int32Array.of(tokens - 1);
    const { shape, ...one } = paddedBatch(this.#reader, [{ data, length: 1 }], PARTS);
    let outputs: readonly number[];
    try {
      ({ shape: outputs } = await this.#model.predict({ data: one.data, shape }, { lengths: one.lengths }));
    } catch (cause) {
      throw new SeqkitError(`${source} has a network that does not take its own sequences.`, {
        code: 'bad-file',
        cause,
      });
    }
    if (outputs.length === 2 && outputs[1] === this.classes) return;
    throw new SeqkitError(
      `${source} has ${this.classes} labels, and a network that gives (${outputs.join(', ')}).`,
      { code: 'bad-file' },
    );
  }

  contents(): EncoderContents {
    return { settings: { reader: this.#reader.toJSON() }, parts: { network: this.#model.toBytes() } };
  }

  async dispose(): Promise<void> {
    await this.#model.dispose();
  }
}

/** Places of sequences by the length that they are padded to. */
function byTime(sequences: readonly ReadSequence[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  sequences.forEach(({ length }, place) => {
    const time = roundedLength(length);
    const group = groups.get(time);
    if (group) group.push(place);
    else groups.set(time, [place]);
  });
  return groups;
}

/** The next of 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 and so on. */
export function roundedLength(length: number): number {
  if (length <= PARTS) return PARTS;
  const part = 2 ** (Math.floor(Math.log2(length)) - Math.log2(PARTS));
  return Math.ceil(length / part) * part;
}

/** The network of a file. @throws SeqkitError `bad-file` where it is damaged or does not fit its classifier */
export async function openNetwork(
  bytes: Uint8Array | undefined,
  source: string,
  options: Pick<ModelOptions, 'threads' | 'onEngine'> & { readonly engine?: EngineChoice },
): Promise<Model> {
  if (bytes === undefined) {
    throw new SeqkitError(`${source} holds no network.`, { code: 'bad-file' });
  }
  return (await Model.open(bytes, options)).model;
}

/** Classes as targets, shape (N). */
function column(classes: Int32Array) {
  return { data: classes, shape: [classes.length] };
}
