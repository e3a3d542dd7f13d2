import type { Weight } from '../../weights/weight.js';

/** The state that holds the average of a weight. */
export function averageName(weight: Weight): string {
  return `${weight.name}/average`;
}
