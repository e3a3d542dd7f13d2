import { Option, type Command } from 'commander';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { SeqkitError } from '../../base/errors.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { SequenceClassifier } from '../../tasks/classifier/sequence-classifier.js';
import type {
  ClassifierProgress,
  ClassifierTrainOptions,
} from '../../tasks/classifier/classifier-options.js';
import type { EncoderName } from '../../tasks/classifier/encoders/encoder.js';
import type { PoolingName } from '../../tasks/classifier/encoders/network.js';
import type { InputName } from '../../tasks/classifier/encoders/reader-choice.js';
import type { LearningCurvePoint } from '../../tasks/classifier/learning-curve.js';
import type { LabeledExample } from '../../tasks/examples/labeled-examples.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  seedOption,
  threadsOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { checkDistinct } from '../terminal/output-files.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';
import { commandLine, quoted } from '../terminal/shell-quoting.js';
import { stoppable, stoppedError } from '../terminal/stop-signal.js';
import { percent, printFigures } from './classifier-report.js';
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
  readonly patience?: number;
  readonly C?: number;
  readonly vectors?: string;
  readonly labelSmoothing?: number;
  readonly balanced: boolean;
  readonly heldOut?: number;
  readonly folds?: number;
  readonly threshold?: number;
  readonly targetAccuracy?: number;
  readonly learningCurve?: string;
  readonly checkpoint?: string;
  readonly resume: boolean;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly threads?: number;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the command train-classifier. */
export function addTrainClassifier(program: Command): void {
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
        .choices(['auto', 'linear', 'nbsvm', 'average', 'embedding', 'gru', 'lstm', 'conv'])
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
    .addOption(
      wholeOption('--patience <n>', 'epochs without a better held-out loss that end it (default: 5)', {
        min: 1,
        max: 1_000_000,
      }),
    )
    .addOption(realOption('--label-smoothing <share>', 'of a network (default: 0)', { min: 0, max: 0.9 }))
    .addOption(
      realOption(
        '--C <n>',
        'of a regression: the larger, the less its weights are held back (default: 30, 1)',
        {
          above: 0,
          max: Number.MAX_VALUE,
        },
      ),
    )
    .option('--vectors <file>', 'word vectors of your own, for average and networks')
    .option('--balanced', 'each class counts as much as any other', false)
    .addOption(realOption('--held-out <share>', 'only judged by (default: 0.15)', { above: 0, max: 0.9 }))
    .addOption(
      wholeOption('--folds <n>', 'of cross-validation (default: 3 of auto, else none)', { min: 2, max: 100 }),
    )
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
    .option('--learning-curve <file>', 'how accuracy grows with the number of examples, .svg or .png')
    .option('--checkpoint <file>', 'where a network is saved while it trains')
    .option('--resume', 'go on from the checkpoint', false)
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(threadsOption())
    .option('--out <file>', 'the model', 'classifier.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(trainClassifier);
}

async function trainClassifier(data: string, options: TrainOptions): Promise<void> {
  const { checkWritable } = await import('../../base/host/files.js');
  const { SequenceClassifier } = await import('../../tasks/classifier/sequence-classifier.js');
  const { parseTrainOptions } = await import('../../tasks/classifier/classifier-options.js');
  const { out, force, json } = options;
  const given = typedValue(undefined, () =>
    parseTrainOptions({ ...trainOptionsOf(options), ...savingOf(options) }),
  );
  checkDistinct({
    ...{ '--out': out, '--learning-curve': options.learningCurve, '--checkpoint': options.checkpoint },
  });
  checkWritable(out, { force });
  await checkPicture('--learning-curve', options.learningCurve, force);
  const examples = await typedExamples(data, options);
  const vectors = await vectorsOf(options);
  const ofVectors = vectors && { vectors };
  let shown = '';
  const onProgress = ({ stage, epoch, epochs, loss, heldOutLoss }: ClassifierProgress): void => {
    if (epoch === undefined && stage !== shown) note(stage);
    shown = stage;
    if (epoch === undefined) return;
    note(`  epoch ${epoch} of ${epochs}: loss ${loss!.toFixed(4)}, held out ${heldOutLoss!.toFixed(4)}`);
  };
  let model: SequenceClassifier;
  try {
    model = told(
      await stoppable((signal) =>
        SequenceClassifier.train(examples, { ...given, ...ofVectors, signal, onProgress }),
      ),
    );
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
    const curve =
      options.learningCurve &&
      (await drawLearningCurve(
        examples,
        model.encoder,
        { ...trainOptionsOf(options), ...ofVectors },
        options,
      ));
    if (json) {
      const { labels, input, encoder, temperature, threshold, figures } = model;
      const { notes } = model;
      const own = {
        model: out,
        labels,
        input,
        encoder,
        temperature,
        threshold,
        ...(notes.length > 0 && { notes }),
      };
      printJson({ ...own, ...figures, ...(curve && { learningCurve: curve }) });
      return;
    }
    printFigures(model.encoder, model.figures);
    for (const { examples, accuracy } of curve || []) {
      print(`examples     ${String(examples).padStart(6)}  ${percent(accuracy)}`);
    }
    if (model.threshold > 0) print(`threshold    ${model.threshold.toFixed(3)}`);
    print(`saved        ${out}: ${counted(model.labels.length, 'label')}`);
    print(`\nTry: seqkit classify ${quoted(out)}`);
  } finally {
    await model.dispose();
    vectors?.dispose();
  }
}

async function vectorsOf({ vectors }: TrainOptions): Promise<KeyedVectors | undefined> {
  if (vectors === undefined) return undefined;
  const { KeyedVectors: Vectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
  return told(await Vectors.load(vectors));
}

/** Trains on parts of the examples too, and draws how good each is. */
async function drawLearningCurve(
  examples: readonly LabeledExample[],
  encoder: EncoderName,
  train: ClassifierTrainOptions,
  options: TrainOptions,
): Promise<LearningCurvePoint[]> {
  const { learningCurve } = await import('../../tasks/classifier/learning-curve.js');
  const { optionsOf } = await import('../../tasks/classifier/classifier-options.js');
  const { linePlotSvg } = await import('../../report/line-plot.js');
  const curve = await stoppable((signal) => {
    const onProgress = ({ stage, epoch }: ClassifierProgress) =>
      epoch === undefined ? note(`learning curve: ${stage}`) : undefined;
    const own = optionsOf(encoder, train);
    return learningCurve(examples, { ...own, signal, onProgress });
  });
  const points = (of: 'accuracy' | 'macroF1') => curve.map((point) => ({ x: point.examples, y: point[of] }));
  await writePicture(options.learningCurve!, options.force, () =>
    linePlotSvg({
      ...{ title: `Learning curve of ${encoder}`, xTitle: 'examples', yTitle: 'on held-out examples' },
      series: [
        { name: 'accuracy', points: points('accuracy'), dots: true },
        { name: 'macro F1', points: points('macroF1'), dots: true },
      ],
    }),
  );
  return curve;
}

/** How the library is to train. */
function trainOptionsOf(options: TrainOptions): ClassifierTrainOptions {
  const { encoder, balanced, seed, engine } = options;
  const { input, units, layers, bidirectional, pooling, epochs, learningRate, labelSmoothing } = options;
  const { patience, C } = options;
  const { heldOut, folds, threshold, targetAccuracy, threads } = options;
  const typed = {
    ...{ input, units, layers, bidirectional, pooling, epochs, learningRate, labelSmoothing },
    ...{ heldOut, folds, threshold, targetAccuracy, threads, patience, C },
  };
  return {
    ...(Object.fromEntries(
      Object.entries(typed).filter(([, value]) => value !== undefined),
    ) as ClassifierTrainOptions),
    ...{ encoder, seed, engine },
    ...(balanced && { classWeights: 'balanced' }),
  };
}

/** How it saves what it has, and goes on from there. */
function savingOf({ checkpoint, resume }: TrainOptions): ClassifierTrainOptions {
  return { resume, ...(checkpoint !== undefined && { checkpoint: { path: checkpoint } }) };
}
