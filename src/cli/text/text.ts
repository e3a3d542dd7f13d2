import { Option, type Command } from 'commander';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { TokenKind } from '../../text/corpus/vocabulary.js';
import { engineLine } from '../models/engine-line.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { print, printJson, told } from '../terminal/output.js';
import { fileOrStandardInput } from '../terminal/standard-input.js';
import { quoted } from '../terminal/shell-quoting.js';
import { typedValue } from '../options/typed-value.js';
import {
  addCheckpointOptions,
  addTrainingOptions,
  modelOptionsOf,
  type CheckpointOptions,
  type TextTrainingOptions,
  type TrainingDefaults,
} from './text-training-options.js';
import { count, reportTraining, summaryOf, unitOf } from './text-training-report.js';
import { givenModel } from '../models/given-model.js';

interface TrainOptions extends TextTrainingOptions, CheckpointOptions {
  readonly from?: string;
  readonly verify: boolean;
  readonly tokens: TokenKind;
  readonly vocabulary?: number;
  readonly bytes: boolean;
  readonly lines: boolean;
  readonly minCount?: number;
  readonly sampleMinutes: number;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface EvalOptions {
  readonly batch: number;
  readonly seqLength: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

const defaults: TrainingDefaults = {
  what: 'text',
  dropout: 0,
  epochs: 10,
  seqLength: 64,
  learningRate: 8e-3,
};

/** What a trained model has settled, so that none of it is chosen again. */
const GIVEN_BY_MODEL = [
  ...['cell', 'layers', 'units', 'dropout', 'residual', 'tied', 'lines', 'tokens'],
  ...['bytes', 'minCount', 'vocabulary', 'seed'],
];

/** Adds the commands for models of text: train-text, eval-text. */
export function register(program: Command): void {
  const train = program
    .command('train-text')
    .description('Train a model of characters, words or byte pairs on text of any size, in UTF-8 or UTF-16.')
    .argument('<text>', 'a file, - for standard input, or a folder whose files are read one after the other')
    .option('--lines', 'each line is an example by itself, such as a list of names', false)
    .addOption(
      new Option(
        '--tokens <kind>',
        'what is learnt one after the other: words, with white space and punctuation between them, or parts of words that come often (byte-pair encoding)',
      )
        .choices(['characters', 'bytes', 'words', 'bpe'])
        .default('characters'),
    )
    .addOption(
      wholeOption(
        '--vocabulary <n>',
        'of words and bpe: different tokens, at most (default: 10000 of words, 1000 of bpe)',
        { min: 1, max: 1_000_000 },
      ),
    )
    .addOption(
      new Option('--bytes', 'learn the bytes of UTF-8 in place of characters, as --tokens bytes')
        .default(false)
        .conflicts('tokens'),
    )
    .addOption(
      wholeOption(
        '--min-count <n>',
        'characters that come less often are spelled in their bytes, words in their characters (default: 1; 3 of words, 2 of bpe)',
        { min: 1, max: 1_000_000_000 },
      ),
    );
  addTrainingOptions(train, defaults);
  addCheckpointOptions(train)
    .addOption(
      realOption('--sample-minutes <n>', 'show a short sample so often; 0: never', { min: 0 }).default(1),
    )
    .addOption(
      new Option(
        '--from <model>',
        'begins with the weights, the network and the characters of this model, to go on with another text',
      ).conflicts(GIVEN_BY_MODEL),
    )
    .addOption(verifyOption('the model of --from'))
    .option('--out <file>', 'the model', 'text.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainText);
  program
    .command('eval-text')
    .description('How well a model that train-text made predicts a text: nats, bits and perplexity.')
    .argument('<model>', 'a .safetensors file')
    .argument('<text>', 'a file, - for standard input, or a folder of files')
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
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(evalText);
}

async function trainText(typed: string, options: TrainOptions): Promise<void> {
  const { TextModel } = await import('../../text/model/text-model.js');
  const { fileText } = await import('../../text/corpus/text-source.js');
  const { filesAt } = await import('../../base/host/folders.js');
  const { TextTrainingRun } = await import('./text-training-run.js');
  const { watchedText } = await import('./watched-text.js');
  const { out, bytes, minCount, vocabulary, sampleMinutes, from, engine, threads, verify } = options;
  const kind = bytes ? 'bytes' : options.tokens;
  const run = new TextTrainingRun(options, defaults, unitOf(kind));
  const onEngine = (report: AutoReport): void => run.note(engineLine(report));
  const model =
    from === undefined
      ? typedValue(
          undefined,
          () =>
            new TextModel({
              ...modelOptionsOf(options),
              ...{ tokens: kind, lines: options.lines, onEngine },
              ...(minCount !== undefined && { minCount }),
              ...(vocabulary !== undefined && { vocabularySize: vocabulary }),
            }),
        )
      : told(
          await TextModel.load(await givenModel(from, 'a text model'), {
            engine,
            verify,
            onEngine,
            ...(threads !== undefined && { threads }),
          }),
        );
  const { lines, tokens } = model.reading;
  run.unit = unitOf(tokens);
  const spelledBefore = from !== undefined && model.vocabulary.spelled;
  const { path, name } = await fileOrStandardInput(typed);
  const text = watchedText(fileText(path, { name }), filesAt(path, 'the text'));
  const sample = {
    everyMinutes: sampleMinutes,
    onSample: (text: string) => run.note(`sample  ${JSON.stringify(text)}`),
  };
  try {
    const history = await run.fit('generate', (fit) =>
      model.fit(text, { ...fit, ...(sampleMinutes > 0 && { sample }) }),
    );
    if (from !== undefined && model.vocabulary.spelled !== spelledBefore) {
      run.note(`The text has characters that ${from} does not know: they are spelled in their bytes.`);
    }
    await model.save(out, { force: run.replace });
    const { drawLossCurve } = await import('./loss-curve.js');
    const curve = await drawLossCurve(run.folder, `Training on ${name}`);
    const next = `seqkit generate ${quoted(out)} ${lines ? '--count 7' : '--length 400'} --temperature 0.8`;
    if (options.json) printJson({ ...summaryOf(out, model, history), text: name, curve });
    else reportTraining(out, model, history, { curve, next });
  } finally {
    await model.dispose();
  }
}

async function evalText(path: string, typed: string, options: EvalOptions): Promise<void> {
  const { TextModel } = await import('../../text/model/text-model.js');
  const { fileText } = await import('../../text/corpus/text-source.js');
  const { batch: batchSize, seqLength, engine, verify, json } = options;
  const { path: file, name } = await fileOrStandardInput(typed);
  const model = told(await TextModel.load(await givenModel(path, 'a text model'), { engine, verify }));
  const measured = await model.evaluate(fileText(file, { name }), { batchSize, seqLength });
  const { loss, bitsPerCharacter, bitsPerByte, characters, lossPerToken, tokens } = measured;
  const isOfTokens = model.reading.tokens !== 'characters';
  const perplexity = Math.exp(loss);
  await model.dispose();
  if (json) {
    const figures = { characters, nats: loss, bits: bitsPerCharacter, perplexity, bitsPerByte };
    const { tokens: kind } = model.reading;
    printJson({
      model: path,
      text: name,
      ...figures,
      tokens: kind,
      predictedTokens: tokens,
      natsPerToken: lossPerToken,
    });
    return;
  }
  print(`nats        ${loss.toFixed(4)} per character`);
  print(`bits        ${bitsPerCharacter.toFixed(4)} per character, ${bitsPerByte.toFixed(4)} per byte`);
  print(`perplexity  ${perplexity.toFixed(4)}`);
  print(`characters  ${count(characters)} predicted`);
  if (isOfTokens) print(`tokens      ${count(tokens)}, ${lossPerToken.toFixed(4)} nats per token`);
}
