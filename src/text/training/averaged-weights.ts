import type { Sequential } from '../../rnn/model/sequential.js';
import { averageName } from '../../rnn/training/optimizers/average-name.js';
import type { TrainingState } from '../../rnn/training/training-state.js';

/** A state with the moving averages of its weights in their place; as it is where none are kept. */
export function withAverages(state: TrainingState): TrainingState {
  const { buffers } = state;
  const averaged = [...buffers].map(
    ([name, values]) => [name, buffers.get(averageName({ name })) ?? values] as const,
  );
  return { ...state, buffers: new Map(averaged) };
}

/** Does something with a model whose weights are their averages; then it goes on with its own. */
export async function onAverages<T>(model: Sequential, work: () => Promise<T>): Promise<T> {
  const state = await model.getTrainingState();
  await model.setTrainingState(withAverages(state));
  try {
    return await work();
  } finally {
    await model.setTrainingState(state);
  }
}
