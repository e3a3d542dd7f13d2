import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { input } from '../../rnn/layers/input.js';
import type { Layer } from '../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../rnn/layers/symbolic-tensor.js';
import { Model } from '../../rnn/model/model.js';
import { namedAxes, settled } from './layers/features.js';
import { lengthInputs } from './layers/length-inputs.js';
import { Importing, Operation, type UsedOutputs } from './layers/importing.js';
import { layersOf } from './layers/operations.js';
import type { Axis, Signal, Value } from './layers/value.js';
import { readOnnxGraph } from './read/read-onnx-graph.js';
import type { OnnxGraph, OnnxValue } from './read/graph.js';

/** So many time steps are left of those to build by, where the file leaves their number open. */
const OPEN_STEPS = 8;

/** More time steps, or features, than a model is built for. */
const MOST_STEPS = 2 ** 20;

/** What our own files are of that hold all there is of it. */
const WHOLE_KINDS: ReadonlySet<string> = new Set(['Model', 'Sequential', 'openWakeWord']);

/** What is not in a file of ours of other kinds. */
const LOST: Readonly<Record<string, string>> = {
  SequenceClassifier: 'what its labels are, how its input is read and when it abstains',
  SequenceTagger: 'what its labels are, how words are read and which labels may follow each other',
  TextModel: 'its vocabulary',
  TriggerModel: 'which words it hears, from what score on, in what features',
};

/** How inputs may be laid out, by their number of axes; those that PyTorch and Keras write come first. */
const LAYOUTS: Readonly<Record<number, readonly (readonly Axis[])[]>> = {
  1: [['T']],
  2: [
    ['N', 'D'],
    ['N', 'T'],
    ['T', 'N'],
  ],
  3: [
    ['N', 'T', 'D'],
    ['T', 'N', 'D'],
    ['N', 'D', 'T'],
    ['one', 'N', 'D'],
  ],
  // A spectrogram as an image, as PyTorch and as Keras lay it.
  4: [
    ['N', 'C', 'T', 'B'],
    ['N', 'C', 'B', 'T'],
    ['N', 'T', 'B', 'C'],
    ['N', 'B', 'T', 'C'],
  ],
};

/**
 * A model of an ONNX file whose operations are layers of ours: RNN, GRU, LSTM, Gemm, MatMul, Gather of a table,
 * convolutions and pooling over time, or over time and bands, normalizations, and what goes element by element, as
 * PyTorch and Keras write them. `notes` say how inputs and outputs are laid out where that differs.
 * @param from the file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `bad-file` where it is damaged, or has an operation that is no layer, by name
 */
export async function fromOnnx(from: FileSource): Promise<Model> {
  const { bytes, name: source } = await readSource(from, 'fromOnnx: from', {
    name: 'The model',
    kind: 'an ONNX file',
  });
  return modelOfGraph(readOnnxGraph(bytes, source), source);
}

/** The same of a file that was read. @param source what errors call it */
export async function modelOfGraph(graph: OnnxGraph, source: string): Promise<Model> {
  let furthest: Failure | undefined;
  if (graph.producer === 'seqkit' && graph.metadata.get('input') === 'sound') {
    throw new SeqkitError(`${source} makes its features in the file, and no layers of ours do that.`, {
      code: 'bad-file',
      hint: 'Export the model anew, without its features.',
    });
  }
  const lengths = lengthInputs(graph);
  if (lengths.size > 1) {
    throw new SeqkitError(`${source} has no layers of ours: it takes the lengths of several inputs.`, {
      code: 'bad-file',
      hint: 'Export it without lengths, and give lengths to predict.',
    });
  }
  const ports = graph.inputs.filter(({ name }) => !lengths.has(name));
  for (const layout of layoutsOf(ports, source)) {
    const walked = attempt(graph, source, { layout, ports, lengths: [...lengths][0] });
    if ('importing' in walked) return built(walked, source);
    if (!furthest || walked.reached > furthest.reached) furthest = walked;
  }
  throw furthest!.error;
}

/** How each input is laid out, all that may be, the likeliest first. */
function layoutsOf(inputs: readonly OnnxValue[], source: string): (readonly Axis[])[][] {
  const each = inputs.map(({ name, type, shape }) => {
    const all = LAYOUTS[shape?.length ?? 0] ?? [];
    const isTokens = type !== undefined && /^u?int/.test(type);
    const own = all.filter(
      (axes) =>
        (axes.includes('D') || axes.includes('C')) !== isTokens &&
        (axes[0] !== 'one' || shape![0] === 1) &&
        axes.every((axis, k) => (axis !== 'B' && axis !== 'C' ? true : typeof shape![k] === 'number')),
    );
    if (own.length === 0) {
      throw new SeqkitError(
        `${source} has no layers of ours: its input ${quoted(name)} has ${shape ? `${shape.length} axes` : 'no shape'}.`,
        {
          code: 'bad-file',
          hint: 'Inputs are (N, D), (N, T, D), tokens (N, T), states (1, N, H), or time and fixed bands, (N, C, T, B).',
        },
      );
    }
    return own;
  });
  const most = Math.max(1, ...each.map(({ length }) => length));
  return Array.from({ length: most }, (_, k) =>
    each.map((own, i) => {
      // States follow what they belong to.
      const states = i > 0 ? own.find(([axis]) => axis === 'one') : undefined;
      return states ?? own[Math.min(k, own.length - 1)];
    }),
  );
}

interface Walked {
  readonly importing: Importing;
  readonly inputs: readonly SymbolicTensor<Layer>[];
  readonly shapes: readonly (readonly number[])[];
  readonly outputs: readonly SymbolicTensor<Layer>[];
}

/** What a walk begins with. */
interface Start {
  /** How each input is laid out. */
  readonly layout: readonly (readonly Axis[])[];
  readonly ports: readonly OnnxValue[];
  /** The input that says how long each sequence is. */
  readonly lengths: string | undefined;
}

/** What stopped a walk, and after how many operations. */
interface Failure {
  readonly error: SeqkitError;
  readonly reached: number;
}

/** Twice: first to see what is used of recurrent operators, then to make layers that give that and no more. */
function attempt(graph: OnnxGraph, source: string, start: Start): Walked | Failure {
  const used: UsedOutputs = new Map();
  const importing = new Importing(graph, source, undefined, used);
  try {
    walk(importing, start);
    return walk(new Importing(graph, source, used, new Map()), start);
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    return { error: named(error, source), reached: importing.reached };
  }
}

/** The error of an option that a layer does not take tells of the option alone. */
function named(error: SeqkitError, source: string): SeqkitError {
  if (error.code === 'bad-file') return error;
  return new SeqkitError(`${source} has no layers of ours: ${error.message}`, {
    code: 'bad-file',
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
  });
}

function walk(importing: Importing, { layout, ports, lengths }: Start): Walked {
  const { graph, source } = importing;
  const values = new Map<string, Value>();
  for (const [name, tensor] of graph.initializers) values.set(name, { kind: 'constant', tensor });
  const inputs = ports.map((port, i) => inputOf(port, layout[i]));
  ports.forEach(({ name }, i) => values.set(name, inputs[i].signal));
  if (lengths !== undefined) {
    values.set(lengths, { kind: 'lengths', name: lengths });
    importing.notes.add(`The input ${quoted(lengths)} is none here: give lengths to predict.`);
  }
  const { producer, metadata } = graph;
  const kind = producer === 'seqkit' ? (metadata.get('kind') ?? 'Model') : 'Model';
  if (!WHOLE_KINDS.has(kind)) {
    const lost = Object.hasOwn(LOST, kind) ? LOST[kind] : 'what else it held';
    importing.notes.add(
      `This is the network of a ${kind} alone, and not a ${kind}: ${lost} stands in the JSON beside the file and is not read. The .safetensors file that it was exported from holds all of it.`,
    );
  }
  for (const node of importing.nodes) {
    const taken = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const fused = importing.fused.get(node);
    const made = fused ? [values.get(fused.outputs[0])!] : layersOf(new Operation(node, taken, importing));
    importing.reached++;
    node.outputs.forEach((name, i) => {
      const value = made.at(i);
      if (name !== '' && value) values.set(name, value);
    });
  }
  inputs.forEach(({ signal: { axes } }, i) => {
    const name = quoted(ports[i].name);
    if (isLaidAsOurs(axes)) return;
    importing.notes.add(
      `The input ${name} takes (${oursOf(axes).join(', ')}), where the file takes (${shown(axes)}).`,
    );
  });
  const outputs = graph.outputs.map(({ name }) => outputOf(importing, name, values.get(name)));
  return {
    importing,
    inputs: inputs.map(({ tensor }) => tensor),
    shapes: inputs.map(({ shape }) => shape.map((size) => size ?? OPEN_STEPS + importing.reach)),
    outputs,
  };

  function inputOf({ name, shape }: OnnxValue, axes: readonly Axis[]) {
    const sizes = shape!.map((size) => (typeof size === 'number' && size > 0 ? size : null));
    const at = (axis: Axis): number | null => sizes[axes.indexOf(axis)] ?? null;
    const [bands, channels] = [at('B'), at('C')];
    const D = axes.includes('B') && bands !== null && channels !== null ? bands * channels : at('D');
    if ([at('T'), D].some((size) => size !== null && size > MOST_STEPS)) {
      throw new SeqkitError(
        `${source} has an input ${quoted(name)} of (${shape!.join(', ')}), which is too large.`,
        {
          code: 'bad-file',
          hint: `An axis has ${MOST_STEPS} at most.`,
        },
      );
    }
    if ((axes.includes('D') || axes.includes('B')) && D === null) {
      throw new SeqkitError(`${source} does not say how many features its input ${quoted(name)} has.`, {
        code: 'bad-file',
        hint: 'Export it with a fixed number of features.',
      });
    }
    const own = [...(axes.includes('T') ? [at('T')] : []), ...(D === null ? [] : [D])];
    const tensor = input({ shape: own });
    const heeds = lengths !== undefined && axes.includes('T') ? { lengths } : {};
    const timeName = `T of ${name}`;
    const named = bands === null || channels === null ? axes : namedAxes(axes, { bands, channels });
    const signal: Signal = { kind: 'signal', axes: named, sizes, timeName, tensor: () => tensor, ...heeds };
    return { tensor, signal, shape: own };
  }
}

/** The axes in our order. */
const oursOf = (axes: readonly Axis[]): string[] => {
  const ours: string[] = (['N', 'T', 'D'] as const).filter((axis) => axes.includes(axis));
  return axes.includes('B') ? [...ours, 'B * C, each band with its channels'] : ours;
};

const isLaidAsOurs = (axes: readonly Axis[]): boolean =>
  !axes.includes('B') && axes.join() === oursOf(axes).join();

const shown = (axes: readonly Axis[]): string =>
  axes.map((axis) => (axis === 'one' ? '1' : axis === 'both' ? '2' : axis)).join(', ');

function outputOf(importing: Importing, name: string, value: Value | undefined): SymbolicTensor<Layer> {
  if (value?.kind === 'signal' && value.lengths !== undefined) {
    throw new SeqkitError(
      `${importing.source} has no layers of ours: its output ${quoted(name)} is 0 where sequences are over, and here such time steps are masked.`,
      {
        code: 'bad-file',
        hint: 'Use the last states, or export it without lengths, and give lengths to predict.',
      },
    );
  }
  if (value?.kind !== 'signal' || value.padding || value.axes.includes('NT')) {
    throw new SeqkitError(
      `${importing.source} has no layers of ours: nothing makes its output ${quoted(name)}.`,
      {
        code: 'bad-file',
        hint: 'Look into the file with readOnnxGraph.',
      },
    );
  }
  if (!isLaidAsOurs(value.axes)) {
    const ours = oursOf(value.axes).join(', ');
    importing.notes.add(
      `The output ${quoted(name)} comes as (${ours}), where the file gives (${shown(value.axes)}).`,
    );
  }
  if (!value.places) return value.tensor();
  return settled(new Operation({ ...importing.nodes.at(-1)!, name }, [], importing), value).tensor();
}

async function built({ importing, inputs, shapes, outputs }: Walked, source: string): Promise<Model> {
  const model = new Model({ inputs, outputs });
  try {
    await model.build(...shapes);
    const reached = new Set(model.layers);
    for (const { layer, arrays } of importing.made) if (reached.has(layer)) layer.setWeights(arrays);
    model.notes = [...importing.notes];
    return model;
  } catch (error) {
    await model.dispose();
    if (!(error instanceof SeqkitError)) throw error;
    throw new SeqkitError(`${source} has layers that do not go together: ${error.message}`, {
      code: 'bad-file',
      cause: error,
    });
  }
}
