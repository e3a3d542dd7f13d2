/** Beyond these no probability is told from 0, 1 or an even one. */
const [LEAST, MOST] = [0.05, 20];

const STEPS = 60;

/**
 * The temperature under which the probabilities of held-out examples fit best: the one that makes the mean negative
 * logarithm of the true class's probability smallest (Guo et al. 2017, "On calibration of modern neural networks").
 * @param logits shape (N, C)
 * @param truth shape (N), the class of each
 * @returns from 0.05 to 20; 1 where there are no examples
 */
export function fitTemperature(logits: Float32Array, truth: ArrayLike<number>, classes: number): number {
  if (truth.length === 0) return 1;
  // As a function of the inverse of the temperature the loss is convex: its slope has one zero.
  let [low, high] = [1 / MOST, 1 / LEAST];
  for (let step = 0; step < STEPS; step++) {
    const middle = Math.sqrt(low * high);
    if (slope(logits, truth, classes, middle) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.sqrt(low * high);
}

/** The derivative of the summed loss by the inverse temperature: mean logit under the model, less the true one. */
function slope(logits: Float32Array, truth: ArrayLike<number>, classes: number, inverse: number): number {
  // A handful of right answers does not prove certainty: targets fall short of 1 by as much as they are few (Platt 1999).
  const doubt = 1 / (truth.length + 2);
  let total = 0;
  for (let n = 0; n < truth.length; n++) {
    const at = n * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[at + c]);
    let [sum, mean, plain] = [0, 0, 0];
    for (let c = 0; c < classes; c++) {
      const weight = Math.exp((logits[at + c] - largest) * inverse);
      sum += weight;
      mean += weight * logits[at + c];
      plain += logits[at + c];
    }
    total += mean / sum - (1 - doubt) * logits[at + truth[n]] - doubt * (plain / classes);
  }
  return total;
}
