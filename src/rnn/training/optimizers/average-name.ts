import type { Weight } from '../../weights/weight.js';

/** The state that holds the average of a weight. */
export function averageName(weight: Pick<Weight, 'name'>): string {
  return `${weight.name}/average`;
}
