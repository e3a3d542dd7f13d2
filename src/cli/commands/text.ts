import type { Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import type { TextModel } from '../../text/text-model.js';
import type { TextHistory, TextPlan } from '../../text/text-training.js';
import { engineLine } from '../engine-line.js';
import { engineOption, forceOption, jsonOption, wholeOption } from '../options.js';
import { note, print, printJson } from '../output.js';
import { Progress } from '../progress.js';
import { commandLine, quoted, stoppable, stoppedError } from '../stop-signal.js';
import {
  addCheckpointOptions,
  addTrainingOptions,
  checkpointFolder,
  checkpointOptionsOf,
  fitOptionsOf,
  modelOptionsOf,
  type CheckpointOptions,
  type TextTrainingOptions,
  type TrainingDefaults,
} from '../text-training-options.js';

interface TrainOptions extends TextTrainingOptions, CheckpointOptions {
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface EvalOptions {
  readonly batch: number;
  readonly seqLength: number;
  readonly engine: EngineChoice;
  readonly json: boolean;
}

const defaults: TrainingDefaults = {
  what: 'text',
  dropout: 0,
  epochs: 10,
  seqLength: 64,
  learningRate: 8e-3,
  heldOut: 0.1,
};

/** Adds the commands for character-level text: train-text, eval-text. */
export function register(program: Command): void {
  const train = program
    .command('train-text')
    .description('Train a character-level model on a text file in UTF-8.')
    .argument('<file>', 'the text');
  addTrainingOptions(train, defaults);
  addCheckpointOptions(train)
    .option('--out <file>', 'the model', 'text.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainText);
  program
    .command('eval-text')
    .description('How well a model that train-text made predicts a text: nats, bits and perplexity.')
    .argument('<model>', 'a .safetensors file')
    .argument('<file>', 'the text, in UTF-8')
    .addOption(
      wholeOption('--seq-length <n>', 'characters computed at a time', { min: 1, max: 100_000 }).default(64),
    )
    .addOption(
      wholeOption('--batch <n>', 'places of the text read side by side, at most', {
        min: 1,
        max: 100_000,
      }).default(16),
    )
    .addOption(engineOption())
    .addOption(jsonOption())
    .action(evalText);
}

async function trainText(file: string, options: TrainOptions): Promise<void> {
  const { checkWritable, readFileBytes } = await import('../../rnn/host/files.js');
  const { decodeUtf8 } = await import('../../text/utf8.js');
  const { TextModel } = await import('../../text/text-model.js');
  const { checkpointNames } = await import('../../text/text-checkpoints.js');
  const { listFolder, removeFile } = await import('../../rnn/host/folders.js');
  const { out, force } = options;
  const folder = checkpointFolder(options, out);
  // A run that goes on was allowed to write there when it began.
  const replace = force || (options.resume && checkpointNames(listFolder(folder)).length > 0);
  checkWritable(out, { force: replace });
  const text = decodeUtf8(readFileBytes(file, 'the text'), file);
  // Begun anew, and the checkpoints of another run would be in the way.
  if (force && !options.resume) {
    for (const name of checkpointNames(listFolder(folder))) removeFile(`${folder}/${name}`);
  }

  const progress = new Progress('training', { total: 1, unit: 'characters' });
  const model = new TextModel({
    ...modelOptionsOf(options),
    onEngine(report) {
      progress.end();
      note(engineLine(report));
    },
  });
  let resumedCharacters: number | undefined;
  const train = (signal: AbortSignal): Promise<TextHistory> =>
    model.fit(text, {
      ...fitOptionsOf(options, defaults),
      ...checkpointOptionsOf(options, out),
      signal,
      onStart: (plan) => note(describe(plan, options)),
      onProgress({ characters, progress: share, loss, bitsPerCharacter, heldOutLoss }) {
        const heldOut = heldOutLoss === undefined ? '' : `, held out ${heldOutLoss.toFixed(3)}`;
        const detail = `${bitsPerCharacter.toFixed(2)} bits/character, loss ${loss.toFixed(3)}${heldOut}`;
        // What was trained before says nothing of the speed now.
        resumedCharacters ??= options.resume ? characters : 0;
        progress.update(characters - resumedCharacters, detail, characters / share - resumedCharacters);
      },
    });
  const history = await stoppable(train).finally(() => progress.end());
  if (history.stopped) {
    await model.dispose();
    throw stoppedError(
      `after step ${count(history.steps)}; saved in ${history.checkpoint}, which generate opens too.`,
      `Go on with: ${commandLine('--resume')}`,
    );
  }
  await model.save(out, { force: replace });

  if (options.json) printJson(summary(file, out, model, history));
  else report(out, model, history);
  await model.dispose();
}

async function evalText(path: string, file: string, options: EvalOptions): Promise<void> {
  const { readFileBytes } = await import('../../rnn/host/files.js');
  const { decodeUtf8 } = await import('../../text/utf8.js');
  const { TextModel } = await import('../../text/text-model.js');
  const { batch: batchSize, seqLength, engine, json } = options;
  const text = decodeUtf8(readFileBytes(file, 'the text'), file);
  const model = await TextModel.load(path, { engine });
  const { loss, bitsPerCharacter, characters } = await model.evaluate(text, { batchSize, seqLength });
  const perplexity = Math.exp(loss);
  await model.dispose();
  if (json) {
    printJson({ model: path, text: file, characters, nats: loss, bits: bitsPerCharacter, perplexity });
    return;
  }
  print(`nats        ${loss.toFixed(4)} per character`);
  print(`bits        ${bitsPerCharacter.toFixed(4)} per character`);
  print(`perplexity  ${perplexity.toFixed(4)}`);
  print(`characters  ${count(characters)} predicted`);
}

/** What training came to, for `--json`. */
function summary(file: string, out: string, model: TextModel, history: TextHistory) {
  const { finalLoss, heldOutLoss, heldOutBitsPerCharacter, ...rest } = history;
  return {
    file: out,
    text: file,
    ...model.architecture,
    vocabulary: model.vocabulary.size,
    parameters: model.countParameters(),
    trainingLoss: finalLoss,
    trainingBitsPerCharacter: finalLoss / Math.LN2,
    heldOutLoss: heldOutLoss.at(-1) ?? null,
    heldOutBitsPerCharacter: heldOutBitsPerCharacter.at(-1) ?? null,
    charactersPerSecond: Math.round(rest.charactersPerSecond),
    characters: rest.characters,
    steps: rest.steps,
    seconds: rest.seconds,
    epochs: rest.loss.map((loss, i) => ({ loss, heldOutLoss: heldOutLoss[i] ?? null })),
  };
}

/** What training goes over. */
function describe(plan: TextPlan, { batch, seqLength }: TrainOptions): string {
  const { trainingCharacters, heldOutCharacters, stepsPerEpoch, lastStepCharacters } = plan;
  const short = lastStepCharacters < batch * seqLength ? `, the last of ${count(lastStepCharacters)}` : '';
  const from = plan.resumedAt > 0 ? `Going on from step ${count(plan.resumedAt)}. ` : '';
  return `${from}${count(trainingCharacters)} characters to train on, ${count(heldOutCharacters)} held out; an epoch is ${count(stepsPerEpoch)} steps of ${batch} x ${seqLength}${short}.`;
}

function report(out: string, model: TextModel, history: TextHistory): void {
  const { cell, layers, units } = model.architecture;
  const loss = (nats: number): string =>
    `${(nats / Math.LN2).toFixed(3)} bits per character (${nats.toFixed(3)} nats)`;
  const heldOut = history.heldOutLoss.at(-1);
  print(
    `model     ${layers} x ${units} ${cell}, ${count(model.countParameters())} parameters, ${model.vocabulary.size} different characters`,
  );
  print(`training  ${loss(history.finalLoss)}`);
  if (heldOut !== undefined) print(`held out  ${loss(heldOut)}`);
  print(
    `speed     ${count(history.charactersPerSecond)} characters per second: ${count(history.steps)} steps, ${history.seconds.toFixed(1)} s`,
  );
  print(`wrote     ${out}`);
  note(`Next: seqkit generate ${quoted(out)} --length 400 --temperature 0.8`);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
