import { batchNormInference } from './batch-norm';
import { lengthOf, opcodeOf, unitsOf } from './command';
import { conv1d } from './convolution';
import { packStrips } from './few-rows';
import { gather, oneHot } from './gather';
import { gemm } from './gemm';
import { gruForward } from './gru';
import { softmax } from './losses';
import { layerNorm } from './layer-norm';
import { lstmForward } from './lstm';
import { pack } from './panels';
import * as pointwise from './pointwise';
import { conv2d } from './convolution-2d';
import { leakyRelu } from './leaky-relu';
import { pool1d } from './pooling';
import { pool2d } from './pooling-2d';
import { keepRows } from './regression-losses';
import { rowMask, scaleRows } from './row-masks';
import { clip, divideByRoot, logarithm, scale } from './scaling';
import { sum, sumRows, sumSquares } from './sums';

// The kernels by which a model predicts, for one thread: what a page loads that trains nothing.

export { blockLength, rowsPerBlock } from './blocks';
export { columnsPerUnit } from './columns';
export { writeConstants } from './exponential';
export { exponentials } from './losses';
export { packedColumnsPerUnit } from './panels';
export { waitingBytes } from './product';
export { columnsPerRun, runsPerRow } from './run-of-columns';

/** The numbers of these kernels in a command list. The host reads them from the exports. */
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
  lstmForward,
  gruForward,
  gather,
  conv1d,
  batchNormInference,
  softmax,
  sum,
  sumSquares,
  scale,
  clip,
  divideByRoot,
  scaleRows,
  rowMask,
  layerNorm,
  pool1d,
  conv2d,
  pool2d,
  leakyRelu,
  packStrips,
  oneHot,
  keepRows,
  logarithm,
}

/** Runs the commands from `list` up to `end`. */
export function run(list: usize, end: usize): void {
  for (let command = list; command < end; command += lengthOf(command)) {
    runUnits(command, 0, unitsOf(command));
  }
}

function runUnits(command: usize, begin: i32, end: i32): void {
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
    case Opcode.lstmForward:
      return lstmForward(command, begin, end);
    case Opcode.gruForward:
      return gruForward(command, begin, end);
    case Opcode.gather:
      return gather(command, begin, end);
    case Opcode.conv1d:
      return conv1d(command, begin, end);
    case Opcode.batchNormInference:
      return batchNormInference(command, begin, end);
    case Opcode.softmax:
      return softmax(command, begin, end);
    case Opcode.sum:
      return sum(command);
    case Opcode.sumSquares:
      return sumSquares(command);
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
    case Opcode.layerNorm:
      return layerNorm(command, begin, end);
    case Opcode.pool1d:
      return pool1d(command, begin, end);
    case Opcode.conv2d:
      return conv2d(command, begin, end);
    case Opcode.pool2d:
      return pool2d(command, begin, end);
    case Opcode.leakyRelu:
      return leakyRelu(command, begin, end);
    case Opcode.packStrips:
      return packStrips(command, begin, end);
    case Opcode.oneHot:
      return oneHot(command, begin, end);
    case Opcode.keepRows:
      return keepRows(command, begin, end);
    case Opcode.logarithm:
      return logarithm(command, begin, end);
    default:
      unreachable();
  }
}
