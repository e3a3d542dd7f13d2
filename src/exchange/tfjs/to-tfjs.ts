import { SeqkitError } from '../../base/errors.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { LayerStack } from '../../rnn/graph/layer-stack.js';
import { ProgramBuilder } from '../../rnn/program/program.js';
import { Trace, type Signal } from '../../rnn/weights/trace.js';
import { transitionsOf, withoutLines, type CRFScores } from '../source/described-parts.js';
import { openExported, type ModelSource } from '../source/exported-model.js';
import { TfjsGraph, type TfjsFlow, type TfjsWeight } from './tfjs-graph.js';
import { writeTfjsLayer } from './write-layer.js';

export interface TfjsOptions {
  /**
   * Recurrent layers remember from call to call (`stateful`), one sequence at a time, until `model.resetStates()`.
   * @default false: each call begins with states of zeros
   */
  step?: boolean;
}

const tfjsOptions = optionsSchema<TfjsOptions>('toTfjs', { step: optional(flag) });

/** An input or output of the model. */
export interface TfjsPort {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  /** Sizes, null where they vary. */
  readonly dims: readonly (number | null)[];
}

/** What a program must know to run an exported model: the JSON that stands beside it. */
export interface TfjsDescription {
  readonly format: 'seqkit-tfjs';
  readonly formatVersion: 1;
  /** The class that the model is of, such as `TriggerModel`. */
  readonly kind: string;
  readonly step: boolean;
  readonly inputs: readonly TfjsPort[];
  /** Names of what comes out, in order. */
  readonly outputs: readonly string[];
  /** The scores that a CRF adds up between labels, by the name of its layer. */
  readonly transitions?: Readonly<Record<string, CRFScores>>;
  /** What the model keeps beside its weights: words, labels, vocabulary, features and thresholds. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A model as TensorFlow.js reads it. */
export interface TfjsExport {
  /** `model.json` and the files with weights, by their names. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Of a `.json` file beside them. */
  readonly description: TfjsDescription;
}

/** Bytes of a file with weights, at most, as TensorFlow's converter has it. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** Layers whose outputs depend on how many time steps there are in all. */
const FIXES_TIME: ReadonlySet<string> = new Set(['Reshape', 'Flatten']);

/**
 * Writes a model as a layers model of TensorFlow.js, for `tf.loadLayersModel`: `model.json` and weights in float32.
 * @param model any model that can be saved, or where its file is
 * @throws SeqkitError `usage` for a layer that it does not have, such as a GRU that resets after the product; for a mask
 *   where it would be forgotten; with `step` for what needs more than the step at hand; and for models that are more than
 *   one network
 *
 * @example
 * const { files, description } = await toTfjs(model);
 */
export async function toTfjs(model: ModelSource, options: TfjsOptions = {}): Promise<TfjsExport> {
  const { step = false } = tfjsOptions.parse(options);
  const { kind, settings, graph } = await openExported(model, 'toTfjs: model');
  const { modelJson, shards, inputs } = writeTfjsGraph(graph, step);
  const transitions = transitionsOf(graph);
  return {
    files: { 'model.json': new TextEncoder().encode(`${JSON.stringify(modelJson)}\n`), ...shards },
    description: {
      ...{ format: 'seqkit-tfjs', formatVersion: 1, kind, step, inputs, outputs: graph.outputNames },
      ...(transitions && { transitions }),
      settings: withoutLines(settings),
    },
  };
}

/** A built graph of layers, as it predicts. @throws SeqkitError `usage` */
export function writeTfjsGraph(
  graph: LayerGraph,
  step: boolean,
): { modelJson: Record<string, unknown>; shards: Record<string, Uint8Array>; inputs: TfjsPort[] } {
  const writing = new TfjsGraph();
  const inputs = portsOf(graph, step);
  const ends = inputs.map(({ name, type, dims }) => writing.input(name, dims, type));
  const signals = signalsOf(graph);
  const flows: TfjsFlow[] = [...ends];
  for (const { layer, inputs: taken } of graph.nodes) {
    const { time, features } = signals[flows.length];
    const shape = time === undefined ? [features] : [time, features];
    const given = taken.map((index) => flows[index]);
    flows.push(...writeTfjsLayer(writing, layer, given, { stateful: step, shape }));
  }
  const topology = writing.config(
    ends,
    graph.outputs.map((index) => flows[index]),
  );
  const { weights } = writing;
  const shards = shardsOf(weights);
  const modelJson = {
    format: 'layers-model',
    generatedBy: 'seqkit',
    convertedBy: null,
    modelTopology: { ...topology, keras_version: '2.15.0', backend: 'tensor_flow.js' },
    weightsManifest: [
      {
        paths: Object.keys(shards),
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  return { modelJson, shards, inputs };
}

/** The sizes of all that flows. */
function signalsOf(graph: LayerGraph): readonly Signal[] {
  const trace = new Trace(new ProgramBuilder('tfjs'), { batch: 1, training: false, shapesOnly: true });
  return graph.trace(trace, graph.declareInputs(trace, graph.shapes!)).signals;
}

function portsOf(graph: LayerGraph, step: boolean): TfjsPort[] {
  const { shapes } = graph;
  if (!shapes) {
    throw new SeqkitError('The model has no weights yet.', {
      code: 'usage',
      hint: 'Call fit or build first.',
    });
  }
  const isFixed = graph.layers.some(({ kind }) => FIXES_TIME.has(kind));
  return graph.inputs.map(({ name, shape }, i): TfjsPort => {
    const { time, steps, features } = shapes[i];
    const declared = graph instanceof LayerStack ? null : (shape[0] ?? null);
    const T = isFixed ? (time ?? null) : declared;
    // What remembers must know how many sequences there are.
    const N = step ? 1 : null;
    if (graph.tokensOf(i) !== undefined) return { name, type: 'int32', dims: [N, T] };
    const sequence = time === undefined ? [] : steps === undefined ? [T] : [T, steps];
    return { name, type: 'float32', dims: [N, ...sequence, features] };
  });
}

/** All numbers one after the other, the low byte first, cut into files. */
function shardsOf(weights: readonly TfjsWeight[]): Record<string, Uint8Array> {
  const count = weights.reduce((total, { data }) => total + data.length, 0);
  const bytes = new Uint8Array(4 * count);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { data } of weights) {
    for (let i = 0; i < data.length; i++, at += 4) view.setFloat32(at, data[i], true);
  }
  const total = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  return Object.fromEntries(
    Array.from({ length: total }, (_, i) => [
      `group1-shard${i + 1}of${total}.bin`,
      bytes.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
    ]),
  );
}
