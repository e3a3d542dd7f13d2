import type { Cell } from '../../rnn/cells/cell.js';
import type { Weight } from '../../rnn/weights/weight.js';

/** A weight of one of our cells by the end of its name, where it has it: what follows the kernels has no fixed place. */
export function cellWeight(cell: Cell, name: 'bias' | 'peepholes'): Weight | undefined {
  return cell.weights.find((weight) => weight.name.endsWith(`/${name}`));
}
