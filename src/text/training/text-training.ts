import { Fingerprint } from '../../base/encoding/fingerprint.js';
import { runTrainingLoop } from '../../base/training/training-loop.js';
import { EventLoopYielder, FrameThrottle } from '../../base/host/yield-to-event-loop.js';
import type { Sequential } from '../../rnn/model/sequential.js';
import type { RunDescription } from '../../rnn/training/checkpoint.js';
import { EarlyStopping } from '../../rnn/training/early-stopping.js';
import { Adam } from '../../rnn/training/optimizers/index.js';
import { generateTexts } from '../sampling/generation.js';
import { RunSchedule } from './run-schedule.js';
import { onAverages, withAverages } from './averaged-weights.js';
import type { TextBatch, TextBatches } from '../corpus/text-batches.js';
import { TextCheckpoints, type ModelSettings, type RunKeeper } from './text-checkpoints.js';
import { textLoss, toBits } from './text-loss.js';
import {
  checkTextOptions,
  type TextFitOptions,
  type TextRun,
  type TextSampleOptions,
} from './text-options.js';
import { TextPosition } from './text-position.js';
import { TextStore } from './text-store.js';
import type { TextHistory } from './text-progress.js';
import { addTokens, type TokenStore } from '../corpus/token-store.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

export type {
  TextCheckpointOptions,
  TextFitOptions,
  TextSampleOptions,
  TextStoreOptions,
} from './text-options.js';
export type { TextHistory, TextPlan, TextProgress } from './text-progress.js';

/** A line of metrics comes after so many steps, and wherever held-out text is measured. */
const METRICS_STEPS = 100;

/** The model that is trained, with what its checkpoints need of the front end. */
export interface TrainedText {
  readonly model: Sequential;
  readonly vocabulary: Vocabulary;
  /** Whether each line is written by itself. */
  readonly lines: boolean;
  /** Asked after each step: ends the training after it. */
  readonly stopping: { aborted(): boolean };
  /** What a model's file says of a training that has come so far. */
  describe(history: TextHistory): ModelSettings;
}

/** A text in batches: what is trained on, and what is not. */
export interface TrainingText {
  readonly training: TextBatches;
  /** Undefined where nothing is held out. */
  readonly heldOut: TextBatches | undefined;
  /** Undefined where nothing is kept for the test. */
  readonly test: TextBatches | undefined;
  /** All its tokens. */
  readonly tokens: TokenStore;
  /** How many characters the predictions of each part are. */
  readonly characters: { readonly heldOut: number; readonly test: number };
}

/** The loop of `TextModel.fit`: truncated BPTT with Adam over the batches of a text. */
export async function trainOnText(
  text: TrainedText,
  { training, heldOut, test, tokens, characters }: TrainingText,
  options: Omit<TextFitOptions, 'signal'> = {},
): Promise<TextHistory> {
  const { model } = text;
  const run = checkTextOptions(options);
  const { epochs, minutes, learningRate: peak, schedule, warmup, clipNorm, labelSmoothing } = run;
  const { emaMomentum } = run;
  const at = new TextPosition(heldOut ? heldOut.predictions / characters.heldOut : 1);
  const { history } = at;
  const stopping = bestEpochOf(options, heldOut);
  const steps = Math.min(run.steps, epochs * training.batches);
  let runSchedule = new RunSchedule({ steps, minutes, peak, schedule, warmup });
  // The model may have been trained before: its own count of steps does not say how far this run is.
  const optimizer = new Adam({
    learningRate: () => runSchedule.rate(history.steps + 1),
    ...(clipNorm > 0 && { globalClipNorm: clipNorm }),
    ...(emaMomentum !== undefined && { useEma: true, emaMomentum }),
  });
  const loss = 'sparseCategoricalCrossentropy';
  model.compile({ loss: { name: loss, labelSmoothing }, evaluationLoss: loss, optimizer });

  let files: RunKeeper | undefined;
  if (options.checkpoint) {
    const { checkpoint } = options;
    const opening = {
      resume: options.resume ?? false,
      run: describeTextRun(text, tokens, run, options.earlyStopping && stopping),
    };
    const opened =
      'store' in checkpoint
        ? await TextStore.open(model, checkpoint, opening)
        : await TextCheckpoints.open(model, checkpoint, opening);
    files = opened.checkpoints;
    if (opened.found) {
      await model.setTrainingState(opened.found.state);
      const elapsedMs = at.restore(opened.found, stopping, opened.found.path);
      runSchedule = new RunSchedule({ steps, minutes, peak, schedule, warmup, elapsedMs });
      if (!('store' in checkpoint)) history.checkpoint = opened.found.path;
    }
  }
  options.onStart?.({
    trainingCharacters: training.predictions,
    heldOutCharacters: heldOut?.predictions ?? 0,
    testCharacters: test?.predictions ?? 0,
    stepsPerEpoch: training.batches,
    lastStepCharacters: training.batch(training.batches - 1, 1).predictions,
    lines:
      training.lines === undefined
        ? undefined
        : { training: training.lines, heldOut: heldOut?.lines ?? 0, test: test?.lines ?? 0 },
    batchSize: training.batchSize,
    steps: training.steps,
    resumedAt: history.steps,
  });

  const mean = async (part: TextBatches): Promise<number> => (await textLoss(model, part)) / part.predictions;
  const averages = emaMomentum !== undefined;
  const measure = async (): Promise<number | undefined> =>
    heldOut && (await (averages ? onAverages(model, () => mean(heldOut)) : mean(heldOut)));
  /** The last step that has its line: one that a checkpoint was due at may end an epoch too. */
  let noted = history.steps;
  const note = async (heldOutLoss: number | undefined): Promise<void> => {
    const { steps: step, characters, finalLoss, charactersPerSecond, seconds } = history;
    await files?.note({
      step,
      epoch: at.epoch,
      characters,
      loss: finalLoss,
      bitsPerCharacter: toBits(finalLoss),
      heldOutLoss: heldOutLoss ?? null,
      learningRate: runSchedule.rate(step),
      charactersPerSecond,
      seconds,
    });
    noted = step;
  };
  const save = async (heldOutLoss: number | undefined): Promise<void> => {
    if (!files) return;
    const state = await model.getTrainingState();
    const checkpoint = { state, ...at.save(runSchedule.elapsedMs, stopping) };
    const path = await files.save(history.steps, heldOutLoss, checkpoint, text.describe(history));
    if (path !== undefined) history.checkpoint = path;
  };

  const frames = new FrameThrottle();
  const samples = options.sample && new Samples(text, options.sample);
  let done = runSchedule.progress(history.steps) >= 1;
  /** When the step at hand began, or what came between it and the one before was over. */
  let stepMs = performance.now();
  const stopped = await runTrainingLoop<TextBatch>({
    // A checkpoint of the last step lies inside an epoch, whose end is still to come.
    hasEpoch: () => at.epoch <= epochs && !stopping?.over && (!done || at.batch > 0),
    *batches() {
      stepMs = performance.now();
      while (at.batch < training.batches && !done) yield training.batch(at.batch, at.epoch);
    },
    async step({ x, y, sampleWeight, predictions, scale, anew }) {
      if (anew) await model.resetStates('train');
      const batchLoss = await model.trainOnBatch(x, y, sampleWeight && { sampleWeight });
      const now = performance.now();
      at.add({ sum: batchLoss * scale, characters: predictions }, (now - stepMs) / 1000);
      stepMs = now;
      const progress = runSchedule.progress(history.steps);
      done = progress >= 1;
      const isShown = frames.due(done || at.batch === training.batches);
      if (isShown)
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
      if (!samples?.due || text.stopping.aborted()) return;
      samples.show();
      stepMs = performance.now();
    },
    eventLoop: new EventLoopYielder(),
    isStopped: () => (history.stopped = text.stopping.aborted()),
    stopsAt: 'after step',
    checkpoint: options.checkpoint && {
      interval: options.checkpoint,
      step: () => history.steps,
      async save() {
        const heldOutLoss = await measure();
        await note(heldOutLoss);
        await save(heldOutLoss);
        stepMs = performance.now();
      },
    },
    async afterStep(saved) {
      const endsEpoch = done || at.batch === training.batches;
      if (!saved && !endsEpoch && history.steps % METRICS_STEPS === 0) await note(undefined);
    },
    async endEpoch() {
      const heldOutLoss = await measure();
      at.endEpoch(heldOutLoss);
      if (noted !== history.steps) await note(heldOutLoss);
      if (stopping) {
        const state = await model.getTrainingState();
        stopping.see(at.epoch, heldOutLoss!, () => (averages ? withAverages(state) : state));
        history.bestEpoch = stopping.best.epoch;
      }
      at.nextEpoch();
    },
  });
  if (stopped) {
    at.endEpoch(await measure());
    if (averages) await model.setTrainingState(withAverages(await model.getTrainingState()));
    return history;
  }
  await save(history.heldOutLoss.at(-1));
  if (averages) await model.setTrainingState(withAverages(await model.getTrainingState()));
  const best = stopping?.bestBuffers;
  if (best) {
    await model.setTrainingState({ ...(await model.getTrainingState()), buffers: best });
  }
  if (test) {
    history.testLoss = await mean(test);
    history.testLossPerCharacter = (history.testLoss * test.predictions) / characters.test;
  }
  return history;
}

/** What watches for the best epoch; undefined where nothing is held out, or the last weights are wanted. */
function bestEpochOf(
  { earlyStopping, keepBest = true }: TextFitOptions,
  heldOut: TextBatches | undefined,
): EarlyStopping | undefined {
  if (earlyStopping) return new EarlyStopping(earlyStopping);
  if (!keepBest || !heldOut) return undefined;
  return new EarlyStopping({ patience: Number.MAX_SAFE_INTEGER, restoreBest: true });
}

/** Short texts now and then, each with a seed of its own. */
class Samples {
  readonly #text: TrainedText;
  readonly #everyMs: number;
  readonly #length: number;
  readonly #show: (text: string) => void;
  #lastMs = performance.now();
  #count = 0;

  constructor(text: TrainedText, { everyMinutes = 1, length = 60, onSample }: TextSampleOptions) {
    this.#text = text;
    this.#everyMs = everyMinutes * 60_000;
    this.#length = length;
    this.#show = onSample;
  }

  get due(): boolean {
    return performance.now() - this.#lastMs >= this.#everyMs;
  }

  show(): void {
    const options = { length: this.#length, temperature: 0.8, seed: ++this.#count };
    this.#show(generateTexts(this.#text, options)[0]);
    this.#lastMs = performance.now();
  }
}

/** What a run is: all that its result depends on. */
function describeTextRun(
  { model, vocabulary, lines }: TrainedText,
  tokens: TokenStore,
  run: TextRun,
  stopping: EarlyStopping | undefined,
): RunDescription {
  const characters = addTokens(new Fingerprint().add(JSON.stringify(vocabulary)), tokens);
  // JSON knows no infinity.
  const options: Record<string, unknown> = { ...run };
  for (const name in options) if (options[name] === Infinity) options[name] = null;
  return {
    loop: 'text',
    ...model.describe(),
    seed: model.seed,
    'the text': characters.toString(),
    // Runs of before had no other tokens.
    ...(vocabulary.pieces.length > 0 && { tokens: vocabulary.tokens, vocabulary: vocabulary.size }),
    lines,
    ...options,
    earlyStopping: stopping?.options ?? null,
  };
}
