import type { KernelName, Kernels } from '../../program/kernels.js';
import type { Matrix, Step } from '../../program/program.js';
import type { KernelExports } from './kernel-module.js';

/** How a step of one kernel becomes a command: what its AssemblyScript side expects. */
export interface KernelEncoding<Name extends KernelName> {
  /** Names of inputs and outputs in the order of the command. */
  readonly operands: readonly (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** These operands may be taken as one long row where all are contiguous. */
  readonly elementwise?: readonly (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** The settings as 32-bit words. */
  settings?(step: Step<Name>): number[];
  /**
   * The operands of which unit u of the work touches row u alone, so that threads need not
   * meet between commands that share them; `elementwise` ones need no mention.
   */
  byRow?(step: Step<Name>): (keyof Kernels[Name]['inputs'] | keyof Kernels[Name]['outputs'])[];
  /** How many parts the work can be split into; 1 where it is left out. */
  units?(step: Step<Name>, kernels: KernelExports): number;
  /** Bytes of scratch memory, beside what every product needs. */
  scratch?(step: Step<Name>, kernels: KernelExports): number;
  /** The right operand to be packed before the step. */
  packs?(step: Step<Name>): { matrix: Matrix; transposed: boolean } | undefined;
  /** The right operand that is worth packing into strips, if that serves every run to come. */
  packsStrips?(step: Step<Name>): Matrix | undefined;
}

const wordView = new DataView(new ArrayBuffer(4));

/** The bits of x as a float. */
export function float(x: number): number {
  wordView.setFloat32(0, x);
  return wordView.getInt32(0);
}
