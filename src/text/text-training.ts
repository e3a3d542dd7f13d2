import { Fingerprint } from '../rnn/fingerprint.js';
import type { Sequential } from '../rnn/sequential.js';
import type { RunDescription } from '../rnn/training/checkpoint.js';
import { EarlyStopping } from '../rnn/training/early-stopping.js';
import { Adam } from '../rnn/training/optimizers.js';
import { Turns } from '../rnn/training/turns.js';
import { splitCorpus, type CorpusSplit } from './corpus.js';
import { Lanes } from './lanes.js';
import { Pace } from './pace.js';
import { TextCheckpoints, type ModelSettings } from './text-checkpoints.js';
import { textLoss, toBits } from './text-loss.js';
import { checkTextOptions, type TextFitOptions, type TextRun } from './text-options.js';
import { TextPosition } from './text-position.js';
import type { TextHistory } from './text-progress.js';
import type { Tokens, Vocabulary } from './vocabulary.js';

export type { TextCheckpointOptions, TextFitOptions } from './text-options.js';
export type { TextHistory, TextPlan, TextProgress } from './text-progress.js';

const clipNorm = 5;
/** How many steps carry their state on before it is zero again, as it is where sampling begins. */
const carriedSteps = 25;
/** A line of metrics comes after so many steps, and wherever held-out text is measured. */
const metricsSteps = 100;

/** The model that is trained, with what its checkpoints need of the front end. */
export interface TrainedText {
  readonly model: Sequential;
  readonly vocabulary: Vocabulary;
  /** What a model's file says of a training that has come so far. */
  describe(history: TextHistory): ModelSettings;
}

/** The loop of `TextModel.fit`: truncated BPTT with Adam over the lanes of a text. */
export async function trainOnText(
  text: TrainedText,
  tokens: Tokens,
  options: TextFitOptions = {},
): Promise<TextHistory> {
  const { model } = text;
  const run = checkTextOptions(options);
  const { seqLength, batchSize, epochs, minutes, learningRate } = run;
  const split = splitCorpus(tokens, run);
  const lanes = new Lanes(split.training, { lanes: batchSize, steps: seqLength });
  const at = new TextPosition();
  const { history } = at;
  const stopping = options.earlyStopping && new EarlyStopping(options.earlyStopping);
  let pace = new Pace({ steps: epochs * lanes.batches, minutes, peak: learningRate });
  // The model may have been trained before: its own count of steps does not say how far this run is.
  const optimizer = new Adam({
    learningRate: () => pace.rate(history.steps + 1),
    globalClipNorm: clipNorm,
  });
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer });

  let files: TextCheckpoints | undefined;
  if (options.checkpoint) {
    const description = describeRun(text, split, run, stopping);
    const opened = await TextCheckpoints.open(model, options.checkpoint, {
      resume: options.resume ?? false,
      run: description,
    });
    files = opened.checkpoints;
    if (opened.found) {
      await model.setTrainingState(opened.found.state);
      const elapsedMs = at.restore(opened.found, stopping, opened.found.path);
      pace = new Pace({ steps: epochs * lanes.batches, minutes, peak: learningRate, elapsedMs });
      history.checkpoint = opened.found.path;
    }
  }
  options.onStart?.({
    trainingCharacters: lanes.predictions,
    heldOutCharacters: split.heldOut.length,
    stepsPerEpoch: lanes.batches,
    lastStepCharacters: lanes.batch(lanes.batches - 1).predictions,
    resumedAt: history.steps,
  });

  const measure = async (): Promise<number | undefined> =>
    split.heldOut.length > 1
      ? (await textLoss(model, split.heldOut, { batchSize, seqLength })).loss
      : undefined;
  const note = async (heldOutLoss: number | undefined): Promise<void> => {
    const { steps, characters, finalLoss, charactersPerSecond, seconds } = history;
    await files?.note({
      step: steps,
      epoch: at.epoch,
      characters,
      loss: finalLoss,
      bitsPerCharacter: toBits(finalLoss),
      heldOutLoss: heldOutLoss ?? null,
      learningRate: pace.rate(steps),
      charactersPerSecond,
      seconds,
    });
  };
  const save = async (heldOutLoss: number | undefined): Promise<void> => {
    if (!files) return;
    const state = await model.getTrainingState();
    const checkpoint = { state, ...at.save(pace.elapsedMs, stopping) };
    history.checkpoint = await files.save(history.steps, heldOutLoss, checkpoint, text.describe(history));
  };

  const turns = new Turns();
  for (; at.epoch <= epochs && !stopping?.over && pace.progress(history.steps) < 1; at.nextEpoch()) {
    let stepMs = performance.now();
    while (at.batch < lanes.batches) {
      if (at.batch % carriedSteps === 0) await model.resetStates('train');
      const { x, y, sampleWeight, predictions } = lanes.batch(at.batch);
      const mean = await model.trainOnBatch(x, y, sampleWeight && { sampleWeight });
      const now = performance.now();
      // The model divides by N * T, whatever the weights.
      at.add({ sum: mean * batchSize * seqLength, characters: predictions }, (now - stepMs) / 1000);
      stepMs = now;
      const progress = pace.progress(history.steps);
      options.onProgress?.({
        epoch: at.epoch,
        step: history.steps,
        progress,
        characters: history.characters,
        loss: history.finalLoss,
        bitsPerCharacter: toBits(history.finalLoss),
        charactersPerSecond: history.charactersPerSecond,
        heldOutLoss: history.heldOutLoss.at(-1),
      });
      await turns.give();
      history.stopped = options.signal?.aborted ?? false;
      if (history.stopped || files?.due(history.steps)) {
        if (files) {
          const heldOutLoss = await measure();
          await note(heldOutLoss);
          await save(heldOutLoss);
        }
        stepMs = performance.now();
      } else if (history.steps % metricsSteps === 0) await note(undefined);
      if (history.stopped || progress >= 1) break;
    }
    const heldOutLoss = await measure();
    at.endEpoch(heldOutLoss);
    if (history.stopped) break;
    await note(heldOutLoss);
    if (!stopping) continue;
    const state = await model.getTrainingState();
    stopping.see(at.epoch, heldOutLoss!, () => state);
    history.bestEpoch = stopping.best.epoch;
  }
  if (history.stopped) return history;
  await save(history.heldOutLoss.at(-1));
  const best = stopping?.bestBuffers;
  if (best) {
    await model.setTrainingState({ ...(await model.getTrainingState()), buffers: best });
  }
  return history;
}

/** What a run is: all that its result depends on. */
function describeRun(
  { model, vocabulary }: TrainedText,
  { training, heldOut }: CorpusSplit,
  { epochs, minutes, ...run }: TextRun,
  stopping: EarlyStopping | undefined,
): RunDescription {
  const characters = new Fingerprint().add(JSON.stringify(vocabulary)).add(training).add(heldOut);
  return {
    loop: 'text',
    ...model.describe(),
    seed: model.seed,
    'the text': characters.toString(),
    ...run,
    // JSON knows no infinity.
    epochs: epochs === Infinity ? null : epochs,
    minutes: minutes === Infinity ? null : minutes,
    earlyStopping: stopping?.options ?? null,
  };
}
