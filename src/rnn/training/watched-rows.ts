import type { Loss } from '../losses/loss.js';
import { largest } from '../metrics/accuracy.js';
import type { MetricOutput, MetricRows } from '../metrics/metric.js';
import { sizeOf } from '../program/tensor.js';
import { weightsPerExample, type Examples } from './examples.js';
import type { OutputPort } from './model-programs.js';

/** What a run of a program gave of one output that is watched: views, valid until the next run. */
export interface WatchedOutput {
  readonly port: OutputPort;
  /** (T * N, F), time-major. */
  readonly rows: ArrayLike<number>;
  /** (T * N): 0 for steps that are masked; undefined where none is. */
  readonly mask: ArrayLike<number> | undefined;
}

/** Which examples a batch held. */
export interface BatchOf {
  readonly examples: Examples;
  readonly indices: ArrayLike<number>;
  readonly start: number;
  readonly count: number;
  /** N of the program. */
  readonly batch: number;
}

/** An output as metrics know it. */
export function metricOutput({ steps = 1, features, loss }: OutputPort): MetricOutput {
  const F = steps * features;
  const { targets = 'none', probabilities: kind } = (loss ?? {}) as Partial<Loss>;
  return { features: F, columns: targets === 'none' || !loss ? 0 : loss.targetColumns(F), targets, kind };
}

/** The rows of one output that count, example by example and step by step. */
export function countedRows(index: number, { port, rows, mask }: WatchedOutput, from: BatchOf): MetricRows {
  const { examples, indices, start, count, batch } = from;
  const { time = 1, lengthsOf, loss } = port;
  const output = metricOutput(port);
  const { features, columns } = output;
  const targets = examples.targets.at(index);
  const weights = (examples.sampleWeights ?? examples.weights).at(index);
  const perExample = weights ? weightsPerExample(weights, time) : 1;
  const lengths = lengthsOf === undefined ? undefined : examples.lengths[lengthsOf];

  const [outputs, targetRows] = [
    new Float64Array(count * time * features),
    new Float64Array(count * time * columns),
  ];
  const kept = new Float64Array(count * time);
  const stride = targets ? sizeOf(targets.shape.slice(1)) : 0;
  let R = 0;
  for (let n = 0; n < count; n++) {
    const example = indices[start + n];
    const steps = lengths?.[example] ?? time;
    for (let t = 0; t < steps; t++) {
      const row = t * batch + n;
      const weight = weights ? weights.data[example * perExample + (perExample === 1 ? 0 : t)] : 1;
      if (weight === 0 || (mask && mask[row] === 0)) continue;
      for (let c = 0; c < features; c++) outputs[R * features + c] = rows[row * features + c];
      for (let c = 0; c < columns; c++) {
        targetRows[R * columns + c] = targets!.data[example * stride + t * columns + c];
      }
      kept[R++] = weight;
    }
  }
  return new CountedRows(
    output,
    loss?.takesLogits ?? false,
    R,
    outputs.subarray(0, R * features),
    targetRows.subarray(0, R * columns),
    kept.subarray(0, R),
  );
}

/** Works out probabilities for those who ask. */
class CountedRows implements MetricRows {
  readonly features: number;
  readonly columns: number;
  readonly targets: MetricOutput['targets'];
  readonly kind: MetricOutput['kind'];
  #logProbabilities: Float64Array | undefined;
  #probabilities: Float64Array | undefined;

  constructor(
    output: MetricOutput,
    readonly areLogits: boolean,
    readonly count: number,
    readonly outputs: Float64Array,
    readonly targetRows: Float64Array,
    readonly weights: Float64Array,
  ) {
    ({ features: this.features, columns: this.columns, targets: this.targets, kind: this.kind } = output);
  }

  get probabilities(): Float64Array {
    this.#probabilities ??= this.areLogits ? this.logProbabilities.map(Math.exp) : this.outputs;
    return this.#probabilities;
  }

  get logProbabilities(): Float64Array {
    this.#logProbabilities ??= this.#logs();
    return this.#logProbabilities;
  }

  #logs(): Float64Array {
    const { outputs, features, kind } = this;
    if (!this.areLogits) return outputs.map((p) => Math.log(Math.max(p, LEAST_PROBABILITY)));
    // log sigmoid(z) = -log(1 + exp(-z)), in the form that does not overflow.
    if (kind === 'sigmoid') return outputs.map((z) => Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z))));
    const logs = new Float64Array(outputs.length);
    for (let row = 0; row < outputs.length; row += features) {
      const own = outputs.subarray(row, row + features);
      const top = own.reduce((a, b) => Math.max(a, b));
      const total = top + Math.log(own.reduce((sum, z) => sum + Math.exp(z - top), 0));
      for (let c = 0; c < features; c++) logs[row + c] = own[c] - total;
    }
    return logs;
  }

  targetClass(row: number): number {
    return this.targets === 'classes' ? this.targetRows[row] : largest(this.targetRows, row, this.columns);
  }

  target(row: number, c: number): number {
    if (this.targets === 'classes') return +(this.targetRows[row] === c);
    return this.targetRows[row * this.columns + c];
  }
}

/** How near to 0 a probability comes before its logarithm is taken: Keras's epsilon. */
const LEAST_PROBABILITY = 1e-7;
