import { SeqkitError } from '../../base/errors.js';
import type { Layer } from '../layers/layer.js';
import type { SymbolicTensor } from '../layers/symbolic-tensor.js';
import { LayerGraph, type GraphNode } from './layer-graph.js';

/** The graph from some symbolic tensors to others. @throws SeqkitError `usage` where it has loose ends */
export function graphBetween(
  inputs: readonly SymbolicTensor<Layer>[],
  outputs: readonly SymbolicTensor<Layer>[],
): LayerGraph {
  const ports = inputs.map(({ origin }) => {
    if ('shape' in origin) return origin;
    throw new SeqkitError('The inputs of a Model must be made by input().', { code: 'usage' });
  });
  const nodes: GraphNode[] = [];
  // Where the outputs of each use begin.
  const numbers = new Map<object, number>(ports.map((port, i) => [port, i]));
  let total = ports.length;
  const numberOf = ({ origin, output }: SymbolicTensor<Layer>): number | undefined => {
    const first = numbers.get(origin);
    return first === undefined ? undefined : first + output;
  };
  // In place of a recursion, whose depth a long model would overflow.
  const visit = (end: SymbolicTensor<Layer>): number => {
    const open = [end];
    for (let at = open.at(-1); at; at = open.at(-1)) {
      const { origin } = at;
      if (numbers.has(origin)) {
        open.pop();
        continue;
      }
      if ('shape' in origin) {
        throw new SeqkitError(`The outputs depend on an input that the Model does not list.`, {
          code: 'usage',
          hint: 'Add it to inputs.',
        });
      }
      const next = origin.inputs.find((taken) => numberOf(taken) === undefined);
      if (next) {
        open.push(next);
        continue;
      }
      nodes.push({ layer: origin.maker, inputs: origin.inputs.map((taken) => numberOf(taken)!) });
      numbers.set(origin, total);
      total += origin.maker.outputs;
      open.pop();
    }
    return numberOf(end)!;
  };
  const ends = outputs.map(visit);
  const used = new Set(nodes.flatMap((node) => node.inputs));
  ports.forEach(({ name }, i) => {
    if (!used.has(i)) throw new SeqkitError(`Nothing depends on input ${i} ${name}.`, { code: 'usage' });
  });
  return new LayerGraph({ inputs: ports, nodes, outputs: ends });
}
