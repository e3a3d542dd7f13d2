import { Random } from '../../base/math/random.js';
import { schemaOf } from '../../base/schema/index.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { Model } from '../../rnn/model/model.js';
import { openClassifier } from '../../tasks/classifier/classifier-file.js';
import type { RegressionEncoder } from '../../tasks/classifier/encoders/regression-encoder.js';
import { NbsvmEncoder } from '../../tasks/classifier/encoders/nbsvm-encoder.js';
import type { NgramRows } from '../../tasks/classifier/encoders/rows.js';
import { SequenceClassifier } from '../../tasks/classifier/sequence-classifier.js';
import { decodeTask } from '../../tasks/file/task-file.js';
import { differenceOf, type OnnxDifference } from '../onnx/check/onnx-difference.js';
import { exportedBytes, openExported, type ModelSource } from '../source/exported-model.js';
import { slidingSteps } from '../source/sample-steps.js';

/** What a module of `toModule` has by default, by the part of it that is checked. */
export interface ModelModule {
  readonly predict?: (...inputs: unknown[]) => unknown;
  readonly classify?: (text: string) => { alternatives: readonly { label: string; probability: number }[] };
}

const modelModule = schemaOf<ModelModule>('what a module of toModule exports by default', (value) => {
  const { predict, classify } = (value ?? {}) as Partial<ModelModule>;
  return typeof predict === 'function' || typeof classify === 'function';
});

/** Time steps of a sample, and texts, each of so many n-grams. */
const STEPS = 24;
const TEXTS = 8;
const TERMS = 6;
/** Seeds the sample. */
const SEED = 11;

/**
 * Runs a module on a sample and holds what comes out against the model's own numbers.
 * @param module what the module exports by default
 * @param model what was exported
 * @throws SeqkitError `bad-value` for what is no such module; errors of the module as they are
 */
export async function checkModule(module: ModelModule, model: ModelSource): Promise<OnnxDifference> {
  const { predict, classify } = modelModule.parse(module, 'checkModule: module');
  const bytes = await exportedBytes(model, 'checkModule: model');
  if (!predict) return checkTexts(classify!, bytes);
  const { graph } = await openExported(bytes, 'checkModule: model');
  const samples = graph.inputs.map((_, i) => sampleOf(graph, i));
  const own = new Model(graph, { engine: 'wasm', threads: 1 });
  try {
    const expected = await own.predictAll(samples.length > 1 ? samples : samples[0]);
    const found = predict(...samples.map(stepsOf));
    const outputs = expected.length > 1 ? (found as unknown[]) : [found];
    return differenceOf(
      outputs.map((output) => Float32Array.from(numbersOf(output))),
      expected.map(({ data }) => data),
    );
  } finally {
    await own.dispose();
  }
}

interface Sample {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** One example: tokens, or numbers about 0, the same every time. */
function sampleOf(graph: LayerGraph, i: number): Sample {
  const random = new Random(SEED).fork(graph.inputs[i].name);
  const { time, features } = graph.shapes![i];
  const tokens = graph.tokensOf(i);
  const fixed = graph.layers.some(({ kind }) => kind === 'Flatten' || kind === 'Reshape');
  const { least, stride } = slidingSteps(graph);
  const length = time === undefined ? [] : [fixed ? time : Math.max(time, STEPS * stride, least)];
  const shape = [1, ...length, ...(tokens === undefined ? [features] : [])];
  const count = shape.reduce((product, size) => product * size, 1);
  const next = (): number => (tokens === undefined ? random.normal() : random.integer(tokens));
  return { data: Float32Array.from({ length: count }, next), shape };
}

/** As a module takes it. */
function stepsOf({ data, shape }: Sample): unknown {
  const [, length, width] = shape;
  if (width === undefined) return [...data];
  return Array.from({ length }, (_, t) => [...data.subarray(t * width, (t + 1) * width)]);
}

function numbersOf(value: unknown): number[] {
  return typeof value === 'number' ? [value] : Array.from(value as ArrayLike<unknown>).flatMap(numbersOf);
}

/** Probabilities of texts that are put together of the n-grams of a classifier. */
async function checkTexts(
  classify: NonNullable<ModelModule['classify']>,
  bytes: Uint8Array,
): Promise<OnnxDifference> {
  const random = new Random(SEED);
  const terms = await termsOf(bytes);
  const texts = Array.from({ length: TEXTS }, () =>
    Array.from({ length: TERMS }, () => random.choice(terms)).join(' '),
  ).map((text) => (text.trim() === '' ? 'a' : text));
  const own = await SequenceClassifier.fromBytes(bytes, { engine: 'wasm', threads: 1 });
  try {
    const expected = await own.classifyAll(texts);
    const byLabel = (all: readonly { label: string; probability: number }[]): number[] =>
      own.labels.map((label) => all.find((one) => one.label === label)?.probability ?? NaN);
    return differenceOf(
      texts.map((text) => Float32Array.from(byLabel(classify(text).alternatives))),
      expected.map(({ alternatives }) => byLabel(alternatives)),
    );
  } finally {
    await own.dispose();
  }
}

async function termsOf(bytes: Uint8Array): Promise<readonly string[]> {
  const task = decodeTask(bytes, 'The model');
  const { encoder, heard } = await openClassifier(task, 'The model', { engine: 'wasm', threads: 1 });
  await heard.dispose();
  await encoder.dispose();
  const linear = encoder instanceof NbsvmEncoder ? encoder.linear : (encoder as RegressionEncoder);
  return (linear.rows as NgramRows).features.terms;
}
