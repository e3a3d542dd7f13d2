import { SeqkitError } from '../../base/errors.js';
import type { Metric } from '../metrics/metric.js';
import type { OutputPort } from './model-programs.js';
import { countedRows, metricOutput, type BatchOf, type WatchedOutput } from './watched-rows.js';

/** The metrics of each output, in their order. */
export type OutputMetrics = readonly (readonly Metric[])[];

/** Whether there is any. */
export function hasMetrics(metrics: OutputMetrics | undefined): metrics is OutputMetrics {
  return metrics !== undefined && metrics.some((own) => own.length > 0);
}

/** Names as histories have them: a metric's own, behind that of its output's layer where there are several. */
export function metricNamesOf(metrics: OutputMetrics, outputNames: readonly string[]): string[] {
  const several = metrics.length > 1;
  return metrics.flatMap((own, i) =>
    own.map(({ name }) =>
      several ? `${outputNames[i]}${name.charAt(0).toUpperCase()}${name.slice(1)}` : name,
    ),
  );
}

/** One pass over examples, as the metrics count it. */
export class MetricPass {
  readonly #given: OutputMetrics;
  #metrics: OutputMetrics;
  #checked = false;

  constructor(metrics: OutputMetrics) {
    this.#given = metrics;
    this.#metrics = copies(metrics);
  }

  /** Forgets all that was counted. */
  restart(): void {
    this.#metrics = copies(this.#given);
  }

  /** @throws SeqkitError `usage` where a metric cannot be counted on its output */
  check(ports: readonly OutputPort[]): void {
    if (this.#checked) return;
    this.#metrics.forEach((own, i) => {
      const output = metricOutput(ports[i]);
      for (const metric of own) {
        if (output.targets === 'labels') {
          throw new SeqkitError(
            `The metric ${metric.name} is counted by rows; ${ports[i].loss!.name} has one target for a whole sequence.`,
            { code: 'usage', hint: 'Leave it out, and measure what predict gives.' },
          );
        }
        metric.check(output);
      }
    });
    this.#checked = true;
  }

  /** Counts a batch. */
  add(outputs: readonly WatchedOutput[], batch: BatchOf): void {
    this.check(outputs.map(({ port }) => port));
    this.#metrics.forEach((own, i) => {
      if (own.length === 0) return;
      const rows = countedRows(i, outputs[i], batch);
      for (const metric of own) metric.update(rows);
    });
  }

  /** The figures in the order of `metricNamesOf`. */
  results(): number[] {
    return this.#metrics.flat().map((metric) => {
      const result: unknown = metric.result();
      if (typeof result === 'number') return result;
      throw new SeqkitError(`The result of the metric ${metric.name} is no number.`, { code: 'bad-value' });
    });
  }

  /** What each metric has counted, for a checkpoint. */
  save(): Float64Array[] {
    return this.#metrics.flat().map((metric) => Float64Array.from(metric.getState()));
  }

  /** Goes on from what `save` gave. */
  restore(states: readonly ArrayLike<number>[]): void {
    this.#metrics.flat().forEach((metric, i) => metric.setState(states[i]));
  }
}

const copies = (metrics: OutputMetrics): OutputMetrics =>
  metrics.map((own) => own.map((metric) => metric.copy()));
