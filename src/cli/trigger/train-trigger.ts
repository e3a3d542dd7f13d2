import type { Command } from 'commander';
import type { ClipSet } from '../../audio/clips/clips.js';
import type { ExampleRecord } from '../../audio/examples/example-record.js';
import type { TailThreshold } from '../../audio/detection/tail-threshold.js';
import type { TriggerModel } from '../../audio/trigger-model.js';
import type { SeqkitError } from '../../base/errors.js';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import { synthesisOf } from '../clips/mixing-options.js';
import { spokenWords, wordsField } from '../clips/spoken-words.js';
import { engineLine } from '../models/engine-line.js';
import { typedValue } from '../options/typed-value.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { chooseFeatures } from './feature-choice.js';
import { heldTakesText, tryHeldTakes } from './held-takes.js';
import { checkOutputs, checkTraining } from './training-checks.js';
import { trainTriggerCommand, type TrainOptions } from './training-options.js';
import { trainingSizes } from './training-sizes.js';
import { progressBars } from './trigger-progress.js';
import { givenModel } from '../models/given-model.js';

/** Adds the command that trains a trigger word: train-trigger. */
export function register(program: Command): void {
  trainTriggerCommand(program).action(trainTrigger);
}

/** @throws SeqkitError `file-access` where there is none */
async function needEmbedding(): Promise<void> {
  const { noEmbedding, HOW_TO_GET_EMBEDDING } = await import('../../audio/embedding/no-embedding.js');
  const { EMBEDDING_FILE, embeddingPaths } = await import('../../audio/embedding/embedding-paths.js');
  const { dataFile } = await import('../../base/host/data-folder.js');
  const [path] = await embeddingPaths();
  if (path === undefined)
    throw noEmbedding('The model is to hear through a speech embedding, and there is none here.');
  if (path !== dataFile(EMBEDDING_FILE))
    note(
      `It hears through the speech embedding that comes with seqkit. Google's misses fewer. ${HOW_TO_GET_EMBEDDING}`,
    );
}

/**
 * What a new model is like, before minutes go into clips for it.
 * @throws SeqkitError `usage` for features that do not go with the preset, `file-access` where they need an embedding
 */
async function settingsFor({ preset, labelSteps }: TrainOptions, features: TrainOptions['features']) {
  const { triggerPreset } = await import('../../audio/detection/trigger-settings.js');
  const { presetFor } = await import('../../audio/trigger-choices.js');
  const settings = presetFor(
    typedValue('--preset', () => triggerPreset(preset)),
    [],
    { ...(features && { features }), ...(labelSteps !== undefined && { labelSteps }) },
  );
  if (settings.features.kind === 'embedding') await needEmbedding();
  return settings;
}

async function trainTrigger(
  folder: string | undefined,
  options: TrainOptions,
  command: Command,
): Promise<void> {
  const { features, why } = await chooseFeatures(folder, options);
  const isVoiced = folder === undefined || features === 'embedding' || options.preset === 'embedding';
  // A head that knows the word already takes but a little more of what it was trained on.
  const isAdapted = folder === undefined && options.from !== undefined && options.mine !== undefined;
  const isSpokenTyped = command.getOptionValueSource('spoken') !== 'default';
  const { examples, thresholdExamples, ...sizes } = trainingSizes(options, {
    ...{ isSpokenTyped, isVoiced, isAdapted },
  });
  const { voices } = sizes;
  const isSpoken = command.getOptionValueSource('language') !== 'default';
  checkTraining(folder, options, { voices, isSpoken });
  await checkOutputs(options);
  if (why !== undefined) note(why);
  const { fileExists, writeFileAtomic } = await import('../../base/host/files.js');
  const { records, checkpoint, resume } = options;
  const { TriggerModel } = await import('../../audio/trigger-model.js');
  const { preset, labelSteps, seed, engine, threads, epochs, patience } = options;
  const base =
    options.from === undefined
      ? undefined
      : told(
          await TriggerModel.load(await givenModel(options.from, 'a detector'), {
            engine,
            verify: options.verify,
          }),
        );
  const settings = base?.settings ?? (await settingsFor(options, features));
  const { sampleRate } = settings.features;
  const { loadWordClips } = await import('./word-clips.js');
  const named = base?.words.length === 1 ? { unnamed: base.word } : {};
  const {
    words,
    train: clips,
    test,
    heldTakes,
    synthesis,
  } = await loadWordClips(folder, sampleRate, {
    ...{ ...options, ...named, ...sizes },
    ...(folder === undefined && options.word === undefined && { word: base!.words }),
  });
  const { activates } = clips;
  const counts = words.map((word) => {
    const count = words.length === 1 ? activates : activates.filter((clip) => clip.word === word);
    return `${counted(count.length, 'clip')} of "${word}"`;
  });
  note(
    `${counts.join(', ')}, ${clips.negatives.length} of other words, ${counted(clips.backgrounds.length, 'background')}.`,
  );

  const startedAt = performance.now();
  const bars = progressBars();
  const common = {
    ...{ words, seed, engine, synthesis: { ...synthesis, ...synthesisOf(options) } },
    ...(threads && { threads }),
    onEngine(report: AutoReport) {
      bars.end();
      note(engineLine(report));
    },
  };
  const model =
    base === undefined
      ? new TriggerModel({
          ...common,
          preset,
          ...(features === undefined ? {} : { features }),
          ...(labelSteps === undefined ? {} : { labelSteps }),
        })
      : await TriggerModel.from(base, { ...common, train: options.train ?? 'head' });
  const { modelSelection } = model.settings.training;
  if (thresholdExamples !== undefined && modelSelection) modelSelection.thresholdExamples = thresholdExamples;
  if (resume && !fileExists(checkpoint!)) note(`${checkpoint} is not there yet: the training begins anew.`);
  const mixed: ExampleRecord[] = [];
  const { record, stopped } = await stoppable(async (signal) => {
    const record = await model.fit(clips, {
      ...(epochs === undefined ? {} : { epochs }),
      ...(examples === undefined ? {} : { examples }),
      ...(patience === undefined ? {} : { patience }),
      language: options.language,
      onProgress: bars.update,
      onEpoch: bars.endEpoch,
      ...(test && test.activates.length > 0 && { heldOut: test }),
      ...(checkpoint === undefined ? {} : { checkpoint, resume }),
      ...(records === undefined ? {} : { onExample: (example) => void mixed.push(example) }),
      signal,
    });
    return { record, stopped: signal.aborted };
  });
  bars.end();
  if (stopped) throw stoppedTraining(record.epochs, checkpoint);
  await model.save(options.out, { force: options.force });
  if (records !== undefined) {
    // By number: a training that was resumed mixes in another order.
    const lines = mixed.sort((a, b) => a.example - b.example).map((example) => JSON.stringify(example));
    await writeFileAtomic(records, `${lines.join('\n')}\n`, { force: options.force });
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const heldBack = test === undefined ? {} : { heldBack: await figuresOn(test, model) };
  const mine = heldTakes && (await tryHeldTakes(heldTakes, clips, model, base));
  if (options.json) {
    const figures = { ...record, ...heldBack, ...(mine && { mine }) };
    printJson({ model: options.out, ...wordsField(model.words), seed, seconds, ...figures });
    return;
  }
  print(
    `${options.out}: hears ${spokenWords(model.words)}; ${counted(record.examples, 'example')}, ${counted(record.epochs, 'epoch')}, loss ${record.finalLoss.toFixed(3)}, ${seconds} s`,
  );
  const { validation: judgement } = record;
  if (judgement !== undefined) {
    note(
      `The last epochs were judged on a tenth of the clips, which they were not trained on: ${(100 * judgement.missed).toFixed(1)}% missed in mixed examples. It fires from a score of ${thresholdText(model.thresholds)} on, which calibrate-trigger changes.`,
    );
  }
  if (judgement === undefined && record.thresholds === undefined)
    note(unsetThresholdText(model.thresholds, preset === 'standard' && base === undefined));
  for (const [word, tail] of Object.entries(record.thresholds ?? {}))
    note(tailText(word, tail, model.thresholds[word]));
  if (heldBack.heldBack !== undefined) print(`on clips that were held back: ${heldBack.heldBack.verdict}`);
  if (mine !== undefined) print(heldTakesText(mine));
  note(`Next: seqkit detect ${quoted(options.out)} recording.wav`);
}

/** Where nothing was held back to set thresholds by. @param isOfRecordings whether the embedding would do better */
function unsetThresholdText(thresholds: Record<string, number>, isOfRecordings: boolean): string {
  const set = `It fires from a score of ${thresholdText(thresholds)} on, which is not set by clips: that takes 60 of a word. Expect false alarms, and calibrate it: seqkit calibrate-trigger.`;
  return isOfRecordings ? `${set} With few recordings --features embedding misses less.` : set;
}

/** How a threshold was set by the tail of the scores, and where the word could not keep up. @param own what it is now */
function tailText(word: string, { threshold, low, high, hours }: TailThreshold, own: number): string {
  const asked = `${scoreText(threshold)} (nine in ten resamplings: ${scoreText(low)} to ${scoreText(high)})`;
  const source = `the tail of its scores in ${hours.toFixed(1)} h of speech that was not trained on`;
  if (own >= threshold) return `"${word}" fires from ${asked} on, by ${source}.`;
  return `"${word}" fires from ${scoreText(own)} on, which its own examples reach. That is below the ${asked} that ${source} asks for: expect more false alarms. More clips of the word help.`;
}

/** One number, or one with its word for each of several. */
function thresholdText(thresholds: Record<string, number>): string {
  const each = Object.entries(thresholds);
  if (each.length === 1) return scoreText(each[0][1]);
  return each.map(([word, threshold]) => `${scoreText(threshold)} ("${word}")`).join(', ');
}

/** A score in three digits, or in as many as tell it from 1. */
function scoreText(score: number): string {
  const digits = [3, 4, 5].find((each) => Number(score.toFixed(each)) < 1);
  return score.toFixed(digits ?? 6);
}

function stoppedTraining(epochs: number, checkpoint: string | undefined): SeqkitError {
  const done = `The training was stopped after ${counted(epochs, 'whole epoch')}; no model was written.`;
  if (checkpoint === undefined) {
    return stoppedError(done, 'With --checkpoint run.safetensors a training can go on where it was stopped.');
  }
  const kept = epochs === 0 ? 'nothing yet' : 'these epochs';
  return stoppedError(`${done} ${checkpoint} holds ${kept}.`, `Go on with: ${commandLine('--resume')}`);
}

/** How a model does on clips that were held back, over their own backgrounds at 10 dB where there are some. */
async function figuresOn(clips: ClipSet, model: TriggerModel) {
  const { testRecordings } = await import('../../audio/detection/test-recordings.js');
  const { scoreRecording } = await import('../../audio/detection/scored-recording.js');
  const { evaluateTrigger } = await import('../../audio/detection/trigger-evaluation.js');
  const { wordEnd = 'speech' } = model.settings.synthesis;
  const noise = { wordEnd, ...(clips.backgrounds.length > 0 && { signalToNoiseDb: 10 }) };
  const scored = [...testRecordings(clips, noise)].map((recording) =>
    scoreRecording(model, recording, recording),
  );
  return evaluateTrigger(scored, model.settings.firing);
}
