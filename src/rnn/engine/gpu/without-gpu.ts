import { SeqkitError } from '../../../base/errors.js';

// In the place of gpu-engine.ts in the build for hosts that never have a GPU.

/** @throws SeqkitError `engine`, always */
function noGpu(): never {
  throw new SeqkitError('This host has no GPU.', { code: 'engine', hint: "Take engine: 'wasm'." });
}

export { noGpu as createGpuEngine, noGpu as findGpuDevice };
