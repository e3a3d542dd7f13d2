/** Full scale of samples of 16 bits. */
const FULL_SCALE = 32_768;

/** Samples of 16 bits as floats, full scale -1 to 1. */
export function floatsOfPcm16(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < floats.length; i++) floats[i] = samples[i] / FULL_SCALE;
  return floats;
}
