import { SeqkitError } from '../../base/errors.js';
import { hardwareThreads } from '../../base/host/thread-support.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import type { Network } from '../../rnn/model/network.js';
import { trainable } from '../../rnn/model/trainable.js';
import type { ClipSet } from '../clips/clips.js';
import { triggerFitOptions, type TriggerFitOptions } from './training-plan.js';
import { clipSet } from '../clips/clip-shapes.js';
import type { TrainingRecord } from './training-record.js';
import { recordedNegatives } from './recorded-negatives.js';
import { refuseWindow } from './refuse-window.js';
import { TrainingRun } from './training-run.js';
import { withThreshold, type TriggerPreset } from '../detection/trigger-settings.js';

export { triggerFitOptions };

/** A network, what it is made for, and what all that is random in its training follows from. */
export interface Trainee {
  /** What it listens for, one output each. */
  words: readonly string[];
  network: Network;
  settings: TriggerPreset;
  /** That features of kind `embedding` are made by. */
  embedding?: SpeechEmbedding | undefined;
  seed: number;
  /** That mix examples. @default as many as the machine runs at once */
  threads?: number | undefined;
  /** Whether the network is wanted no more: training stops then, as by its signal. */
  isDisposed?: () => boolean;
}

/**
 * Mixes examples from clips and trains a network on them.
 *
 * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where clips
 *   were read for another sample rate; `usage` for a model of another library
 */
export async function trainTrigger(
  {
    words,
    network,
    settings,
    embedding,
    seed,
    threads = hardwareThreads(),
    isDisposed = () => false,
  }: Trainee,
  clips: ClipSet,
  given: TriggerFitOptions,
): Promise<TrainingRecord> {
  const options = triggerFitOptions.parse(given);
  const { heldOut = clips } = options;
  clipSet.parse(clips, 'fit: clips');
  clipSet.parse(heldOut, 'fit: heldOut');
  if (options.resume === true && options.checkpoint === undefined) {
    throw new SeqkitError('There is no checkpoint to resume from.', {
      code: 'usage',
      hint: 'Give checkpoint: a file, or a store in a page, too.',
    });
  }
  const { features, training, network: kind } = settings;
  refuseWindow(kind);
  for (const { sampleRate } of [clips, heldOut]) {
    if (sampleRate === features.sampleRate) continue;
    throw new SeqkitError(`The clips are at ${sampleRate} Hz, expected ${features.sampleRate}.`, {
      code: 'bad-value',
      hint: `Read them with readClips(files, ${features.sampleRate}).`,
    });
  }
  checkWords(clips, words);
  const { epochs = training.epochs, examples: asked, recordedNegatives: recorded = true, ...rest } = options;
  const { language, ...hooks } = rest;
  const wanted = training.examplesPerActivate * clips.activates.length;
  const examples = asked ?? Math.min(training.maxExamples, Math.max(training.minExamples, wanted));
  const speech = recorded ? await recordedNegatives(settings, embedding, language) : undefined;
  const plan = {
    network: trainable(network),
    clips,
    words,
    preset: settings,
    embedding,
    seed,
    examples,
    epochs,
    threads,
  };
  const run = new TrainingRun({ ...plan, ...(speech && { negatives: speech }), ...hooks, isDisposed });
  const {
    finalLoss,
    epochs: done,
    hardNegatives,
    validation: judgement,
    threshold,
    tails,
  } = await runLocked(run, options.checkpoint);
  if (threshold !== undefined) settings.firing = withThreshold(settings.firing, words, threshold);
  const { activates, negatives, backgrounds, ownTakes = [] } = clips;
  return {
    activates: activates.length,
    negatives: negatives.length,
    backgrounds: backgrounds.length,
    ...(ownTakes.length > 0 && { ownTakes: ownTakes.length }),
    examples,
    epochs: done,
    finalLoss,
    ...(hardNegatives > 0 && { hardNegatives }),
    ...(judgement && { validation: judgement }),
    ...(tails && { thresholds: tails }),
  };
}

/** Runs a training while no other has its checkpoint. */
async function runLocked(
  run: TrainingRun,
  checkpoint: TriggerFitOptions['checkpoint'],
): ReturnType<TrainingRun['run']> {
  if (typeof checkpoint !== 'string') return run.run();
  const { whileLocked } = await import('../../base/host/lock-file.js');
  return whileLocked(checkpoint, () => run.run());
}

function checkWords({ activates, ownTakes = [] }: ClipSet, words: readonly string[]): void {
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
  const alien = ownTakes.find(({ word }) => word === undefined || !words.includes(word));
  if (alien !== undefined) {
    throw new SeqkitError(
      `${alien.name} is a take of ${alien.word ?? 'no word that is named'}; the model hears ${words.join(', ')}.`,
      { code: 'bad-value', hint: 'Give each take of ownTakes the word that it is of.' },
    );
  }
  if (strange.length === 0 && missing.length === 0) return;
  throw new SeqkitError(
    `The model hears ${words.join(', ')}; activates/ holds ${there.map((word) => word ?? 'files of none').join(', ')}.`,
    { code: 'bad-value', hint: 'Put the clips of each word into activates/<word>/.' },
  );
}
