import { SeqkitError } from '../../base/errors.js';
import { numberSteps, type NumberSequence, type SequenceInput } from '../examples/sequence-input.js';
import type { ReadSequence, SequenceReader } from './sequence-reader.js';

/** Means and deviations of features, over all the steps that were trained on. */
export interface FeatureScale {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Each feature's mean and deviation over (T, D) of every sequence. */
export function featureScale(sequences: readonly ReadSequence[], features: number): FeatureScale {
  const [sum, squares] = [new Float64Array(features), new Float64Array(features)];
  let steps = 0;
  for (const { data, length } of sequences) {
    steps += length;
    for (let i = 0; i < data.length; i++) sum[i % features] += data[i];
  }
  const mean = Array.from(sum, (total) => total / steps);
  for (const { data } of sequences) {
    for (let i = 0; i < data.length; i++) squares[i % features] += (data[i] - mean[i % features]) ** 2;
  }
  // A feature that never changes stays at 0.
  const deviation = Array.from(squares, (total) => Math.sqrt(total / steps) || 1);
  return { mean, deviation };
}

/** (x - mean) / deviation of each feature, in place. */
export function scaleFeatures(data: Float32Array, { mean, deviation }: FeatureScale): void {
  const features = mean.length;
  for (let i = 0; i < data.length; i++) {
    const d = i % features;
    data[i] = (data[i] - mean[d]) / deviation[d];
  }
}

/** Numbers over time, each feature brought to mean 0 and deviation 1 by the examples trained on. */
export class NumberReader implements SequenceReader {
  readonly tokens = undefined;
  readonly features: number;

  constructor(
    readonly scale: FeatureScale,
    readonly maxLength: number,
  ) {
    this.features = scale.mean.length;
  }

  static fit(inputs: readonly SequenceInput[], maxLength: number): NumberReader {
    const sequences = inputs.map((input, i) => {
      const { data, features } = numberSteps(input as NumberSequence, `examples[${i}].sequence`);
      return { data, features, length: data.length / features };
    });
    const [{ features }] = sequences;
    const odd = sequences.findIndex((sequence) => sequence.features !== features);
    if (odd >= 0) throw otherFeatures(`examples[${odd}].sequence`, sequences[odd].features, features);
    return new NumberReader(featureScale(sequences, features), maxLength);
  }

  read(input: SequenceInput): ReadSequence {
    const { data, features } = numberSteps(input as NumberSequence, 'sequence');
    if (features !== this.features) throw otherFeatures('A sequence', features, this.features);
    const kept = data.subarray(0, this.maxLength * features);
    scaleFeatures(kept, this.scale);
    return { data: kept, length: kept.length / features };
  }

  toJSON(): Record<string, unknown> {
    return { scale: this.scale, maxLength: this.maxLength };
  }
}

function otherFeatures(name: string, found: number, wanted: number): SeqkitError {
  return new SeqkitError(`${name} has ${found} numbers a time step, where the others have ${wanted}.`, {
    code: 'bad-shape',
    hint: 'Give as many numbers for each time step of every sequence.',
  });
}
