import { Fingerprint } from '../../base/encoding/fingerprint.js';
import { SeqkitError } from '../../base/errors.js';
import type { AutoReport } from '../../rnn/engine/auto-session.js';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import type { RunDescription } from '../../rnn/training/checkpoint.js';
import { fitInBuckets, type BucketTraining } from '../fitting/fit-in-buckets.js';
import type { SequenceHistory } from '../fitting/fit-schedule.js';
import { conformalWidth, coverage, forecastErrors, type Residual } from './forecast-figures.js';
import type { ForecastMethod, RegressorSettings } from './regressor-file.js';
import type { restoreFirst } from './refit-checkpoint.js';
import { aheadWidth, regressorGraph } from './regressor-network.js';
import type { RegressorArchitecture, RegressorFitOptions } from './regressor-options.js';
import { leadOf, naiveError, networkInputs, predictAll, residualsOf } from './rolling-forecasts.js';
import type { CheckedSeries, InputCounts } from './time-series.js';
import { contextScale, inputScales, seasonalNaive, type Origin } from './windows.js';

/** What is trained. */
export interface RegressorPlan {
  readonly architecture: RegressorArchitecture;
  readonly levels: readonly number[];
  readonly seed: number;
  readonly runs: { engine: EngineChoice; threads?: number; onEngine?: (report: AutoReport) => void };
  isOver(): boolean;
}

/** A series and where its parts begin. */
interface PartedSeries {
  readonly series: CheckedSeries;
  readonly validation: number;
  readonly test: number;
  /** What MASE divides by. */
  readonly naive: number;
}

const DEFAULTS = { epochs: 40, batchSize: 32, learningRate: 5e-3 } as const;
const DEFAULT_PATIENCE = 8;
const DEFAULT_SHARE = 0.15;

/** From series to a model: parts by time, training, the choice of the method, intervals, figures, training on all. */
export async function trainRegressor(
  { list, counts }: { list: readonly CheckedSeries[]; counts: InputCounts },
  plan: RegressorPlan,
  options: RegressorFitOptions,
): Promise<{ model: Model; settings: RegressorSettings; history: SequenceHistory }> {
  const { architecture, levels } = plan;
  const { test = DEFAULT_SHARE, validation = DEFAULT_SHARE, refit = true, ...fit } = options;
  const parts = list.map((series, i) => parted(series, architecture, { test, validation }, i));
  const partOf = new Map(parts.map((part) => [part.series, part]));
  const scales = {
    known: inputScales(
      parts.map(({ series, validation: end }) => series.known.subarray(0, end * counts.known)),
      counts.known,
    ),
    observed: inputScales(
      parts.map(({ series, validation: end }) => series.observed.subarray(0, end * counts.observed)),
      counts.observed,
    ),
  };
  const seen = { architecture, counts, scales };
  const H = architecture.horizon;
  const lead = leadOf(architecture);
  const trained = parts.flatMap(({ series, validation: end }) => originsOf(series, lead, end - H));
  const choosing = parts.flatMap((part) =>
    originsOf(part.series, Math.max(lead, part.validation - H + 1), part.test - H),
  );
  const model = new Model(regressorGraph(architecture, counts), { seed: plan.seed, ...plan.runs });
  try {
    const first = { patience: DEFAULT_PATIENCE, ...fit };
    const run = describeRun({ list, counts }, plan, { test, validation, ...first });
    await buildFor(model, seen);
    const saved = fit.resume && fit.checkpoint ? await restoredFirst(model, fit.checkpoint, run) : undefined;
    const history =
      saved ?? (await train(model, trained, choosing, seen, plan, first, { describe: () => run }));
    const judged = parts.flatMap((part) =>
      originsOf(part.series, Math.max(lead, part.validation - H + 1), part.series.steps - H),
    );
    const naive = judged.map((origin) => seasonalNaive(origin, architecture));
    const own = await predictAll(model, judged, { ...seen, method: 'network' });
    const residuals = (forecasts: readonly Float64Array[], from: 'validation' | 'test') =>
      residualsOf(
        judged,
        forecasts,
        architecture,
        (series) => partOf.get(series)!.naive,
        ({ series }, step) => {
          const part = partOf.get(series)!;
          return from === 'test' ? step >= part.test : step >= part.validation && step < part.test;
        },
      );
    const isBetter = scaledError(residuals(own, 'validation')) < scaledError(residuals(naive, 'validation'));
    const method: ForecastMethod = isBetter ? 'network' : 'seasonalNaive';
    const chosen = isBetter ? own : naive;
    const [setting, testing] = [residuals(chosen, 'validation'), residuals(chosen, 'test')];
    const widthsBy = (steps: readonly (readonly Residual[])[]) =>
      levels.map((level) => steps.map((one) => conformalWidth(one, level)));
    const figures = {
      ...forecastErrors(testing),
      forecasts: testing.flat().length,
      baseline: forecastErrors(residuals(naive, 'test')),
      coverage: widthsBy(setting).map((widths) => coverage(testing, widths)),
      epochs: history.bestEpoch,
    };
    // What is saved has the widths of all residuals that it had not trained on.
    const widths = widthsBy(setting.map((one, h) => [...one, ...testing[h]]));
    if (refit && isBetter && !history.stopped) {
      const whole = parts.flatMap(({ series }) => originsOf(series, lead, series.steps - H));
      const again = { ...fit, epochs: history.bestEpoch };
      const extra = fit.checkpoint && (await refitExtra(model, history, run, saved !== undefined));
      const final = new Model(regressorGraph(architecture, counts), { seed: plan.seed, ...plan.runs });
      try {
        const { stopped } = await train(final, whole, [], seen, plan, again, extra);
        if (stopped) {
          // The first one is whole, and this one is not.
          await final.dispose();
          const settings: RegressorSettings = { ...seen, method, levels, widths, figures };
          return { model, settings, history: { ...history, stopped } };
        }
      } catch (error) {
        await final.dispose();
        throw error;
      }
      await model.dispose();
      return { model: final, settings: { ...seen, method, levels, widths, figures }, history };
    }
    return { model, settings: { ...seen, method, levels, widths, figures }, history };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/** Trains a network. @param choosing origins that choose the best epoch */
async function train(
  model: Model,
  trained: readonly Origin[],
  choosing: readonly Origin[],
  seen: Parameters<typeof networkInputs>[1] & { readonly architecture: RegressorArchitecture },
  plan: RegressorPlan,
  fit: RegressorFitOptions,
  extra: Pick<BucketTraining, 'describe' | 'follows'> = {},
): Promise<SequenceHistory> {
  const { context } = seen.architecture;
  await buildFor(model, seen);
  const origins = [...trained, ...choosing];
  return fitInBuckets(
    {
      ...{ model, seed: plan.seed, loss: 'huber', ...extra },
      isOver: () => plan.isOver(),
      lengths: origins.map(() => [context]),
      heldBack: choosing.map((_, i) => trained.length + i),
      weight: () => 1,
      batch: ({ examples }) => {
        const some = examples.map((i) => origins[i]);
        return { x: networkInputs(some, seen), y: targetsOf(some, seen.architecture) };
      },
    },
    fit,
    DEFAULTS,
  );
}

async function buildFor(
  model: Model,
  { architecture, counts }: { architecture: RegressorArchitecture; counts: InputCounts },
): Promise<void> {
  const width = 1 + counts.known + counts.observed;
  await model.build([architecture.context, width], [architecture.horizon * aheadWidth(counts)]);
}

/** What all of a training depends on, by name, for its checkpoint. */
function describeRun(
  { list, counts }: { list: readonly CheckedSeries[]; counts: InputCounts },
  { architecture, levels, seed }: RegressorPlan,
  options: RegressorFitOptions,
): RunDescription {
  const all = new Fingerprint();
  for (const { values, known, observed } of list) {
    all.add(Int32Array.of(values.length, known.length)).add(values).add(known).add(observed);
  }
  const { epochs, batchSize, learningRate, patience, test, validation } = { ...DEFAULTS, ...options };
  return {
    ...{ 'the series': all.toString(), inputs: counts, levels, test, validation, ...architecture },
    ...{ seed, batchSize, learningRate, 'most epochs': epochs, 'patience at first': patience },
  };
}

/** What checkpoints need is loaded where there is one. */
const restoredFirst: typeof restoreFirst = async (...given) =>
  (await import('./refit-checkpoint.js')).restoreFirst(...given);

/** @param isBegun whether the checkpoint is of the second training already */
async function refitExtra(model: Model, history: SequenceHistory, run: RunDescription, isBegun: boolean) {
  const { carriedOf, describeRefit } = await import('./refit-checkpoint.js');
  return { describe: () => describeRefit(run), follows: { carried: carriedOf(model, history), isBegun } };
}

/** What the network should give: how far the truth is from the value of one season before, in its units. */
function targetsOf(origins: readonly Origin[], architecture: RegressorArchitecture): Tensor {
  const { horizon } = architecture;
  const data = new Float32Array(origins.length * horizon);
  origins.forEach((origin, n) => {
    const { deviation } = contextScale(origin, architecture);
    const naive = seasonalNaive(origin, architecture);
    for (let h = 0; h < horizon; h++) {
      data[n * horizon + h] = (origin.series.values[origin.at + h] - naive[h]) / deviation;
    }
  });
  return { data, shape: [origins.length, horizon] };
}

/** Every origin of a series from one to another, the last included. */
function originsOf(series: CheckedSeries, first: number, last: number): Origin[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({ series, at: first + i }));
}

/** @throws SeqkitError `too-little-data` where a part has no forecast in it */
function parted(
  series: CheckedSeries,
  architecture: RegressorArchitecture,
  shares: { test: number; validation: number },
  place: number,
): PartedSeries {
  const { steps } = series;
  const [testSteps, validationSteps] = [shares.test, shares.validation].map((share) =>
    Math.max(1, Math.round(share * steps)),
  );
  const test = steps - testSteps;
  const validation = test - validationSteps;
  const { horizon, season } = architecture;
  const least = leadOf(architecture) + horizon;
  if (validation < least || test - horizon < leadOf(architecture)) {
    throw new SeqkitError(
      `fit: series ${place + 1} has ${steps} values, of which ${Math.max(0, validation)} are left to train on; one forecast takes ${least}.`,
      {
        code: 'too-little-data',
        hint: 'Give a longer series, a smaller horizon, context or season, or smaller shares test and validation.',
      },
    );
  }
  return { series, validation, test, naive: naiveError(series.values.subarray(0, validation), season) };
}

function scaledError(steps: readonly (readonly Residual[])[]): number {
  const all = steps.flat();
  return all.reduce((sum, { error, scale }) => sum + Math.abs(error) / scale, 0) / all.length;
}
