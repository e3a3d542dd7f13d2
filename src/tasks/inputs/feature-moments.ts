/** How each feature of a sequence is spread over its time steps. */
export interface FeatureMoments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Mean and deviation of each feature. @param data (T, D), row by row, at least one step */
export function featureMoments(data: ArrayLike<number>, features: number): FeatureMoments {
  const length = data.length / features;
  const [mean, deviation] = [new Float64Array(features), new Float64Array(features)];
  for (let i = 0; i < data.length; i++) mean[i % features] += data[i] / length;
  for (let i = 0; i < data.length; i++) {
    deviation[i % features] += (data[i] - mean[i % features]) ** 2 / length;
  }
  for (let d = 0; d < features; d++) deviation[d] = Math.sqrt(deviation[d]);
  return { mean, deviation };
}
