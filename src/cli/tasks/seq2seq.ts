import { createInterface } from 'node:readline';
import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { Translation } from '../../tasks/seq2seq/seq2seq.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { note, print, printJson, told } from '../terminal/output.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';
import { quoted } from '../terminal/shell-quoting.js';
import { fileOrStandardInput } from '../terminal/standard-input.js';
import {
  addResumeOptions,
  addTaskNetworkOptions,
  addTaskTrainingOptions,
  checkResumeOptions,
  engineOptionsOf,
  runTaskTraining,
  type TaskNetworkOptions,
  type TaskTrainingOptions,
} from './task-training.js';
import { givenModel } from '../models/given-model.js';

interface TrainOptions extends TaskTrainingOptions, TaskNetworkOptions {
  readonly source: 'characters' | 'words';
  readonly target: 'characters' | 'words';
  readonly lower: boolean;
  readonly minCount: number;
  readonly scheduledSampling: number;
}

interface TranslateCommandOptions {
  readonly beam: number;
  readonly lengthPenalty: number;
  readonly maxLength?: number;
  readonly attention?: string;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const DEFAULTS = { epochs: 20, batchSize: 64, learningRate: 3e-3, out: 'seq2seq.safetensors' } as const;

const NETWORK = { cell: 'gru', units: 128, embedding: 64, dropout: 0.1 } as const;

/** Adds the commands from one sequence to another: train-seq2seq, translate. */
export function register(program: Command): void {
  const kinds = ['characters', 'words'];
  const train = program
    .command('train-seq2seq')
    .description('Learn to write one text for another: an encoder and a decoder with attention.')
    .argument('<pairs>', 'a file of lines "source, tab, target"; - for standard input');
  addTaskNetworkOptions(train, NETWORK, {
    units: 'of the recurrent layers',
    embedding: 'numbers in the vector of a token',
  })
    .addOption(
      new Option('--source <tokens>', 'what a source is made of').choices(kinds).default('characters'),
    )
    .addOption(
      new Option('--target <tokens>', 'what a target is made of').choices(kinds).default('characters'),
    )
    .option('--lower', 'read sources in small letters', false)
    .addOption(
      wholeOption('--min-count <n>', 'tokens that come less often are unknown, and copied from the source', {
        min: 1,
        max: 1_000_000_000,
      }).default(1),
    )
    .addOption(
      realOption('--scheduled-sampling <share>', "tokens before that are the model's own in the end", {
        min: 0,
        max: 1,
      }).default(0),
    );
  addResumeOptions(addTaskTrainingOptions(train, DEFAULTS)).action(trainSeq2Seq);
  program
    .command('translate')
    .description(
      'What a model that train-seq2seq made writes for a text, or for each line of standard input.',
    )
    .argument('<model>', 'a .safetensors file')
    .argument('[text...]', 'the text; without it, standard input is read line by line')
    .addOption(
      wholeOption('--beam <n>', 'answers followed side by side; 1 takes the likeliest token each time', {
        min: 1,
        max: 256,
      }).default(1),
    )
    .addOption(
      realOption('--length-penalty <alpha>', 'scores are divided by ((5 + length) / 6) ^ alpha', {
        min: 0,
        max: 10,
      }).default(0.6),
    )
    .addOption(wholeOption('--max-length <n>', 'tokens of an answer, at most', { min: 1, max: 100_000 }))
    .option('--attention <file>', 'draw where it looked, .svg or .png')
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(translate);
}

async function trainSeq2Seq(typed: string, options: TrainOptions): Promise<void> {
  const { Seq2Seq } = await import('../../tasks/seq2seq/seq2seq.js');
  const { parsePairs } = await import('../../tasks/seq2seq/pairs.js');
  const { decodeTextFile } = await import('../../base/encoding/text-file.js');
  const { checkWritable, readFileBytes } = await import('../../base/host/files.js');
  const { cell, units, embedding: embeddingDim, dropout, source, target } = options;
  const { lower, minCount, scheduledSampling, out, force } = options;
  await checkResumeOptions(options);
  checkWritable(out, { force });
  const { path, name } = await fileOrStandardInput(typed);
  const pairs = parsePairs(decodeTextFile(readFileBytes(path, 'the pairs'), name), name);
  const model = typedValue(
    undefined,
    () =>
      new Seq2Seq({
        ...{ cell, units, embeddingDim, dropout, lower, minCount },
        ...{ sourceTokens: source, targetTokens: target },
        ...engineOptionsOf(options),
      }),
  );
  try {
    const history = await runTaskTraining(
      options,
      (fit) => model.fit(pairs, { ...fit, scheduledSampling }),
      () => model.save(out, { force }),
    );
    const heldOutLoss = history.heldOutLoss.at(history.bestEpoch - 1);
    const parameters = model.countParameters();
    if (options.json) {
      printJson({ model: out, pairs: pairs.length, parameters, ...history });
      return;
    }
    print(`model       ${out}, ${parameters} parameters`);
    print(`pairs       ${pairs.length}`);
    print(`epoch kept  ${history.bestEpoch}`);
    if (heldOutLoss !== undefined) print(`held out    ${heldOutLoss.toFixed(4)} nats a token`);
    note(`Try it: seqkit translate ${quoted(out)} ${quoted(pairs[0][0])}`);
  } finally {
    await model.dispose();
  }
}

async function translate(
  path: string,
  words: readonly string[],
  options: TranslateCommandOptions,
): Promise<void> {
  const { Seq2Seq } = await import('../../tasks/seq2seq/seq2seq.js');
  const { beam, lengthPenalty, maxLength, attention, engine, verify, force, json } = options;
  if (attention !== undefined) {
    if (words.length === 0) {
      throw new SeqkitError('--attention draws one text, not the lines of standard input.', {
        code: 'usage',
        hint: 'Give the text behind the model.',
      });
    }
    await checkPicture('--attention', attention, force);
  }
  const model = told(await Seq2Seq.load(await givenModel(path), { engine, verify }));
  const search = { beam, lengthPenalty, ...(maxLength !== undefined && { maxLength }) };
  try {
    if (words.length > 0) {
      const answer = model.translate(words.join(' '), search);
      tell(words.join(' '), answer, json);
      if (attention === undefined) return;
      const { attentionMapSvg } = await import('../../tasks/seq2seq/attention-map.js');
      await writePicture(attention, force, () => attentionMapSvg(answer));
      note(`Where it looked: ${attention}`);
      return;
    }
    let line = 0;
    for await (const text of createInterface({ input: process.stdin })) {
      line++;
      if (text.trim() === '') {
        note(`Line ${line} is empty: it has no answer.`);
        if (!json) print('');
      } else tell(text, model.translate(text, search), json);
    }
  } finally {
    await model.dispose();
  }
}

function tell(source: string, answer: Translation, json: boolean): void {
  const { text, score, logProbability, alternatives, copied } = answer;
  if (json) printJson({ source, text, score, logProbability, copied: copied.includes(true), alternatives });
  else print(text);
}
