import type { Executable } from '../program/engine.js';
import { outputLossName, type ModelProgram } from './model-programs.js';

/** The loss of a batch. */
export interface BatchLoss {
  /** The weighted sum over the outputs, with L2 in training. */
  readonly loss: number;
  /** Of each output without its weight, where there are several. */
  readonly outputs: readonly number[];
}

/** What a program with a loss found in its last run. */
export function readLosses({ outputs }: ModelProgram, executable: Executable): BatchLoss {
  const read = (name: string): number => executable.read(name)[0];
  const several = outputs.length > 1;
  return { loss: read('loss'), outputs: several ? outputs.map((_, i) => read(outputLossName(i))) : [] };
}
