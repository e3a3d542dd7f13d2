import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/choose.js';
import type { Classification, SequenceClassifier } from '../../tasks/classifier/sequence-classifier.js';
import type {
  ClassifierProgress,
  ClassifierTrainOptions,
} from '../../tasks/classifier/classifier-options.js';
import type { EncoderName } from '../../tasks/classifier/encoders/encoder.js';
import type { PoolingName } from '../../tasks/classifier/encoders/network.js';
import type { InputName } from '../../tasks/classifier/encoders/reader-choice.js';
import type { SequenceInput } from '../../tasks/examples/sequence-input.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  seedOption,
  threadsOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { checkPictureName } from '../terminal/file-names.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { writePicture } from '../terminal/picture-file.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { standardInputText } from '../terminal/standard-input.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { percent, printEvaluation, printFigures } from './classifier-report.js';
import { addExampleOptions, DATA_ARGUMENT, typedExamples, type ExampleOptions } from './example-options.js';

interface TrainOptions extends ExampleOptions {
  readonly input?: InputName;
  readonly encoder: EncoderName | 'auto';
  readonly units?: number;
  readonly layers?: number;
  readonly bidirectional?: boolean;
  readonly pooling?: PoolingName;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly labelSmoothing?: number;
  readonly balanced: boolean;
  readonly heldOut?: number;
  readonly folds?: number;
  readonly threshold?: number;
  readonly targetAccuracy?: number;
  readonly checkpoint?: string;
  readonly resume: boolean;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads?: number;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface OpenOptions {
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly threshold?: number;
  readonly json: boolean;
}

/** Adds the commands for classes of sequences: train-classifier, classify, eval-classifier. */
export function register(program: Command): void {
  const train = program
    .command('train-classifier')
    .description('Learn to tell the class of texts, of number sequences or of sounds, from labeled examples.')
    .argument('<data>', DATA_ARGUMENT);
  addExampleOptions(train)
    .addOption(
      new Option(
        '--input <name>',
        'what a sequence is read as (default: words, or what the examples hold)',
      ).choices(['words', 'characters', 'bytes', 'numbers', 'sound']),
    )
    .addOption(
      new Option('--encoder <name>', 'what makes class scores; auto compares those that fit the data')
        .choices(['auto', 'linear', 'nbsvm', 'average', 'gru', 'lstm', 'conv'])
        .default('auto'),
    )
    .addOption(wholeOption('--units <n>', 'of a network (default: 64)', { min: 1, max: 65_536 }))
    .addOption(wholeOption('--layers <n>', 'of a network (default: 1)', { min: 1, max: 16 }))
    .option('--bidirectional', 'recurrent layers walk in both directions')
    .addOption(
      new Option('--pooling <name>', 'how the steps of a network become one').choices([
        'last',
        'mean',
        'max',
        'attention',
      ]),
    )
    .addOption(wholeOption('--epochs <n>', 'of a network, at most (default: 30)', { min: 1, max: 1_000_000 }))
    .addOption(realOption('--learning-rate <rate>', 'of a network (default: 0.003)', { above: 0, max: 10 }))
    .addOption(realOption('--label-smoothing <share>', 'of a network (default: 0)', { min: 0, max: 0.9 }))
    .option('--balanced', 'each class counts as much as any other', false)
    .addOption(realOption('--held-out <share>', 'only judged by (default: 0.15)', { above: 0, max: 0.9 }))
    .addOption(wholeOption('--folds <n>', 'by which auto compares (default: 3)', { min: 2, max: 100 }))
    .addOption(
      realOption('--threshold <p>', 'below this probability it abstains (default: 0)', { min: 0, max: 1 }),
    )
    .addOption(
      realOption(
        '--target-accuracy <share>',
        'sets the threshold so that as many held-out answers are right',
        {
          above: 0,
          below: 1,
        },
      ),
    )
    .option('--checkpoint <file>', 'where a network is saved while it trains')
    .option('--resume', 'go on from the checkpoint', false)
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .option('--out <file>', 'the model', 'classifier.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainClassifier);
  program
    .command('classify')
    .description('The class of texts, of number sequences, or of WAV files.')
    .argument('<model>', 'a .safetensors file that train-classifier made')
    .argument('[input...]', 'texts, numbers, or paths of WAV files; without any, lines of standard input')
    .addOption(wholeOption('--top <n>', 'labels shown for each', { min: 1, max: 1000 }).default(1))
    .addOption(thresholdOption())
    .option('--explain', 'the words of a text that decided', false)
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(classify);
  addExampleOptions(
    program
      .command('eval-classifier')
      .description('How good a classifier is on labeled examples that it has not seen.')
      .argument('<model>', 'a .safetensors file that train-classifier made')
      .argument('<data>', DATA_ARGUMENT),
  )
    .addOption(thresholdOption())
    .addOption(wholeOption('--mistakes <n>', 'listed, the surest first', { min: 0, max: 10_000 }).default(5))
    .option('--picture <file>', 'the confusion matrix, .svg or .png')
    .addOption(forceOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(evalClassifier);
}

function thresholdOption(): Option {
  return realOption('--threshold <p>', "below this probability it abstains (default: the model's)", {
    min: 0,
    max: 1,
  });
}

async function trainClassifier(data: string, options: TrainOptions): Promise<void> {
  const { checkWritable } = await import('../../base/host/files.js');
  const { SequenceClassifier } = await import('../../tasks/classifier/sequence-classifier.js');
  const { parseTrainOptions } = await import('../../tasks/classifier/classifier-options.js');
  const { out, force, json } = options;
  const given = typedValue(undefined, () => parseTrainOptions(trainOptionsOf(options)));
  checkWritable(out, { force });
  const examples = await typedExamples(data, options);
  let shown = '';
  const onProgress = ({ stage, epoch, epochs, loss, heldOutLoss }: ClassifierProgress): void => {
    if (epoch === undefined && stage !== shown) note(stage);
    shown = stage;
    if (epoch === undefined) return;
    note(`  epoch ${epoch} of ${epochs}: loss ${loss!.toFixed(4)}, held out ${heldOutLoss!.toFixed(4)}`);
  };
  let model: SequenceClassifier;
  try {
    model = await stoppable((signal) => SequenceClassifier.train(examples, { ...given, signal, onProgress }));
  } catch (error) {
    const isStopped = error instanceof SeqkitError && error.code === 'stopped';
    if (!isStopped || options.checkpoint === undefined) throw error;
    throw stoppedError(
      `its state is saved in ${options.checkpoint}.`,
      `Go on with: ${commandLine('--resume')}`,
    );
  }
  try {
    await model.save(out, { force });
    if (json) {
      const { labels, input, encoder, temperature, threshold, figures } = model;
      printJson({ model: out, labels, input, encoder, temperature, threshold, ...figures });
      return;
    }
    printFigures(model.encoder, model.figures);
    if (model.threshold > 0) print(`threshold    ${model.threshold.toFixed(3)}`);
    print(`saved        ${out}: ${counted(model.labels.length, 'label')}`);
    print(`\nTry: seqkit classify ${quoted(out)}`);
  } finally {
    await model.dispose();
  }
}

/** How the library is to train. */
function trainOptionsOf(options: TrainOptions): ClassifierTrainOptions {
  const { encoder, balanced, checkpoint, resume, seed, engine } = options;
  const { input, units, layers, bidirectional, pooling, epochs, learningRate, labelSmoothing } = options;
  const { heldOut, folds, threshold, targetAccuracy, threads } = options;
  const typed = {
    ...{ input, units, layers, bidirectional, pooling, epochs, learningRate, labelSmoothing },
    ...{ heldOut, folds, threshold, targetAccuracy, threads },
  };
  return {
    ...(Object.fromEntries(
      Object.entries(typed).filter(([, value]) => value !== undefined),
    ) as ClassifierTrainOptions),
    ...{ encoder, seed, engine, resume },
    ...(balanced && { classWeights: 'balanced' }),
    ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }),
  };
}

async function open(path: string, { engine, verify }: OpenOptions): Promise<SequenceClassifier> {
  const { SequenceClassifier } = await import('../../tasks/classifier/sequence-classifier.js');
  return told(await SequenceClassifier.load(path, { engine, verify }));
}

async function classify(
  path: string,
  typed: readonly string[],
  options: OpenOptions & { readonly top: number; readonly explain: boolean },
): Promise<void> {
  const { top, threshold, explain, json } = options;
  const model = await open(path, options);
  try {
    const given =
      typed.length > 0 ? typed : (await standardInputText()).split(/\r?\n/u).filter((line) => line.trim());
    const inputs = await Promise.all(given.map((one) => inputOf(one, model.input)));
    const answers = await model.classifyAll(inputs, { top, ...(threshold !== undefined && { threshold }) });
    for (const [i, answer] of answers.entries()) {
      const words = explain ? await model.explain(given[i], { top: 5 }) : undefined;
      if (json) printJson({ input: given[i], ...answer, ...(words && { words }) });
      else {
        print(lineOf(answer, given.length > 1 ? given[i] : undefined));
        if (words)
          print(`  ${words.map(({ word, influence }) => `${word} ${influence.toFixed(2)}`).join(', ')}`);
      }
    }
  } finally {
    await model.dispose();
  }
}

function lineOf(
  { abstained, label, probability, alternatives }: Classification,
  input: string | undefined,
): string {
  const all = alternatives.length > 1 ? alternatives : [{ label, probability }];
  const scored = all.map((one) => `${one.label} ${percent(one.probability)}`).join(', ');
  const answer = abstained ? `none (${scored})` : scored;
  return input === undefined ? answer : `${answer}\t${input}`;
}

/** What was typed, as the model takes it. */
async function inputOf(typed: string, input: InputName): Promise<SequenceInput> {
  if (input === 'sound') {
    const { readFileBytes } = await import('../../base/host/files.js');
    const { decodeWav } = await import('../../audio/signal/wav.js');
    const { samples, sampleRate } = decodeWav(readFileBytes(typed, 'a clip'), typed);
    return { samples, sampleRate };
  }
  if (input !== 'numbers') return typed;
  return typedValue(undefined, (): SequenceInput => {
    if (typed.trim().startsWith('[')) {
      try {
        return JSON.parse(typed) as SequenceInput;
      } catch {
        // Falls through to the numbers, one of which will be none.
      }
    }
    return typed
      .split(/[\s,;]+/u)
      .filter((word) => word !== '')
      .map((word) => {
        const value = Number(word);
        if (Number.isFinite(value)) return value;
        throw new SeqkitError(`The model takes numbers; ${JSON.stringify(word)} is none.`, { code: 'usage' });
      });
  });
}

async function evalClassifier(
  path: string,
  data: string,
  options: OpenOptions &
    ExampleOptions & { readonly mistakes: number; readonly picture?: string; readonly force: boolean },
): Promise<void> {
  const { threshold, mistakes, picture, force, json } = options;
  if (picture !== undefined) {
    checkPictureName('--picture', picture);
    const { checkWritable } = await import('../../base/host/files.js');
    checkWritable(picture, { force });
  }
  const model = await open(path, options);
  try {
    const examples = await typedExamples(data, options);
    const judged = await model.evaluate(examples, {
      mistakes,
      ...(threshold !== undefined && { threshold }),
    });
    if (picture !== undefined) {
      const { confusionPlotSvg } = await import('../../report/confusion-plot.js');
      await writePicture(picture, force, async () =>
        confusionPlotSvg({
          title: 'Confusion matrix',
          labels: judged.classes.map(({ label }) => label),
          counts: judged.confusion,
        }),
      );
    }
    if (json) printJson({ model: path, data, ...judged, ...(picture !== undefined && { picture }) });
    else printEvaluation(judged);
  } finally {
    await model.dispose();
  }
}
