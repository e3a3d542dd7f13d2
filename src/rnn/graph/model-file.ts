import { SeqkitError } from '../../base/errors.js';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import {
  anything,
  either,
  exactly,
  listOf,
  optional,
  optionsSchema,
  parseStored,
  text,
  wholeNumber,
  wrongValue,
  type OptionTable,
  type Schema,
} from '../../base/schema/index.js';
import type { Weight } from '../weights/weight.js';
import type { LayerDescription } from './registry.js';
import {
  missingDigestNote,
  type DigestState,
  type VerifyOptions,
} from '../../base/encoding/content-digest.js';
import { faultyNumber, refuseFaultyNumbers } from '../../base/encoding/finite-numbers.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';

/** The layout of seqkit's model files. Readers take this and every earlier one. */
export const FORMAT_VERSION = 2;

/** From this version on a file keeps a digest of its contents. */
const DIGEST_VERSION = 2;

/** Uses of layers: what flows is numbered, inputs first, then the outputs of each use in turn. */
export interface GraphDescription {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  /** The place of a layer in `layers`, and the numbers of what it takes. */
  readonly nodes: readonly { readonly layer: number; readonly inputs: readonly number[] }[];
  readonly outputs: readonly number[];
}

/** What a model file holds: one safetensors file, the description in its metadata. */
export interface ModelFile {
  /** What the file is for: `Sequential`, `TextModel`, `TriggerModel`. */
  readonly kind: string;
  readonly layers: readonly LayerDescription[];
  /** D of the first layer; 1 for tokens. */
  readonly features: number;
  readonly seed: number;
  /** The inputs' sizes when the weights were made. Files of before may lack them. */
  readonly shapes?:
    readonly { readonly time?: number; readonly steps?: number; readonly features: number }[] | undefined;
  /** What each layer takes, where they do not stand one after the other. */
  readonly graph?: GraphDescription | undefined;
  /** What a front end keeps with its model: vocabulary, features, thresholds, metrics. */
  readonly settings: Record<string, unknown>;
  /** Weights by name; in a checkpoint, the arrays of the training too. */
  readonly weights: ReadonlyMap<string, StoredTensor>;
  /** Where the training stood, where the file is a checkpoint: what `checkpoint.ts` reads. */
  readonly training?: string | undefined;
  readonly digest: DigestState;
  /** What the user should know about the file. */
  readonly notes: readonly string[];
}

/** What a file holds for whoever opens it as a model. */
export type ModelDescription = Omit<ModelFile, 'weights' | 'training' | 'digest' | 'notes'>;

/** Arrays of a training that may hold no number, or an infinite one: the losses it has seen. */
const LOSSES = /^training loop\/.*loss(es)?$/i;

/**
 * Packs a model; weights as float32.
 * @param training what a checkpoint adds: its description, and arrays by names that no weight has
 * @throws SeqkitError `diverged` where a weight is infinite or no number: no reader would take it
 */
export function encodeModel(
  model: ModelDescription,
  weights: readonly Weight[],
  training?: { description: string; arrays: Readonly<Record<string, StoredTensor>> },
): Uint8Array {
  const tensors: Record<string, StoredTensor> = { ...training?.arrays };
  for (const weight of weights) {
    const data = Float32Array.from(weight.get().data);
    tensors[weight.name] = { dtype: 'F32', shape: [...weight.shape], data };
  }
  for (const [name, tensor] of Object.entries(tensors)) {
    const fault = LOSSES.test(name) ? undefined : faultyNumber(tensor);
    if (!fault) continue;
    throw new SeqkitError(`"${name}" holds ${fault.value}, so that the model is not worth saving.`, {
      code: 'diverged',
      hint: 'Its training diverged: train again with a lower learning rate. What was saved before stays as it is.',
    });
  }
  const { kind, layers, features, seed, shapes, graph, settings } = model;
  return encodeSafetensors(tensors, {
    format: 'seqkit',
    formatVersion: String(FORMAT_VERSION),
    kind,
    model: JSON.stringify({ layers, features, seed, shapes, graph }),
    settings: JSON.stringify(settings),
    ...(training && { training: training.description }),
  });
}

/**
 * Opens a model file.
 * @param source what to call it in errors, such as its path
 * @throws SeqkitError `bad-file` where it is damaged, foreign, or from a later release
 */
export function decodeModel(bytes: Uint8Array, source: string, options: VerifyOptions = {}): ModelFile {
  const { tensors, metadata, digest } = decodeSafetensors(bytes, source, options);
  if (metadata['format'] !== 'seqkit' || metadata['model'] === undefined) {
    throw new SeqkitError(`${source} is a safetensors file, but not a seqkit model.`, { code: 'bad-file' });
  }
  const version = Number(metadata['formatVersion']);
  if (!Number.isInteger(version) || version < 1 || version > FORMAT_VERSION) {
    throw new SeqkitError(
      `${source} has format version ${metadata['formatVersion']}; this release reads up to ${FORMAT_VERSION}.`,
      { code: 'bad-file', hint: 'Update seqkit.' },
    );
  }
  const lacksDigest = digest === 'none' && version >= DIGEST_VERSION;
  if (lacksDigest && metadata['training'] !== undefined && options.verify !== false) {
    // Nobody else writes checkpoints, and a run must go on from the very numbers that were saved.
    throw new SeqkitError(`${source} is damaged: the digest of its contents is gone.`, {
      code: 'bad-file',
      hint: 'Copy it again from where it is whole, or take an earlier one.',
    });
  }
  for (const [name, tensor] of tensors) {
    if (!LOSSES.test(name)) refuseFaultyNumbers(name, tensor, source);
  }
  const model = parseStored(described, parse(metadata['model'], source), 'its model', source);
  const settings = parse(metadata['settings'] ?? '{}', source);
  return {
    kind: metadata['kind'] ?? '',
    layers: model.layers,
    features: model.features,
    seed: model.seed,
    shapes: model.shapes,
    graph: model.graph,
    settings,
    weights: tensors,
    training: metadata['training'],
    digest,
    notes: lacksDigest ? [missingDigestNote(source)] : [],
  };
}

const size = wholeNumber({ min: 1, max: 2 ** 31 - 1 });
const place = wholeNumber({ min: 0, max: 1e6 });

/** So many layers, inputs and uses a model may have. */
const MAX_ITEMS = 10_000;

const described = storedObject<Pick<ModelFile, 'layers' | 'features' | 'seed' | 'shapes' | 'graph'>>({
  // What is in them, makeLayer checks.
  layers: listOf(anything<LayerDescription>(), { min: 1, max: MAX_ITEMS }),
  features: size,
  seed: wholeNumber(),
  shapes: optional(
    listOf(
      storedObject<{ time?: number; steps?: number; features: number }>({
        // Any at all: nothing is made of it until there are examples.
        time: optional(wholeNumber({ min: 1 })),
        steps: optional(size),
        features: size,
      }),
      { min: 1, max: MAX_ITEMS },
    ),
  ),
  graph: optional(
    storedObject<GraphDescription>({
      inputs: listOf(
        storedObject<GraphDescription['inputs'][number]>({
          name: text,
          shape: listOf(either(size, exactly(null)), { min: 0, max: 3 }),
        }),
        { min: 1, max: MAX_ITEMS },
      ),
      nodes: listOf(
        storedObject<GraphDescription['nodes'][number]>({
          layer: place,
          inputs: listOf(place, { min: 1, max: MAX_ITEMS }),
        }),
        { min: 1, max: MAX_ITEMS },
      ),
      outputs: listOf(place, { min: 1, max: MAX_ITEMS }),
    }),
  ),
});

/** What a file holds under known names; a later release may have added others. */
function storedObject<Entries extends object>(table: OptionTable<Entries>): Schema<Entries> {
  const schema = optionsSchema<Entries>('an entry', table);
  return {
    expected: 'an object',
    parse(value, name) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw wrongValue(name, this.expected, value);
      }
      const known = Object.entries(value).filter(([key]) => Object.hasOwn(table, key));
      return schema.parse(Object.fromEntries(known), name);
    },
  };
}

/** JSON of an object, no deeper than what reads and writes it can go. */
function parse(text: string, source: string): Record<string, unknown> {
  if (isDeeperThan(text, 100)) {
    throw new SeqkitError(`${source} describes its model in JSON of more than 100 levels.`, {
      code: 'bad-file',
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Falls through to the one message.
  }
  throw new SeqkitError(`${source} has a damaged description of its model.`, { code: 'bad-file' });
}

/**
 * The numbers of one weight of a model file.
 * @throws SeqkitError `bad-file` where it is missing or of another shape
 */
export function storedWeight(file: ModelFile, weight: Weight, source: string): ArrayLike<number> {
  const stored = file.weights.get(weight.name);
  if (stored?.dtype !== 'F32' || stored.shape.join() !== weight.shape.join()) {
    const found = stored ? `${stored.dtype} (${stored.shape.join(', ')})` : 'nothing';
    throw new SeqkitError(
      `${source} should hold "${weight.name}" as F32 (${weight.shape.join(', ')}); it holds ${found}.`,
      { code: 'bad-file' },
    );
  }
  return stored.data;
}
