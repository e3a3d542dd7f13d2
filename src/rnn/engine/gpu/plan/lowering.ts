import type { KernelInputs, KernelName, KernelOutputs, KernelSettings } from '../../../program/kernels.js';
import type { PlanBuilder } from './plan-builder.js';

/** How one kernel of a program becomes calls. It reads all its inputs before it writes. */
export type Lowering<Name extends KernelName> = (
  plan: PlanBuilder,
  inputs: KernelInputs<Name>,
  outputs: KernelOutputs<Name>,
  settings: KernelSettings<Name>,
) => void;

export type Lowerings<Names extends KernelName> = { [Name in Names]: Lowering<Name> };
