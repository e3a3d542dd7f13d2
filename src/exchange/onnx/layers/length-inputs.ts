import type { OnnxGraph } from '../read/graph.js';

/** The place of `sequence_lens` among the inputs of recurrent operators. */
export const LENGTHS = 4;

const RECURRENT: ReadonlySet<string> = new Set(['RNN', 'GRU', 'LSTM']);

/**
 * The inputs of a graph that say how long each sequence is, and nothing else: (N), whole numbers, which recurrent
 * operators take as `sequence_lens`.
 */
export function lengthInputs({ inputs, nodes }: OnnxGraph): Set<string> {
  const found = inputs.filter(({ type, shape }) => shape?.length === 1 && /^u?int/.test(type ?? ''));
  return new Set(found.map(({ name }) => name).filter(isOnlyLengths));

  function isOnlyLengths(given: string): boolean {
    // Whole numbers of 64 bits are made ones of 32 first.
    const names = new Set([given]);
    let taken = 0;
    for (const { opType, inputs: all, outputs } of nodes) {
      for (const [i, name] of all.entries()) {
        if (!names.has(name)) continue;
        if (opType === 'Cast' || opType === 'Identity') names.add(outputs[0]);
        else if (!RECURRENT.has(opType) || i !== LENGTHS) return false;
        else taken++;
      }
    }
    return taken > 0;
  }
}
