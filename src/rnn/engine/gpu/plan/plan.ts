import type { Buffer } from '../../../program/program.js';

/**
 * A matrix made once, by the host or by one kernel call, and never changed: what a gpu.js
 * handle stands for. A buffer that a program writes many times becomes many values.
 */
export interface Value {
  readonly id: number;
  readonly rows: number;
  readonly cols: number;
}

/** Rows and columns of a value: element (r, c) of the window is (row + r, col + c) of the value. */
export interface Window {
  readonly value: Value;
  readonly row: number;
  readonly col: number;
  readonly rows: number;
  readonly cols: number;
}

/** One run of a kernel. Calls with the same source and output size share a compiled kernel. */
export interface Call {
  readonly source: string;
  readonly arrays: readonly Value[];
  /** Whole numbers that follow the arrays: where windows on them begin. */
  readonly starts: readonly number[];
  readonly output: Value;
}

/** A program in the form that gpu.js takes: no value is written twice, no call has two outputs. */
export interface Plan {
  /** What the host uploads: the kept and input buffers that the calls read. */
  readonly uploads: readonly { readonly buffer: Buffer; readonly value: Value }[];
  readonly calls: readonly Call[];
  /** What the host reads back: where each buffer is, whole, in some value. */
  readonly downloads: readonly { readonly buffer: Buffer; readonly window: Window }[];
}

/** Arrays that one kernel may read: WebGPU promises eight buffers, and one is the output. */
export const MAX_INPUTS = 7;

export function windowOf(value: Value): Window {
  return { value, row: 0, col: 0, rows: value.rows, cols: value.cols };
}
