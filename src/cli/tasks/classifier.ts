import type { Option } from 'commander';
import type { Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { Classification, SequenceClassifier } from '../../tasks/classifier/sequence-classifier.js';
import type { InputName } from '../../tasks/classifier/encoders/reader-choice.js';
import type { SequenceInput } from '../../tasks/examples/sequence-input.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { print, printJson, told } from '../terminal/output.js';
import { checkDistinct } from '../terminal/output-files.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';
import { standardInputText } from '../terminal/standard-input.js';
import { percent, printEvaluation } from './classifier-report.js';
import { addTrainClassifier } from './train-classifier.js';
import { addExampleOptions, DATA_ARGUMENT, typedExamples, type ExampleOptions } from './example-options.js';
import { givenModel } from '../models/given-model.js';

interface OpenOptions {
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly threshold?: number;
  readonly json: boolean;
}

/** Adds the commands for classes of sequences: train-classifier, classify, eval-classifier. */
export function register(program: Command): void {
  addTrainClassifier(program);
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
    .option('--calibration <file>', 'how often answers of each probability are right, .svg or .png')
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

async function open(path: string, { engine, verify }: OpenOptions): Promise<SequenceClassifier> {
  const { SequenceClassifier } = await import('../../tasks/classifier/sequence-classifier.js');
  return told(await SequenceClassifier.load(await givenModel(path), { engine, verify }));
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
    ExampleOptions & {
      readonly mistakes: number;
      readonly picture?: string;
      readonly calibration?: string;
      readonly force: boolean;
    },
): Promise<void> {
  const { threshold, mistakes, picture, calibration, force, json } = options;
  checkDistinct({ '--picture': picture, '--calibration': calibration });
  await checkPicture('--picture', picture, force);
  await checkPicture('--calibration', calibration, force);
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
    if (calibration !== undefined) {
      const { calibrationPlotSvg } = await import('../../report/calibration-plot.js');
      const { bins } = judged.calibration;
      await writePicture(calibration, force, async () => calibrationPlotSvg({ title: 'Calibration', bins }));
    }
    if (json) printJson({ model: path, data, ...judged, ...(picture !== undefined && { picture }) });
    else printEvaluation(judged);
  } finally {
    await model.dispose();
  }
}
