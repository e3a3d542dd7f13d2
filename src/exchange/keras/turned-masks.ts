import { quoted } from '../../base/schema/index.js';
import type { InputShape, LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import { ProgramBuilder } from '../../rnn/program/program.js';
import { Trace } from '../../rnn/weights/trace.js';
import { unsupported } from './damage.js';

/** Layers that do the same to every step, masked or not. */
const EACH_STEP: ReadonlySet<string> = new Set([
  ...['Dense', 'Activation', 'LeakyReLU', 'Dropout', 'BatchNormalization', 'LayerNormalization'],
  ...['TimeDistributed', 'Add', 'Subtract', 'Multiply', 'Average', 'Concatenate'],
]);

/**
 * Of a layer that walks back and gives all steps, Keras lets the mask stand in the order of time, though the steps are in
 * the order of the walk; here it turns with them. So what goes by that mask would give other numbers.
 * @param shapes one example of each input: (T, D), (D), or (T) for tokens
 * @throws SeqkitError `bad-file` where there is such a layer
 */
export function refuseTurnedMasks(
  graph: LayerGraph,
  shapes: readonly (readonly number[])[],
  source: string,
): void {
  const walks = graph.layers.filter(walksBack);
  if (walks.length === 0) return;
  const trace = new Trace(new ProgramBuilder('masks'), { batch: 1, training: false, shapesOnly: true });
  const inputs = shapes.map((shape, i) => sizes(shape, graph.tokensOf(i) !== undefined));
  const { signals } = graph.trace(trace, graph.declareInputs(trace, inputs));
  const turned = new Set<number>();
  let first = graph.inputs.length;
  for (const { layer, inputs: taken } of graph.nodes) {
    const given = taken.some((index) => turned.has(index));
    if (given && !EACH_STEP.has(layer.kind)) {
      throw unsupported(
        source,
        `has the layer ${quoted(layer.name)}, which goes by the mask of a layer that walks back over masked sequences: Keras does not turn that mask`,
        'Use Bidirectional in its place.',
      );
    }
    const turns = walksBack(layer) && signals[taken[0]].mask !== undefined;
    if (given || turns) turned.add(first);
    first += layer.outputs;
  }
}

function walksBack(layer: Layer): boolean {
  return layer instanceof Recurrent && layer.goesBackwards && layer.options()['returnSequences'] === true;
}

function sizes(shape: readonly number[], tokens: boolean): InputShape {
  if (tokens) return { time: shape[0], features: 1 };
  const features = shape.at(-1)!;
  if (shape.length === 1) return { time: undefined, features };
  return { time: shape[0], features, ...(shape.length > 2 && { steps: shape[1] }) };
}
