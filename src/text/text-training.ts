import { SeqkitError } from '../rnn/errors.js';
import { wholeNumber } from '../rnn/layers/layer.js';
import type { Sequential } from '../rnn/sequential.js';
import { Adam } from '../rnn/training/optimizers.js';
import { splitCorpus } from './corpus.js';
import { Lanes } from './lanes.js';
import { Pace } from './pace.js';
import { textLoss, toBits } from './text-loss.js';
import type { Tokens } from './vocabulary.js';

/** What a run goes over. */
export interface TextPlan {
  /** Characters that are trained on in each epoch. */
  trainingCharacters: number;
  /** Characters of the tail that is only measured on. */
  heldOutCharacters: number;
  /** Each of N x T characters; the last of an epoch may have fewer. */
  stepsPerEpoch: number;
  /** Characters of the last step of an epoch. */
  lastStepCharacters: number;
}

/** How training stands after a step. */
export interface TextProgress {
  /** From 1. */
  epoch: number;
  /** Steps taken so far. */
  step: number;
  /** The share of the run that is done, 0 to 1. */
  progress: number;
  /** Characters trained on so far, each pass counted. */
  characters: number;
  /** The mean training loss of the last steps, in nats per character. */
  loss: number;
  /** The same in bits. */
  bitsPerCharacter: number;
  /** Trained on, without the time for held-out text. */
  charactersPerSecond: number;
  /** Of the last epoch that ended, in nats per character. */
  heldOutLoss: number | undefined;
}

export interface TextFitOptions {
  /** T, characters between updates, over which gradients flow back. @default 64 */
  seqLength?: number;
  /** N, places of the text that are read side by side. @default 16 */
  batchSize?: number;
  /** Passes over the text. @default 10; no limit where `minutes` is given */
  epochs?: number;
  /** Ends the training after so long. How many steps that are depends on the machine. */
  minutes?: number;
  /** Adam's highest rate; it climbs there at first, then falls along a cosine. @default 8e-3 */
  learningRate?: number;
  /** The share of the text, at its end, that is only measured on. @default 0.1 */
  heldOut?: number;
  /** Called once, before the first step. */
  onStart?: (plan: TextPlan) => void;
  /** Called after each step. */
  onProgress?: (report: TextProgress) => void;
  /** Stops after the step in hand. */
  signal?: AbortSignal;
}

/** How training went. Losses are means per character; an epoch cut short counts as one. */
export interface TextHistory {
  /** Training loss of each epoch in nats, each character as its step found it. */
  loss: number[];
  /** The same in bits. */
  bitsPerCharacter: number[];
  /** Loss on the held-out tail after each epoch, in nats; empty where nothing is held out. */
  heldOutLoss: number[];
  /** The same in bits. */
  heldOutBitsPerCharacter: number[];
  /** Training loss of the last steps, a hundred at most, in nats. */
  finalLoss: number;
  steps: number;
  /** Characters trained on, each pass counted. */
  characters: number;
  /** Training time in seconds, without that for held-out text. */
  seconds: number;
  charactersPerSecond: number;
  /** Whether the signal ended the training early. */
  stopped: boolean;
}

const clipNorm = 5;
const recentSteps = 100;
/** How many steps carry their state on before it is zero again, as it is where sampling begins. */
const carriedSteps = 25;
/** How often others get a turn, in milliseconds: an engine may never wait for anything. */
const turnMs = 100;

/** The loop of `TextModel.fit`: truncated BPTT with Adam over the lanes of a text. */
export async function trainOnText(
  model: Sequential,
  tokens: Tokens,
  options: TextFitOptions = {},
): Promise<TextHistory> {
  const { seqLength, batchSize, epochs, minutes, learningRate, heldOut } = checked(options);
  const split = splitCorpus(tokens, { batchSize, seqLength, heldOut });
  const lanes = new Lanes(split.training, { lanes: batchSize, steps: seqLength });
  options.onStart?.({
    trainingCharacters: lanes.predictions,
    heldOutCharacters: split.heldOut.length,
    stepsPerEpoch: lanes.batches,
    lastStepCharacters: lanes.batch(lanes.batches - 1).predictions,
  });
  const history: TextHistory = {
    loss: [],
    bitsPerCharacter: [],
    heldOutLoss: [],
    heldOutBitsPerCharacter: [],
    finalLoss: NaN,
    steps: 0,
    characters: 0,
    seconds: 0,
    charactersPerSecond: 0,
    stopped: false,
  };
  const pace = new Pace({ steps: epochs * lanes.batches, minutes, peak: learningRate });
  // The model may have been trained before: its own count of steps does not say how far this run is.
  const optimizer = new Adam({
    learningRate: () => pace.rate(history.steps + 1),
    globalClipNorm: clipNorm,
  });
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer });

  const recent: LossSum[] = [];
  let turnAtMs = performance.now();
  for (let epoch = 1; epoch <= epochs && !history.stopped && pace.progress(history.steps) < 1; epoch++) {
    const whole: LossSum = { sum: 0, characters: 0 };
    let stepMs = performance.now();
    for (let k = 0; k < lanes.batches; k++) {
      if (k % carriedSteps === 0) await model.resetStates();
      const { x, y, sampleWeight, predictions } = lanes.batch(k);
      const mean = await model.trainOnBatch(x, y, sampleWeight && { sampleWeight });
      // The model divides by N * T, whatever the weights.
      const step = { sum: mean * batchSize * seqLength, characters: predictions };
      add(whole, step);
      recent.push(step);
      if (recent.length > recentSteps) recent.shift();
      const now = performance.now();
      history.seconds += (now - stepMs) / 1000;
      stepMs = now;
      history.steps++;
      history.characters += predictions;
      history.finalLoss = meanOf(recent.reduce(add, { sum: 0, characters: 0 }));
      history.charactersPerSecond = history.characters / history.seconds;
      const progress = pace.progress(history.steps);
      options.onProgress?.({
        epoch,
        step: history.steps,
        progress,
        characters: history.characters,
        loss: history.finalLoss,
        bitsPerCharacter: toBits(history.finalLoss),
        charactersPerSecond: history.charactersPerSecond,
        heldOutLoss: history.heldOutLoss.at(-1),
      });
      if (now - turnAtMs > turnMs) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turnAtMs = performance.now();
      }
      history.stopped = options.signal?.aborted ?? false;
      if (history.stopped || progress >= 1) break;
    }
    history.loss.push(meanOf(whole));
    history.bitsPerCharacter.push(toBits(meanOf(whole)));
    if (split.heldOut.length > 1) {
      const measured = await textLoss(model, split.heldOut, { batchSize, seqLength });
      history.heldOutLoss.push(measured.loss);
      history.heldOutBitsPerCharacter.push(measured.bitsPerCharacter);
    }
  }
  return history;
}

/** Losses of some characters, added up. */
interface LossSum {
  sum: number;
  characters: number;
}

function add(total: LossSum, { sum, characters }: LossSum): LossSum {
  total.sum += sum;
  total.characters += characters;
  return total;
}

function meanOf({ sum, characters }: LossSum): number {
  return sum / characters;
}

function checked(
  options: TextFitOptions,
): Required<Omit<TextFitOptions, 'onStart' | 'onProgress' | 'signal'>> {
  const { seqLength = 64, batchSize = 16, learningRate = 8e-3, heldOut = 0.1, minutes } = options;
  const { epochs = minutes === undefined ? 10 : Infinity } = options;
  wholeNumber(seqLength, 'seqLength', 1);
  wholeNumber(batchSize, 'batchSize', 1);
  if (epochs !== Infinity) wholeNumber(epochs, 'epochs', 1);
  for (const [name, value] of [
    ['minutes', minutes ?? 1],
    ['learningRate', learningRate],
  ] as const) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new SeqkitError(`${name} must be a number above 0, not ${value}.`, { code: 'bad-value' });
    }
  }
  return { seqLength, batchSize, epochs, minutes: minutes ?? Infinity, learningRate, heldOut };
}
