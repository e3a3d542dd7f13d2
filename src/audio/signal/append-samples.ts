/** Sound with more sound after it; `more` itself where there is nothing before it. */
export function appendSamples(samples: Float32Array, more: Float32Array): Float32Array {
  if (samples.length === 0) return more;
  const both = new Float32Array(samples.length + more.length);
  both.set(samples);
  both.set(more, samples.length);
  return both;
}
