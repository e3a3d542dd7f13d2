import type { Floats } from '../program/engine.js';
import { SeqkitError } from '../../base/errors.js';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import {
  optionsSchema,
  parseStored,
  schemaOf,
  someText,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { Weight } from '../weights/weight.js';
import { encodeModel, storedWeight, type ModelDescription, type ModelFile } from '../graph/model-file.js';
import type { StoredTensor } from '../../base/encoding/safetensors.js';
import type { TrainingState } from './training-state.js';

/** What a run is, by the name of each part: a resume must find the same. */
export type RunDescription = Readonly<Record<string, unknown>>;

/** What a checkpoint adds to the model file that it also is. */
export interface Checkpoint {
  readonly run: RunDescription;
  readonly state: TrainingState;
  /** Where the loop stands: anything JSON. */
  readonly position: Readonly<Record<string, unknown>>;
  /** The loop's arrays. */
  readonly arrays: Readonly<Record<string, StoredTensor>>;
}

/** Before the names of arrays that belong to the trainer, and to the loop. */
const [statePrefix, loopPrefix] = ['training state/', 'training loop/'];

/**
 * Packs a checkpoint: a model file, and in it what training needs to go on to the last bit.
 * Weights that are float32 stand there once.
 */
export function encodeCheckpoint(
  model: ModelDescription,
  weights: readonly Weight[],
  { run, state, position, arrays }: Checkpoint,
): Uint8Array {
  const { engine, step, updates, buffers } = state;
  const stored: Record<string, StoredTensor> = {};
  const weightNames = new Set(weights.map(({ name }) => name));
  for (const [name, data] of buffers) {
    if (weightNames.has(name) && data instanceof Float32Array) continue;
    stored[statePrefix + name] = toStored(data);
  }
  for (const [name, array] of Object.entries(arrays)) stored[loopPrefix + name] = array;
  const description = JSON.stringify({ run, engine, step, updates, position });
  return encodeModel(model, weights, { description, arrays: stored });
}

/**
 * Unpacks the training of a checkpoint.
 * @param weights those of the model that is to go on
 * @param source what to call the file in errors
 * @throws SeqkitError `bad-file` where the file is a model without its training, or damaged
 */
export function decodeCheckpoint(file: ModelFile, weights: readonly Weight[], source: string): Checkpoint {
  const { run, engine, step, updates, position } = readDescription(file, source);
  const buffers = new Map<string, Floats>();
  const arrays: Record<string, StoredTensor> = {};
  for (const [name, tensor] of file.weights) {
    if (name.startsWith(loopPrefix)) arrays[name.slice(loopPrefix.length)] = tensor;
    if (!name.startsWith(statePrefix)) continue;
    if (tensor.dtype !== 'F32' && tensor.dtype !== 'F64') throw damaged(source);
    buffers.set(name.slice(statePrefix.length), tensor.data);
  }
  for (const weight of weights) {
    if (buffers.has(weight.name)) continue;
    buffers.set(weight.name, storedWeight(file, weight, source) as Float32Array);
  }
  return { run, state: { engine, step, updates, buffers }, position, arrays };
}

/** What a checkpoint's run is, and the step it was saved at, without its arrays. */
export function readDescription(
  file: ModelFile,
  source: string,
): { run: RunDescription; engine: string; step: number; updates: number; position: Record<string, unknown> } {
  if (file.training === undefined) {
    throw new SeqkitError(`${source} is a model, but no checkpoint: it does not hold its training.`, {
      code: 'bad-file',
      hint: 'Load it as a model and call fit, or give a file that a checkpoint was written to.',
    });
  }
  if (isDeeperThan(file.training, 100)) throw damaged(source);
  let read: unknown;
  try {
    read = JSON.parse(file.training);
  } catch {
    throw damaged(source);
  }
  if (typeof read !== 'object' || read === null) throw damaged(source);
  const { run, engine, step, updates, position } = read as Record<string, unknown>;
  return parseStored(described, { run, engine, step, updates, position }, 'its training', source);
}

const anObject: Schema<Record<string, unknown>> = schemaOf(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

const described = optionsSchema<ReturnType<typeof readDescription>>('its training', {
  run: anObject,
  engine: someText,
  step: wholeNumber({ min: 0 }),
  updates: wholeNumber({ min: 0 }),
  position: anObject,
});

/**
 * Holds a checkpoint's run against the one that wants to go on from it.
 * @throws SeqkitError `usage` that names every part in which they differ
 */
export function checkSameRun(stored: RunDescription, current: RunDescription, source: string): void {
  const names = new Set([...Object.keys(stored), ...Object.keys(current)]);
  const differences = [...names].flatMap((name) => {
    const [before, now] = [stored[name], current[name]].map((value) => JSON.stringify(value) ?? 'not given');
    if (before === now) return [];
    // Fingerprints and whole layers say nothing to a reader.
    const tells = [before, now].every((json) => json.length <= 40 && !/^"[0-9a-f]{16}"$/.test(json));
    return [tells ? `${name} (${before} there, ${now} here)` : name];
  });
  if (differences.length === 0) return;
  throw new SeqkitError(`${source} belongs to another run. What differs: ${differences.join('; ')}.`, {
    code: 'usage',
    hint: 'Resume with the same model, data and options, or begin anew under another path.',
  });
}

/** An array of numbers as a file keeps it. */
export function toStored(data: Floats): StoredTensor {
  return data instanceof Float64Array
    ? { dtype: 'F64', shape: [data.length], data }
    : { dtype: 'F32', shape: [data.length], data };
}

function damaged(source: string): SeqkitError {
  return new SeqkitError(`${source} has a damaged description of its training.`, { code: 'bad-file' });
}
