/// <reference lib="esnext.disposable" preserve="true" />
import { endByUsing } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { Lifetime } from '../../base/lifetime.js';
import { flag, optional, optionsSchema, someText } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { Model } from '../../rnn/model/model.js';
import { checkResume, type SequenceHistory } from '../fitting/fit-schedule.js';
import { coverage, forecastErrors, type ForecastErrors } from './forecast-figures.js';
import {
  readRegressor,
  writeRegressor,
  type ForecastMethod,
  type RegressorFigures,
} from './regressor-file.js';
import type { RegressorSettings } from './regressor-file.js';
import {
  openRegressorOptions,
  regressorFitOptions,
  regressorOptions,
  type OpenRegressorOptions,
  type RegressorFitOptions,
  type SequenceRegressorOptions,
} from './regressor-options.js';
import { leadOf, naiveError, predictAll, residualsOf } from './rolling-forecasts.js';
import { trainRegressor, type RegressorPlan } from './regressor-training.js';
import { checkedSeries, checkedSeriesList, type CheckedSeries, type TimeSeries } from './time-series.js';
import { contextScale, seasonalNaive } from './windows.js';

/** An interval for each step of a forecast. */
export interface ForecastInterval {
  /** The probability with which it holds the truth. */
  readonly level: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** What a model expects. */
export interface Forecast {
  /** A value for each step of the horizon. */
  readonly values: readonly number[];
  readonly intervals: readonly ForecastInterval[];
  /** The values of one season before. */
  readonly baseline: readonly number[];
}

/** How good forecasts are, from every step on from which one can be made. */
export interface ForecastEvaluation extends ForecastErrors {
  /** Forecasts of one step. */
  readonly forecasts: number;
  readonly baseline: ForecastErrors;
  readonly coverage: readonly { readonly level: number; readonly share: number }[];
}

const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
const DEFAULT_LEVELS = [0.8, 0.95];

/**
 * Forecasts a series of numbers, several steps ahead, with other inputs beside it and an interval for each step. The
 * seasonal naive forecast, the value of one season before, is always measured beside, and taken where it is better.
 *
 * @example
 * const model = new SequenceRegressor({ horizon: 12, season: 12 });
 * await model.fit({ values: passengers });
 * model.figures; // { mae, rmse, mase, baseline, coverage }
 * const { values, intervals } = await model.forecast({ values: passengers });
 */
export class SequenceRegressor {
  readonly #options: SequenceRegressorOptions;
  readonly #lifetime = new Lifetime('The SequenceRegressor');
  #model: Model | undefined;
  #settings: RegressorSettings | undefined;
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    endByUsing(this);
  }

  constructor(options?: SequenceRegressorOptions) {
    this.#options = regressorOptions.parse(options);
  }

  /** How good its forecasts were on the end of each series. @throws SeqkitError `usage` before `fit` or `load` */
  get figures(): RegressorFigures {
    return this.#ready().settings.figures;
  }

  /** What makes the forecasts: whatever was better on the validation part. */
  get method(): ForecastMethod {
    return this.#ready().settings.method;
  }

  /** How many steps it forecasts. */
  get horizon(): number {
    return this.#ready().settings.architecture.horizon;
  }

  /** How many steps a series must have before a forecast. */
  get context(): number {
    return leadOf(this.#ready().settings.architecture);
  }

  /** The levels of its intervals. */
  get levels(): readonly number[] {
    return this.#ready().settings.levels;
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before `fit` or `load` */
  countParameters(): number {
    return this.#ready().model.countParameters();
  }

  /**
   * Trains on a series, or on several that are alike. Each is parted by time: what comes first trains, what follows
   * chooses the epoch and the method and sets the intervals, the end gives the figures. Each call trains anew.
   * @throws SeqkitError `bad-value` or `bad-shape` that names the first fault; `too-little-data`; `diverged`
   */
  async fit(
    series: TimeSeries | readonly TimeSeries[],
    options?: RegressorFitOptions,
  ): Promise<SequenceHistory> {
    const given = checkedSeriesList(series, 'fit: series');
    const checked = regressorFitOptions.parse(options);
    checkResume(checked);
    return this.#lifetime.during('fit', async () => {
      const plan: RegressorPlan = { ...planOf(this.#options), isOver: () => this.#lifetime.ended };
      const { model, settings, history } = await trainRegressor(given, plan, checked);
      await this.#model?.dispose();
      this.#model = model;
      this.#settings = settings;
      return history;
    });
  }

  /**
   * Forecasts the steps that follow a series.
   * @param series its values up to now, `context` of them at least; `known` has a row for each step to forecast, too
   */
  async forecast(series: TimeSeries): Promise<Forecast> {
    const { model, settings } = this.#ready();
    const { architecture, counts, levels, widths } = settings;
    const checked = checkedSeries(series, 'forecast: series', counts);
    const lead = leadOf(architecture);
    const { steps, knownSteps } = checked;
    if (steps < lead) {
      throw new SeqkitError(`forecast: series has ${steps} values; a forecast needs ${lead}.`, {
        code: 'too-little-data',
      });
    }
    if (counts.known > 0 && knownSteps < steps + architecture.horizon) {
      throw new SeqkitError(
        `forecast: series has ${knownSteps - steps} rows of known inputs beyond its values, not ${architecture.horizon}.`,
        { code: 'bad-shape', hint: 'Give the known inputs of each step that is forecast.' },
      );
    }
    const origin = { series: checked, at: steps };
    const baseline = seasonalNaive(origin, architecture);
    const [values] = await predictAll(model, [origin], settings);
    const { deviation } = contextScale(origin, architecture);
    const intervals = levels.map((level, i) => ({
      level,
      lower: Array.from(values, (value, h) => value - widths[i][h] * deviation),
      upper: Array.from(values, (value, h) => value + widths[i][h] * deviation),
    }));
    return { values: Array.from(values), intervals, baseline: Array.from(baseline) };
  }

  /**
   * Forecasts a series from every step on, and compares with what came.
   * @throws SeqkitError `too-little-data` where no forecast fits
   */
  async evaluate(series: TimeSeries | readonly TimeSeries[]): Promise<ForecastEvaluation> {
    const { model, settings } = this.#ready();
    const { architecture, levels, widths, counts } = settings;
    const where = 'evaluate: series';
    const list = (Array.isArray(series) ? series : [series]).map((one, i) =>
      checkedSeries(one, Array.isArray(series) ? `${where}[${i}]` : where, counts),
    );
    const [lead, { horizon }] = [leadOf(architecture), architecture];
    const origins = list.flatMap((one) =>
      Array.from({ length: Math.max(0, one.steps - horizon - lead + 1) }, (_, i) => ({
        series: one,
        at: lead + i,
      })),
    );
    if (origins.length === 0) {
      throw new SeqkitError(`evaluate: a series needs ${lead + horizon} values to be judged by.`, {
        code: 'too-little-data',
      });
    }
    const forecasts = await predictAll(model, origins, settings);
    const errors = new Map(list.map((one) => [one, naiveError(one.values, architecture.season)]));
    const naiveOf = (one: CheckedSeries) => errors.get(one)!;
    const own = residualsOf(origins, forecasts, architecture, naiveOf);
    const naive = residualsOf(
      origins,
      origins.map((origin) => seasonalNaive(origin, architecture)),
      architecture,
      naiveOf,
    );
    return {
      ...forecastErrors(own),
      forecasts: own.flat().length,
      baseline: forecastErrors(naive),
      coverage: levels.map((level, i) => ({ level, share: coverage(own, widths[i]) })),
    };
  }

  /** The model as a file's bytes. */
  toBytes(): Uint8Array {
    const { model, settings } = this.#ready();
    return model.toBytes(writeRegressor(settings));
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options?: { force?: boolean }): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    const { model, settings } = this.#ready();
    await model.save(path, { ...writeRegressor(settings), force });
  }

  /**
   * Opens a saved model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options?: OpenRegressorOptions): Promise<SequenceRegressor> {
    const { verify = true, ...engine } = openRegressorOptions.parse(options);
    const { model, file, source } = await Model.open(from, { ...engine, verify });
    try {
      const settings = readRegressor(file, source);
      const { levels } = settings;
      const opened = new SequenceRegressor({
        ...{ ...settings.architecture, levels, seed: file.seed },
        ...engine,
      });
      opened.#model = model;
      opened.#settings = settings;
      opened.notes = file.notes;
      return opened;
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  /** Frees the memory of the engine; a training that goes on ends first. */
  async dispose(): Promise<void> {
    await this.#lifetime.end();
    await this.#model?.dispose();
    this.#model = undefined;
  }

  #ready(): { model: Model; settings: RegressorSettings } {
    this.#lifetime.check();
    if (this.#model && this.#settings) return { model: this.#model, settings: this.#settings };
    throw new SeqkitError('The SequenceRegressor has not been trained yet.', {
      code: 'usage',
      hint: 'Call fit or load first.',
    });
  }
}

function planOf(options: SequenceRegressorOptions): Omit<RegressorPlan, 'isOver'> {
  const { horizon = 1, season = 1, cell = 'gru', units = 32, dropout = 0.1 } = options;
  const { context = Math.max(8, 2 * season, 2 * horizon), levels = DEFAULT_LEVELS } = options;
  const { seed = 1, engine = 'auto', threads, onEngine } = options;
  return {
    architecture: { horizon, context, season, cell, units, dropout },
    levels,
    seed,
    runs: { engine, ...(threads !== undefined && { threads }), ...(onEngine && { onEngine }) },
  };
}
