import { adam } from './adam';
import { batchNorm, batchNormBackward, batchNormInference } from './batch-norm';
import { lengthOf, hasBarrierBefore, opcodeOf, shiftScratch, unitsOf } from './command';
import { ctc } from './ctc';
import { conv1d, conv1dInputGradient, conv1dKernelGradient } from './convolution';
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from './convolution-2d';
import { denseCrossEntropy, probabilityCrossEntropy } from './dense-losses';
import { dropout } from './dropout';
import { packStrips } from './few-rows';
import { gather, gatherBackward, oneHot } from './gather';
import { gemm } from './gemm';
import { gruBackward, gruForward } from './gru';
import { sigmoidCrossEntropy, softmax, softmaxCrossEntropy, squaredError } from './losses';
import { layerNorm, layerNormBackward } from './layer-norm';
import { leakyRelu, leakyReluBackward } from './leaky-relu';
import { lstmBackward, lstmForward } from './lstm';
import { pack } from './panels';
import * as pointwise from './pointwise';
import { pool1d, pool1dBackward } from './pooling';
import { pool2d, pool2dBackward } from './pooling-2d';
import { absoluteError, cosineError, huberError, keepRows } from './regression-losses';
import { maskWeights, rowMask, scaleRows } from './row-masks';
import { clip, divideByRoot, logarithm, scale } from './scaling';
import { clipFactor, sum, sumRows, sumSquares } from './sums';
import * as threads from './threads';

export { blockLength, rowsPerBlock } from './blocks';
export { columnsPerUnit } from './columns';
export { writeConstants } from './exponential';
export { exponentials } from './losses';
export { packedColumnsPerUnit } from './panels';
export { waitingBytes } from './product';
export { columnsPerRun, runsPerRow } from './run-of-columns';
export { fail, neverSleep } from './threads';
export { tile1, tile2, tile3, tile4, tile5, tile6 } from './tile';

/** The numbers of the kernels in a command list. The host reads them from the exports. */
export enum Opcode {
  pack,
  gemm,
  sumRows,
  fill,
  copy,
  concatenate,
  add,
  subtract,
  multiply,
  affine,
  activate,
  activateBackward,
  lstmForward,
  lstmBackward,
  gruForward,
  gruBackward,
  gather,
  gatherBackward,
  conv1d,
  conv1dKernelGradient,
  conv1dInputGradient,
  batchNorm,
  batchNormInference,
  batchNormBackward,
  dropout,
  softmax,
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  squaredError,
  sum,
  sumSquares,
  clipFactor,
  adam,
  scale,
  clip,
  divideByRoot,
  scaleRows,
  rowMask,
  maskWeights,
  layerNorm,
  layerNormBackward,
  pool1d,
  pool1dBackward,
  denseCrossEntropy,
  probabilityCrossEntropy,
  packStrips,
  activateInputBackward,
  oneHot,
  absoluteError,
  huberError,
  cosineError,
  ctc,
  keepRows,
  logarithm,
  conv2d,
  conv2dKernelGradient,
  conv2dInputGradient,
  pool2d,
  pool2dBackward,
  leakyRelu,
  leakyReluBackward,
}

/** Runs the commands from `list` up to `end`, on this thread alone. */
export function run(list: usize, end: usize): void {
  for (let command = list; command < end; command += lengthOf(command)) {
    runUnits(command, 0, unitsOf(command));
  }
}

/**
 * Runs the commands from `list` up to `end` as thread 0 of `count`, of which the others serve.
 * Each has `scratchBytes` of scratch of its own, one behind the other.
 * @returns false where another keeps it waiting for long: the host sees whether it lives, and calls `goOnTogether`
 */
export function runTogether(list: usize, end: usize, count: i32, scratchBytes: usize): bool {
  threads.giveJob(list, end, scratchBytes);
  threads.beginJob();
  threadCount = count;
  return runFirstShare(list, false);
}

/** Goes on with what `runTogether` has not finished. Returns as it does. */
export function goOnTogether(): bool {
  return runFirstShare(position, true);
}

/** How many threads work on the job of thread 0, and the command before which it waits. */
let threadCount: i32 = 1;
let position: usize = 0;

/** Thread 0 looks after the others this often: a thread that died will never come. */
const lookAfter: i64 = 500_000_000;

/** As `runShare` for thread 0, from a command on. @param waiting whether it has come to the barrier before that one */
function runFirstShare(from: usize, waiting: bool): bool {
  const end = threads.endOfJob();
  for (let command = from; command < end; command += lengthOf(command)) {
    if (!waiting && hasBarrierBefore(command)) waiting = !threads.arrive(threadCount);
    if (waiting) {
      position = command;
      if (!threads.awaitOthers(lookAfter)) return false;
      waiting = false;
    }
    const units = unitsOf(command);
    const behind = units / threadCount;
    if (behind > 0) runUnits(command, 0, behind);
  }
  if (!waiting) waiting = !threads.arrive(threadCount);
  position = end;
  return !waiting || threads.awaitOthers(lookAfter);
}

/** Takes part, for good, in all that thread 0 runs together with the others. */
export function serve(thread: i32, count: i32): void {
  for (let seen = 0; ; seen++) {
    threads.awaitJob(seen);
    shiftScratch(usize(thread) * threads.scratchOfJob());
    runShare(thread, threads.listOfJob(), threads.endOfJob(), count);
  }
}

/** Of each command, the thread's share of the units. */
function runShare(thread: i32, list: usize, end: usize, count: i32): void {
  threads.beginJob();
  for (let command = list; command < end; command += lengthOf(command)) {
    if (hasBarrierBefore(command)) threads.waitAtBarrier(count);
    const units = unitsOf(command);
    const begin = (units * thread) / count;
    const behind = (units * (thread + 1)) / count;
    if (begin < behind) runUnits(command, begin, behind);
  }
  threads.waitAtBarrier(count);
}

/** Runs units `begin` to `end` - 1 of one command. */
export function runUnits(command: usize, begin: i32, end: i32): void {
  switch (opcodeOf(command)) {
    case Opcode.pack:
      return pack(command, begin, end);
    case Opcode.gemm:
      return gemm(command, begin, end);
    case Opcode.sumRows:
      return sumRows(command, begin, end);
    case Opcode.fill:
      return pointwise.fill(command, begin, end);
    case Opcode.copy:
      return pointwise.copy(command, begin, end);
    case Opcode.concatenate:
      return pointwise.concatenate(command, begin, end);
    case Opcode.add:
      return pointwise.add(command, begin, end);
    case Opcode.subtract:
      return pointwise.subtract(command, begin, end);
    case Opcode.multiply:
      return pointwise.multiply(command, begin, end);
    case Opcode.affine:
      return pointwise.affine(command, begin, end);
    case Opcode.activate:
      return pointwise.activate(command, begin, end);
    case Opcode.activateBackward:
      return pointwise.activateBackward(command, begin, end);
    case Opcode.lstmForward:
      return lstmForward(command, begin, end);
    case Opcode.lstmBackward:
      return lstmBackward(command, begin, end);
    case Opcode.gruForward:
      return gruForward(command, begin, end);
    case Opcode.gruBackward:
      return gruBackward(command, begin, end);
    case Opcode.gather:
      return gather(command, begin, end);
    case Opcode.gatherBackward:
      return gatherBackward(command, begin, end);
    case Opcode.conv1d:
      return conv1d(command, begin, end);
    case Opcode.conv1dKernelGradient:
      return conv1dKernelGradient(command, begin, end);
    case Opcode.conv1dInputGradient:
      return conv1dInputGradient(command, begin, end);
    case Opcode.batchNorm:
      return batchNorm(command, begin, end);
    case Opcode.batchNormInference:
      return batchNormInference(command, begin, end);
    case Opcode.batchNormBackward:
      return batchNormBackward(command, begin, end);
    case Opcode.dropout:
      return dropout(command, begin, end);
    case Opcode.softmax:
      return softmax(command, begin, end);
    case Opcode.softmaxCrossEntropy:
      return softmaxCrossEntropy(command, begin, end);
    case Opcode.sigmoidCrossEntropy:
      return sigmoidCrossEntropy(command, begin, end);
    case Opcode.squaredError:
      return squaredError(command, begin, end);
    case Opcode.sum:
      return sum(command);
    case Opcode.sumSquares:
      return sumSquares(command);
    case Opcode.clipFactor:
      return clipFactor(command);
    case Opcode.adam:
      return adam(command, begin, end);
    case Opcode.scale:
      return scale(command, begin, end);
    case Opcode.clip:
      return clip(command, begin, end);
    case Opcode.divideByRoot:
      return divideByRoot(command, begin, end);
    case Opcode.scaleRows:
      return scaleRows(command, begin, end);
    case Opcode.rowMask:
      return rowMask(command, begin, end);
    case Opcode.maskWeights:
      return maskWeights(command);
    case Opcode.layerNorm:
      return layerNorm(command, begin, end);
    case Opcode.layerNormBackward:
      return layerNormBackward(command, begin, end);
    case Opcode.pool1d:
      return pool1d(command, begin, end);
    case Opcode.pool1dBackward:
      return pool1dBackward(command, begin, end);
    case Opcode.denseCrossEntropy:
      return denseCrossEntropy(command, begin, end);
    case Opcode.probabilityCrossEntropy:
      return probabilityCrossEntropy(command, begin, end);
    case Opcode.packStrips:
      return packStrips(command, begin, end);
    case Opcode.activateInputBackward:
      return pointwise.activateInputBackward(command, begin, end);
    case Opcode.oneHot:
      return oneHot(command, begin, end);
    case Opcode.absoluteError:
      return absoluteError(command, begin, end);
    case Opcode.huberError:
      return huberError(command, begin, end);
    case Opcode.cosineError:
      return cosineError(command, begin, end);
    case Opcode.ctc:
      return ctc(command, begin, end);
    case Opcode.keepRows:
      return keepRows(command, begin, end);
    case Opcode.logarithm:
      return logarithm(command, begin, end);
    case Opcode.conv2d:
      return conv2d(command, begin, end);
    case Opcode.conv2dKernelGradient:
      return conv2dKernelGradient(command, begin, end);
    case Opcode.conv2dInputGradient:
      return conv2dInputGradient(command, begin, end);
    case Opcode.pool2d:
      return pool2d(command, begin, end);
    case Opcode.pool2dBackward:
      return pool2dBackward(command, begin, end);
    case Opcode.leakyRelu:
      return leakyRelu(command, begin, end);
    case Opcode.leakyReluBackward:
      return leakyReluBackward(command, begin, end);
    default:
      unreachable();
  }
}
