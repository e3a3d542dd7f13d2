import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { openClassifier } from '../../tasks/classifier/classifier-file.js';
import type { ClassifierParts } from '../../tasks/classifier/classifier-training.js';
import type { Encoder } from '../../tasks/classifier/encoders/encoder.js';
import { NbsvmEncoder } from '../../tasks/classifier/encoders/nbsvm-encoder.js';
import { KIND_OF_INPUT, readerOf } from '../../tasks/classifier/encoders/reader-choice.js';
import { RegressionEncoder } from '../../tasks/classifier/encoders/regression-encoder.js';
import { NgramRows } from '../../tasks/classifier/encoders/rows.js';
import { decodeTask } from '../../tasks/file/task-file.js';
import { TokenReader } from '../../tasks/inputs/text-readers.js';
import type { LogisticRegression } from '../../tasks/linear/logistic-regression.js';
import { DEFAULT_FILTERS } from '../../text/words/split-words.js';
import { openExported } from '../source/exported-model.js';
import { classifierCode } from './code/model-code.js';
import { literal } from './code/code-part.js';
import { networkConstants, type Front } from './front.js';
import type { PackedWeights } from './packed-weights.js';

/** How a module scores a text. */
type Scores = Pick<Front, 'needs' | 'constants' | 'exported'>;

/** A classifier of texts. @throws SeqkitError `usage` for one of numbers or sounds, or over word vectors */
export async function classifierFront(
  bytes: Uint8Array,
  source: string,
  weights: PackedWeights,
): Promise<Front> {
  const parts = await openClassifier(decodeTask(bytes, source), source, { engine: 'wasm', threads: 1 });
  const { encoder, heard, input, labels, temperature, threshold } = parts;
  try {
    if (KIND_OF_INPUT[input] !== 'text') {
      refuse(source, `a classifier of ${input}`, 'Export it as ONNX.');
    }
    const { needs, constants, exported } =
      linearScores(encoder, weights) ?? (await networkScores(bytes, source, parts, weights));
    return {
      title: `a classifier of texts: ${labels.length} labels`,
      example: ["const { label, probability } = model.classify('a text');"],
      parts: classifierCode,
      needs: ['classify', ...needs],
      constants: [
        `const LABELS = ${literal(labels)};`,
        `const THRESHOLD = ${threshold};`,
        `const TEMPERATURE = ${temperature};`,
        ...constants,
      ],
      exported: ['classify', 'labels: LABELS', ...exported],
    };
  } finally {
    await encoder.dispose();
    await heard.dispose();
  }
}

function linearScores(encoder: Encoder, weights: PackedWeights): Scores | undefined {
  const needs = ['tfidf', 'gramFeatures', 'regression'];
  if (encoder instanceof RegressionEncoder && encoder.rows instanceof NgramRows) {
    const constants = [
      gramConstant('GRAMS', encoder.rows, weights),
      `const logitsOf = (text) => regression(tfidf(text, GRAMS), ${packed('weights', encoder.regression, weights)});`,
    ];
    return { needs, constants, exported: [] };
  }
  if (!(encoder instanceof NbsvmEncoder)) return undefined;
  const { linear, ratioRows, ratios, shares } = encoder;
  const constants = [
    gramConstant('GRAMS', linear.rows as NgramRows, weights),
    gramConstant('RATIO_GRAMS', ratioRows, weights),
    'function logitsOf(text) {',
    `  const linear = regression(tfidf(text, GRAMS), ${packed('weights', linear.regression, weights)});`,
    '  const present = tfidf(text, RATIO_GRAMS).map(([i]) => [i, 1]);',
    `  const ratios = regression(present, ${packed('ratio_weights', ratios, weights)});`,
    `  return linear.map((logit, c) => ${shares[0]} * logit + ${shares[1]} * ratios[c]);`,
    '}',
  ];
  return { needs, constants, exported: [] };
}

function packed(
  name: string,
  { weights: data, classes }: LogisticRegression,
  weights: PackedWeights,
): string {
  return weights.add(name, classes, data);
}

/** N-grams: how they are counted, a line for each, and what each weighs. */
function gramConstant(name: string, { features }: NgramRows, weights: PackedWeights): string {
  const { words, characters, lower, sublinear } = features.settings;
  const { idf } = features.toState().arrays;
  const constant = weights.add(`${name} idf`, idf.length, idf);
  const settings = literal({ words, characters, lower, sublinear });
  return `const ${name} = gramFeatures(${settings}, ${literal(features.terms.join('\n'))}, ${features.wordTerms}, ${constant});`;
}

async function networkScores(
  bytes: Uint8Array,
  source: string,
  { encoder, input }: ClassifierParts,
  weights: PackedWeights,
): Promise<Scores> {
  const { settings, parts } = encoder.contents();
  if (parts?.['network'] === undefined) {
    refuse(
      source,
      `a classifier with the encoder ${quoted(encoder.name)}`,
      'Train it with the encoder "linear", or with one that is a network, such as "lstm".',
    );
  }
  const { graph } = await openExported(bytes, 'toModule: model');
  const reader = readerOf(input, settings['reader'] as Record<string, unknown>, source);
  const network = networkConstants(graph, weights);
  const constants = [`const LONGEST = ${reader.maxLength};`, ...network];
  const exported = ['predict'];
  if (!(reader instanceof TokenReader)) {
    return { needs: ['predict', 'tokensOfBytes', 'networkLogits'], constants, exported };
  }
  const { tokenizer } = reader;
  const { options } = tokenizer.toJSON();
  const words = Array.from({ length: tokenizer.size - 1 }, (_, i) => tokenizer.wordOf(i + 1)!);
  const units = input === 'words' ? 'wordsOf' : 'charactersOf';
  return {
    needs: ['predict', units, 'tokensOfUnits', 'networkLogits'],
    constants: [
      `const LOWER = ${options.lower ?? true};`,
      ...(input === 'words' ? [`const FILTERS = ${literal(options.filters ?? DEFAULT_FILTERS)};`] : []),
      `const UNITS = ${units};`,
      `const WORDS = new Map(${literal(words)}.map((word, i) => [word, i + 1]));`,
      ...constants,
    ],
    exported,
  };
}

function refuse(source: string, what: string, hint: string): never {
  throw new SeqkitError(`${source} is ${what}, for which a module has no functions.`, {
    code: 'usage',
    hint,
  });
}
