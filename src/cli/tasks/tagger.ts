import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { EntityFigures } from '../../tasks/tagger/entities.js';
import type { Tagged } from '../../tasks/tagger/sequence-tagger.js';
import { engineOption, jsonOption, verifyOption, wholeOption } from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { note, print, printJson, told } from '../terminal/output.js';
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
  readonly crf: boolean;
  readonly tokenColumn: number;
  readonly tagColumn?: number;
  readonly test?: string;
}

interface TagOptions {
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

const DEFAULTS = { epochs: 20, batchSize: 16, learningRate: 5e-3, out: 'tagger.safetensors' } as const;

const NETWORK = { cell: 'lstm', units: 64, embedding: 64, dropout: 0.3 } as const;

/** Adds the commands that tag tokens: train-tagger, tag. */
export function register(program: Command): void {
  const train = program
    .command('train-tagger')
    .description('Learn a tag for each token, from columns as the CoNLL tasks have them.')
    .argument('<file>', 'a token a line with its tag, an empty line between sequences; - for standard input');
  addTaskNetworkOptions(train, NETWORK, {
    units: 'in each direction',
    embedding: 'numbers in the vector of a word',
  })
    .option('--no-crf', 'each tag by itself, without what follows what')
    .addOption(
      wholeOption('--token-column <n>', 'which has the tokens, from 0', { min: 0, max: 1000 }).default(0),
    )
    .addOption(
      wholeOption('--tag-column <n>', 'which has the tags, from 0 (default: the last)', {
        min: 0,
        max: 1000,
      }),
    )
    .option('--test <file>', 'measure on this file in the end');
  addResumeOptions(addTaskTrainingOptions(train, DEFAULTS)).action(trainTagger);
  program
    .command('tag')
    .description('The tag of each word of a text, or of each line of standard input.')
    .argument('<model>', 'a .safetensors file that train-tagger made')
    .argument('[words...]', 'white space parts words; without them, standard input is read line by line')
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(tag);
}

async function trainTagger(typed: string, options: TrainOptions): Promise<void> {
  const { SequenceTagger } = await import('../../tasks/tagger/sequence-tagger.js');
  const { parseConll } = await import('../../tasks/tagger/tagged-sequences.js');
  const { decodeTextFile } = await import('../../base/encoding/text-file.js');
  const { checkWritable, readFileBytes } = await import('../../base/host/files.js');
  const { cell, units, embedding: embeddingDim, dropout, crf, out, force, tokenColumn, tagColumn } = options;
  await checkResumeOptions(options);
  checkWritable(out, { force });
  const columns = { tokenColumn, ...(tagColumn !== undefined && { tagColumn }) };
  const read = (path: string, name = path) =>
    parseConll(decodeTextFile(readFileBytes(path, 'the columns'), name), { ...columns, name });
  const { path, name } = await fileOrStandardInput(typed);
  const sequences = read(path, name);
  const test = options.test === undefined ? undefined : read(options.test);
  const model = typedValue(
    undefined,
    () => new SequenceTagger({ cell, units, embeddingDim, dropout, crf, ...engineOptionsOf(options) }),
  );
  try {
    const history = await runTaskTraining(
      options,
      (fit) => model.fit(sequences, fit),
      () => model.save(out, { force }),
    );
    const figures = test && (await model.evaluate(test));
    if (options.json) {
      const parameters = model.countParameters();
      printJson({
        model: out,
        sequences: sequences.length,
        parameters,
        ...history,
        ...(figures && { figures }),
      });
      return;
    }
    print(`model       ${out}, ${model.countParameters()} parameters`);
    print(`sequences   ${sequences.length}`);
    print(`tags        ${model.labels.join(', ')}`);
    print(`epoch kept  ${history.bestEpoch}`);
    if (figures) {
      print(`accuracy    ${percent(figures.accuracy)} of ${figures.tokens} tokens`);
      if (figures.entities) print(`entities    ${described(figures.entities)}`);
      for (const [type, own] of Object.entries(figures.types)) print(`  ${type}  ${described(own)}`);
    }
    note(`Try it: seqkit tag ${quoted(out)} ${sequences[0].tokens.slice(0, 6).map(quoted).join(' ')}`);
  } finally {
    await model.dispose();
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

function described({ precision, recall, f1, support }: EntityFigures): string {
  return `precision ${percent(precision)}, recall ${percent(recall)}, F1 ${percent(f1)}, of ${support}`;
}

async function tag(
  path: string,
  words: readonly string[],
  { engine, verify, json }: TagOptions,
): Promise<void> {
  const { SequenceTagger } = await import('../../tasks/tagger/sequence-tagger.js');
  const model = told(await SequenceTagger.load(await givenModel(path), { engine, verify }));
  const tokensOf = (text: string) => text.split(/\s+/u).filter((token) => token !== '');
  try {
    const typed = tokensOf(words.join(' '));
    if (typed.length > 0) return tell(await model.tag(typed), json);
    let [line, isFirst] = [0, true];
    for await (const text of createInterface({ input: process.stdin })) {
      line++;
      const tokens = tokensOf(text);
      if (tokens.length === 0) {
        note(`Line ${line} is empty: it has no tags.`);
        continue;
      }
      if (!isFirst && !json) print('');
      isFirst = false;
      tell(await model.tag(tokens), json);
    }
  } finally {
    await model.dispose();
  }
}

/** Columns as they came in: a token, a tab and its tag. */
function tell({ tokens, tags, entities }: Tagged, json: boolean): void {
  if (json) printJson({ tokens, tags, entities });
  else tokens.forEach((token, t) => print(`${token}\t${tags[t]}`));
}
