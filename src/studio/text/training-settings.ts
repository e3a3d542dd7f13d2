import type { TextFitOptions, TextModelOptions } from '../../text/index.js';

/** What the user chooses of a training. */
export interface TextChoices {
  /** Size by name. */
  readonly size: string;
  readonly cell: 'gru' | 'lstm';
  readonly minutes: number;
  /** Whether a graphics card computes; not said by an earlier studio. */
  readonly onGpu?: boolean;
}

export const FIRST_CHOICES: TextChoices = { size: 'small', cell: 'gru', minutes: 1 };

export const SIZES: Readonly<Record<string, { units: number; layers: number; name: string }>> = {
  small: { units: 96, layers: 1, name: 'Small: 96 units, learns fast' },
  medium: { units: 192, layers: 1, name: 'Medium: 192 units' },
  large: { units: 256, layers: 2, name: 'Large: two layers of 256 units' },
};

export const isChoices = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'size' in value &&
  Object.hasOwn(SIZES, String(value.size)) &&
  'minutes' in value &&
  typeof value.minutes === 'number' &&
  (!('onGpu' in value) || typeof value.onGpu === 'boolean');

/** Characters below which a network has nothing to learn from. */
export const LEAST_CHARACTERS = 200;

export function modelOptions({ size, cell, onGpu }: TextChoices): TextModelOptions {
  const { units, layers } = SIZES[size] ?? SIZES['small'];
  const engine = onGpu === true ? 'gpu:webgpu' : 'wasm';
  return { units, layers, cell, dropout: layers > 1 ? 0.2 : 0, engine, seed: 1 };
}

/** A batch that a text of this length fills: a short one is read in fewer and shorter places. */
export function batchOf(
  characters: number,
): Required<Pick<TextFitOptions, 'batchSize' | 'seqLength' | 'heldOut'>> {
  if (characters >= 30_000) return { batchSize: 32, seqLength: 64, heldOut: 0.05 };
  if (characters >= 4000) return { batchSize: 16, seqLength: 48, heldOut: 0.1 };
  return { batchSize: 4, seqLength: Math.max(8, Math.min(40, Math.floor(characters / 12))), heldOut: 0 };
}

/** Between two checkpoints: each measures the text that is held out, which takes longer in a long text. */
export const checkpointMinutes = (characters: number): number => (characters < 200_000 ? 0.05 : 0.25);
