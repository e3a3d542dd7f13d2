import type { LayerGraph } from '../../../rnn/graph/layer-graph.js';
import type { Flow } from './flow.js';
import { writeLayer } from './layer-writers.js';
import { Writing } from './writing.js';

/** What goes into a head over embeddings, and which of its outputs is meant. */
export interface HeadOptions {
  /** T and D of the input (1, T, D), both fixed. */
  readonly frames: number;
  readonly features: number;
  /** The network takes (x - mean) / deviation. */
  readonly mean: number;
  readonly deviation: number;
  /** The number of the word among the outputs. */
  readonly output: number;
  /** Added to the logit. */
  readonly shift: number;
}

/**
 * A network of one sequence (N, T, D) to logits (N, T, words) as an ONNX file that takes (1, T, D) and gives the sigmoid
 * of one word's last logit, shape (1, 1). All sizes are numbers.
 * @throws SeqkitError `usage` for what ONNX cannot say
 */
export function writeHead(graph: LayerGraph, options: HeadOptions): Uint8Array {
  const { frames, features, mean, deviation, output, shift } = options;
  const writing = new Writing({ step: false, int8: false }, writeLayer);
  const { builder } = writing;
  const [input, score] = ['embeddings', 'score'];
  builder.reserve(input);
  builder.reserve(score);
  const dims = [1, frames, features];
  builder.input({ name: input, type: 'float32', dims });
  const constant = (name: string, value: number) => builder.floats(name, [1], [value]);
  const centered = writing.op('Sub', [input, constant('mean', mean)]);
  const name = writing.op('Div', [centered, constant('deviation', deviation)]);
  const flows: Flow[] = [{ name, dims, features }];
  for (const node of graph.nodes) {
    flows.push(
      ...writeLayer(
        writing,
        node.layer,
        node.inputs.map((index) => flows[index]),
      ),
    );
  }
  const logits = flows[graph.outputs[0]].name;
  const last = writing.op('Gather', [logits, builder.int(frames - 1)], { axis: 1 });
  const logit = writing.op('Slice', [last, builder.ints(output), builder.ints(output + 1), builder.ints(1)]);
  const shifted = shift === 0 ? logit : writing.op('Add', [logit, constant('shift', shift)]);
  builder.output(writing.op('Sigmoid', [shifted]), { name: score, type: 'float32', dims: [1, 1] });
  return builder.bytes({ kind: 'openWakeWord' });
}
