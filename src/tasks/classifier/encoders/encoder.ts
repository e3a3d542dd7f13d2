import type { StoredTensor } from '../../../base/encoding/safetensors.js';
import type { SequenceInput } from '../../examples/sequence-input.js';

/** What makes class scores of a sequence. */
export const ENCODER_NAMES = ['linear', 'nbsvm', 'average', 'embedding', 'gru', 'lstm', 'conv'] as const;
export type EncoderName = (typeof ENCODER_NAMES)[number];

export type ShallowName = 'linear' | 'nbsvm' | 'average' | 'embedding';

/** Whether an encoder is regressions alone, which need no examples to end their training by. */
export function isShallow(name: EncoderName): name is ShallowName {
  return name === 'linear' || name === 'nbsvm' || name === 'average' || name === 'embedding';
}

/** Sequences with the class of each. */
export interface ClassedInputs {
  readonly inputs: readonly SequenceInput[];
  readonly classes: Int32Array;
}

/** What the file of a classifier keeps of its encoder. */
export interface EncoderContents {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tensors?: Readonly<Record<string, StoredTensor>>;
  readonly parts?: Readonly<Record<string, Uint8Array>>;
}

/** A trained encoder with its classes. */
export interface Encoder {
  readonly name: EncoderName;
  /** What the user should know of its training. */
  readonly notes?: readonly string[];
  /** @returns shape (N, C), row by row */
  logits(inputs: readonly SequenceInput[]): Promise<Float32Array>;
  contents(): EncoderContents;
  dispose(): Promise<void>;
}

/** Some of the examples. @param places of those that are taken */
export function someOf({ inputs, classes }: ClassedInputs, places: readonly number[]): ClassedInputs {
  return {
    inputs: places.map((i) => inputs[i]),
    classes: Int32Array.from(places, (i) => classes[i]),
  };
}
