import type { KernelName, KernelSettings, Kernels } from '../../program/kernels.js';
import type { View } from './view.js';

type Views<Operands> = { [Key in keyof Operands]: undefined extends Operands[Key] ? View | undefined : View };

/** The reference meaning of one kernel. */
export type ReferenceKernel<Name extends KernelName> = (
  inputs: Views<Kernels[Name]['inputs']>,
  outputs: Views<Kernels[Name]['outputs']>,
  settings: KernelSettings<Name>,
) => void;

export type ReferenceKernels<Names extends KernelName> = { [Name in Names]: ReferenceKernel<Name> };
