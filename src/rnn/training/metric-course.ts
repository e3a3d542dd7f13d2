import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { toStored, type Checkpoint } from './checkpoint.js';
import type { MetricPass } from './metric-pass.js';

/** Before the names of what the metrics of an epoch have counted so far, in a checkpoint. */
const PREFIX = 'metric/';

/** The metrics of a training, epoch by epoch, and what they count of the epoch in hand. */
export class MetricCourse {
  /** By epoch, each in the order of the names. */
  readonly #trained: number[][] = [];
  readonly #validated: number[][] = [];

  /** @param directions which way is better, in the order of the names */
  constructor(
    readonly pass: MetricPass,
    readonly names: readonly string[],
    readonly directions: readonly ('min' | 'max')[],
  ) {}

  /** Takes the figures of an epoch. @returns them by name */
  endEpoch(validated: readonly number[] | undefined): {
    metrics: Record<string, number>;
    validationMetrics?: Record<string, number>;
  } {
    const trained = this.pass.results();
    this.#trained.push(trained);
    if (validated) this.#validated.push([...validated]);
    return { metrics: this.named(trained), ...(validated && { validationMetrics: this.named(validated) }) };
  }

  named(figures: readonly number[]): Record<string, number> {
    return Object.fromEntries(this.names.map((name, i) => [name, figures[i]]));
  }

  history(): { metrics: Record<string, number[]>; validationMetrics?: Record<string, number[]> } {
    const columns = (epochs: readonly (readonly number[])[]): Record<string, number[]> =>
      Object.fromEntries(this.names.map((name, i) => [name, epochs.map((figures) => figures[i])]));
    return {
      metrics: columns(this.#trained),
      ...(this.#validated.length > 0 && { validationMetrics: columns(this.#validated) }),
    };
  }

  /**
   * What `earlyStopping` is to see fall: the latest figure of that name, negative where more is better; undefined for
   * a name that is none.
   */
  watched(monitor: string): number | undefined {
    const found = monitored(monitor, this.names);
    if (!found) return undefined;
    const latest = (found.validated ? this.#validated : this.#trained).at(-1)?.[found.index] ?? NaN;
    return this.directions[found.index] === 'max' ? -latest : latest;
  }

  save(): Record<string, StoredTensor> {
    const states = this.pass.save().map((state, i) => [`${PREFIX}${i}`, toStored(state)] as const);
    return {
      metrics: toStored(Float64Array.from(this.#trained.flat())),
      validationMetrics: toStored(Float64Array.from(this.#validated.flat())),
      ...Object.fromEntries(states),
    };
  }

  /** @returns false where the checkpoint lacks something */
  restore(arrays: Checkpoint['arrays']): boolean {
    const { metrics, validationMetrics } = arrays;
    const states = this.names.map((_, i) => arrays[`${PREFIX}${i}`] as StoredTensor | undefined);
    const whole = [metrics, validationMetrics, ...states].every((array) => array?.dtype === 'F64');
    if (!whole) return false;
    const rows = ({ data }: StoredTensor): number[][] => {
      const all = Array.from(data as Float64Array);
      const count = this.names.length;
      return Array.from({ length: all.length / count }, (_, i) => all.slice(i * count, (i + 1) * count));
    };
    this.#trained.push(...rows(metrics));
    this.#validated.push(...rows(validationMetrics));
    this.pass.restore(states.map((state) => state!.data as Float64Array));
    return true;
  }
}

/** Which metric a name means, such as `auc` or `validationAuc`. */
export function monitored(
  monitor: string,
  names: readonly string[],
): { index: number; validated: boolean } | undefined {
  const own = names.indexOf(monitor);
  if (own >= 0) return { index: own, validated: false };
  const index = names.findIndex((name) => validationName(name) === monitor);
  return index < 0 ? undefined : { index, validated: true };
}

/** `validationAuc` for `auc`. */
export function validationName(name: string): string {
  return `validation${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
