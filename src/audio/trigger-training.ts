import { SeqkitError } from '../rnn/errors.js';
import { checkKnownOptions } from '../rnn/known-options.js';
import { Random } from '../rnn/random.js';
import type { Sequential } from '../rnn/sequential.js';
import { Adam } from '../rnn/training/optimizers.js';
import { cosineSchedule } from '../rnn/training/schedules.js';
import type { ClipSet } from './clips.js';
import { ExamplePool } from './example-pool.js';
import { recordOf, type ExampleRecord } from './example-record.js';
import type { TriggerPreset } from './trigger-settings.js';

/** How far `fit` is. */
export interface TriggerProgress {
  phase: 'mixing' | 'training';
  done: number;
  /** Examples to mix, or to train on over all epochs. */
  total: number;
  /** Of the last batch, while training. */
  loss?: number;
}

export interface TriggerFitOptions {
  /** @default the preset's */
  epochs?: number;
  /** Examples to mix. @default so many for each clip of the word, as the preset says */
  examples?: number;
  onProgress?: (progress: TriggerProgress) => void;
  /** Called with how each example was mixed. */
  onExample?: (record: ExampleRecord) => void;
  /** Stops after the batch in hand. */
  signal?: AbortSignal;
}

/** What a model was trained on, as saved with it. */
export interface TrainingRecord {
  activates: number;
  negatives: number;
  backgrounds: number;
  examples: number;
  epochs: number;
  finalLoss: number;
}

const fitKeys: Record<keyof TriggerFitOptions, true> = {
  epochs: true,
  examples: true,
  onProgress: true,
  onExample: true,
  signal: true,
};

/** A network, what it is made for, and what all that is random in its training follows from. */
export interface Trainee {
  /** What it listens for, one output each. */
  words: readonly string[];
  network: Sequential;
  settings: TriggerPreset;
  seed: number;
}

/**
 * Mixes examples from clips and trains a network on them.
 *
 * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where clips
 *   were read for another sample rate
 */
export async function trainTrigger(
  trainee: Trainee,
  clips: ClipSet,
  options: TriggerFitOptions,
): Promise<TrainingRecord> {
  checkKnownOptions(options, fitKeys, 'fit');
  const { words, settings, seed } = trainee;
  const { features, training } = settings;
  if (clips.sampleRate !== features.sampleRate) {
    throw new SeqkitError(`The clips are at ${clips.sampleRate} Hz, expected ${features.sampleRate}.`, {
      code: 'bad-value',
      hint: `Read them with readClips(files, ${features.sampleRate}).`,
    });
  }
  checkWords(clips, words);
  const epochs = options.epochs ?? training.epochs;
  const wanted = training.examplesPerActivate * clips.activates.length;
  const examples =
    options.examples ?? Math.min(training.mostExamples, Math.max(training.leastExamples, wanted));
  const pool = new ExamplePool(clips, settings, examples, seed, words);
  for (let index = 0; index < examples; index++) {
    const mixture = pool.mix(index);
    if (options.onExample !== undefined) {
      const number = { seed, example: index, sampleRate: features.sampleRate };
      options.onExample(recordOf(mixture, number));
    }
    if (index % 16 === 15) {
      options.onProgress?.({ phase: 'mixing', done: index + 1, total: examples });
      if (await stopped(options.signal)) break;
    }
  }
  const finalLoss = await trainOn(pool, trainee, epochs, options);
  const { activates, negatives, backgrounds } = clips;
  return {
    activates: activates.length,
    negatives: negatives.length,
    backgrounds: backgrounds.length,
    examples,
    epochs,
    finalLoss,
  };
}

/** The loop over epochs and batches; gives the mean loss of the last epoch. */
async function trainOn(
  pool: ExamplePool,
  { network, settings, seed }: Trainee,
  epochs: number,
  options: TriggerFitOptions,
): Promise<number> {
  const { batchSize, learningRate, clipNorm } = settings.training;
  const batches = Math.ceil(pool.size / batchSize);
  const totalSteps = Math.max(2, epochs * batches);
  const schedule = cosineSchedule({
    peak: learningRate,
    totalSteps,
    warmupSteps: Math.floor(totalSteps / 10),
    floor: learningRate / 100,
  });
  network.compile({
    loss: 'binaryCrossentropy',
    optimizer: new Adam({ learningRate: schedule, globalClipNorm: clipNorm }),
  });
  const random = new Random(seed).fork('training');
  const order = Int32Array.from({ length: pool.size }, (_, i) => i);
  let meanLoss = NaN;
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order);
    let sum = 0;
    for (let batch = 0; batch < batches; batch++) {
      if (await stopped(options.signal)) return meanLoss;
      const { x, y, sampleWeight } = pool.batch(
        order.subarray(batch * batchSize, Math.min(pool.size, (batch + 1) * batchSize)),
        random,
      );
      const loss = await network.trainOnBatch(x, y, { sampleWeight, batchSize });
      sum += loss * x.shape[0];
      const done = Math.min(pool.size, (batch + 1) * batchSize) + epoch * pool.size;
      options.onProgress?.({ phase: 'training', done, total: epochs * pool.size, loss });
    }
    meanLoss = sum / pool.size;
  }
  return meanLoss;
}

function checkWords({ activates }: ClipSet, words: readonly string[]): void {
  if (activates.length === 0) {
    throw new SeqkitError('There are no clips of the word to train on.', {
      code: 'too-little-data',
      hint: 'Put WAV files of the word into activates/.',
    });
  }
  const there = [...new Set(activates.map(({ word }) => word))];
  if (words.length === 1) {
    if (there.length === 1) return;
    throw new SeqkitError(
      `The model hears one word; activates/ holds ${there.map((word) => word ?? 'files of none').join(', ')}.`,
      { code: 'bad-value', hint: 'Make a model of several: new TriggerModel({ words: [...] }).' },
    );
  }
  const strange = there.filter((word) => word === undefined || !words.includes(word));
  const missing = words.filter((word) => !there.includes(word));
  if (strange.length === 0 && missing.length === 0) return;
  throw new SeqkitError(
    `The model hears ${words.join(', ')}; activates/ holds ${there.map((word) => word ?? 'files of none').join(', ')}.`,
    { code: 'bad-value', hint: 'Put the clips of each word into activates/<word>/.' },
  );
}

/** Lets other work run, and says whether to stop. */
async function stopped(signal: AbortSignal | undefined): Promise<boolean> {
  if (signal === undefined) return false;
  await new Promise((resolve) => setTimeout(resolve, 0));
  return signal.aborted;
}
