import { SeqkitError } from '../../base/errors.js';
import type { Convolution } from '../program/kernels.js';
import { sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Layer } from './layer.js';

/** Whether windows over time go on from the steps of the run before: in programs that run a piece of a sequence at a call. */
export function continues(trace: Trace): boolean {
  return trace.options.carryState === true && !trace.training;
}

/**
 * A causal window in a program that runs a piece of a sequence at a call: the steps before the first come from the
 * run before, in the place of padding. What comes is then the same as of the whole sequence.
 *
 * @param window of the piece, padded before
 * @returns x(T * N, D) with `window.padBefore` steps in front, and the window over them without padding
 * @throws SeqkitError `bad-shape` for a piece that is no multiple of the strides
 */
export function withCarriedFrames<Window extends Convolution>(
  trace: Trace,
  layer: Layer,
  x: Matrix,
  window: Window,
): { x: Matrix; window: Window } {
  checkWholeStrides(layer, window);
  const { builder, batch } = trace;
  const { time, padBefore: frames } = window;
  if (frames === 0) return { x, window };
  if (!trace.claimCarriedState(layer.name)) {
    throw new SeqkitError(`The layer "${layer.name}" is used twice: it has one sequence to go on with.`, {
      code: 'usage',
      hint: 'Make two layers, or call predict on whole sequences.',
    });
  }
  const all = trace.temporary((frames + time) * batch, x.cols);
  const kept = builder.declareCarried({ layer: layer.name, state: 'frames', batch }, frames * x.cols);
  // The same numbers as rows of one step each.
  const carried: Matrix = { ...kept, rows: frames * batch, cols: x.cols, rowStride: x.cols };
  builder.run('copy', { x: carried }, { y: sliceRows(all, 0, frames * batch) }, {});
  builder.run('copy', { x }, { y: sliceRows(all, frames * batch, time * batch) }, {});
  builder.run('copy', { x: sliceRows(all, time * batch, frames * batch) }, { y: carried }, {});
  return { x: all, window: { ...window, time: frames + time, padBefore: 0 } };
}

/** @throws SeqkitError `bad-shape` for a piece of a sequence after which the next would begin between two strides */
export function checkWholeStrides(layer: Layer, { time, stride }: Convolution): void {
  if (time % stride === 0) return;
  throw new SeqkitError(
    `The layer "${layer.name}" moves by ${stride} time steps; ${time} at a call are no multiple of that.`,
    { code: 'bad-shape', hint: `Give stepper({ steps }) a multiple of all strides one after the other.` },
  );
}
