import { Bidirectional, type MergeMode } from '../../../rnn/layers/bidirectional.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import { once, type Operation } from './importing.js';
import type { RecurrentCell, Signal } from './value.js';

/**
 * A walk back whose time steps come in the order of time. Bidirectional gives them so: its walk forward has weights of
 * zero, gives zeros, and the two are added up.
 * @returns what the operator gives: all time steps, and with `returnState` its last states
 */
export function backInTime(
  operation: Operation,
  cell: RecurrentCell,
  x: Signal,
  { returnState, states }: { returnState: boolean; states: number },
): SymbolicTensor<Layer>[] {
  if (states > 0 || !cell.restsAtZero) {
    operation.refuse(
      `walks back and gives all time steps, in the order of time, ${states > 0 ? 'from states that come from outside' : 'with an activation that is not 0 at 0'}`,
      'Give the last state on, or use both directions.',
    );
  }
  const layer = new Bidirectional({
    layer: cell.make({ returnSequences: true, returnState }),
    mergeMode: 'sum',
  });
  const zeros = cell.arrays.map(({ length }) => new Float32Array(length));
  const [y, ...ends] = operation.layer(layer, [...zeros, ...cell.arrays], x.tensor());
  return [y, ...ends.slice(ends.length / 2)];
}

/**
 * What two operators make that walk over the same in both directions, by one layer.
 * @param merged how the operation makes one of what both give
 * @returns undefined where they are no such pair
 */
export function bothDirections(
  operation: Operation,
  [a, b]: readonly Signal[],
  merged: MergeMode,
): (() => SymbolicTensor<Layer>) | undefined {
  const [forward, reverse] = [a.walk, b.walk];
  const isPair =
    forward?.direction === 'forward' &&
    reverse?.direction === 'reverse' &&
    forward.x === reverse.x &&
    forward.gives === reverse.gives &&
    forward.cell.kind === reverse.cell.kind;
  if (!isPair) return undefined;
  return once(() => {
    const inner = forward.cell.make({ returnSequences: forward.gives === 'sequence' });
    const layer = new Bidirectional({ layer: inner, mergeMode: merged });
    return operation.layer(layer, [...forward.cell.arrays, ...reverse.cell.arrays], forward.x())[0];
  });
}
