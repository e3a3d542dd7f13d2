import type { Operation } from './importing.js';
import { LENGTHS } from './length-inputs.js';
import type { Signal } from './value.js';

/**
 * Operations that do not look beyond the time step they are at: what they make of those beyond the end of a sequence
 * is not used by recurrent operators that know its length.
 */
const STEP_BY_STEP: ReadonlySet<string> = new Set(
  (
    'Add BatchNormalization Cast Concat Div Dropout Elu Erf Exp GRU Gather Gelu HardSigmoid Identity LSTM ' +
    'LayerNormalization LeakyRelu MatMul Mul OneHot Pow RNN Relu Reshape Selu Shape Sigmoid Softmax Softplus Squeeze ' +
    'Sub Tanh Transpose Unsqueeze'
  ).split(' '),
);

/**
 * The lengths that a recurrent operator heeds, which a mask is here.
 * @throws SeqkitError `bad-file` where they are weights other than all time steps, or not those of what it takes
 */
export function lengthsOf(operation: Operation, x: Signal): string | undefined {
  const value = operation.inputs[LENGTHS];
  const hint = 'Export it without lengths, and give lengths to predict.';
  if (value === undefined) {
    if (x.lengths === undefined) return undefined;
    return operation.refuse(
      'goes on where sequences are over, whose lengths another operation takes (sequence_lens)',
      hint,
    );
  }
  if (value.kind === 'lengths') {
    if (x.lengths === value.name) return value.name;
    return operation.refuse('takes the lengths of other sequences (sequence_lens)', hint);
  }
  const T = x.sizes[x.axes.indexOf('T')];
  const isWhole =
    value.kind === 'constant' && T !== null && value.tensor.data.every((length) => length === T);
  if (isWhole && x.lengths === undefined) return undefined;
  return operation.refuse('takes how long each sequence is (sequence_lens), as weights or computed', hint);
}

/** @throws SeqkitError `bad-file` for an operation that sees the time steps beyond the end of a sequence */
export function checkLengths(operation: Operation): void {
  const { opType } = operation.node;
  const [table] = operation.inputs;
  const isLookUp = opType !== 'Gather' || table?.kind === 'constant';
  if (STEP_BY_STEP.has(opType) && isLookUp) return;
  if (!operation.inputs.some((value) => value?.kind === 'signal' && value.lengths !== undefined)) return;
  operation.refuse(
    'sees the time steps where sequences are over, which are 0 in the file and masked here',
    'Use the last states, or export it without lengths, and give lengths to predict.',
  );
}
