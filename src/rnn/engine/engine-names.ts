import { choice as choiceOf, wholeNumber } from '../../base/schema/index.js';

// What can be told of engines by their names, without one: so a page loads its engine with its model.

/**
 * - `auto`: the fastest for the job, found by trying where there is a GPU; else `wasm`.
 * - `wasm`: SIMD kernels in float32.
 * - `reference`: plain float64, slow: the judge of the others.
 * - `gpu`: gpu.js on the best GPU here, by WebGPU or else by WebGL2.
 * - `gpu:webgpu`, `gpu:webgl2`: gpu.js in that way, on a GPU or on a driver that plays one.
 * - `gpu:webasm`, `gpu:cpu`: gpu.js in its modes that need no GPU.
 */
export const engineChoices = [
  'auto',
  'wasm',
  'reference',
  'gpu',
  'gpu:webgpu',
  'gpu:webgl2',
  'gpu:webasm',
  'gpu:cpu',
] as const;
export type EngineChoice = (typeof engineChoices)[number];

/** The schema of an engine's name. */
export const engineName = choiceOf(engineChoices);

/** The schema of how many threads the wasm engine may take. */
export const threadCount = wholeNumber({ min: 1, max: 64 });

/** Engines that can run a program, so all but `auto` and the short name `gpu`. */
export type ConcreteEngine = Exclude<EngineChoice, 'auto' | 'gpu'>;
