import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  fieldsOf,
  listOf,
  number,
  optionsSchema,
  parseStored,
  wholeNumber,
} from '../../base/schema/index.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { checkGraph } from '../fitting/graph-check.js';
import type { ForecastErrors } from './forecast-figures.js';
import { regressorGraph } from './regressor-network.js';
import { levelList, regressorArchitectureTable, type RegressorArchitecture } from './regressor-options.js';
import type { InputCounts } from './time-series.js';
import type { InputScale, InputScales } from './windows.js';

/** What a file of this kind is called. */
export const REGRESSOR_KIND = 'SequenceRegressor';

/** What makes the forecasts. */
export type ForecastMethod = 'network' | 'seasonalNaive';

/** How good forecasts are, on the end of each series, which nothing was chosen by. */
export interface RegressorFigures extends ForecastErrors {
  /** Forecasts of one step. */
  readonly forecasts: number;
  /** On the same, the value of one season before. */
  readonly baseline: ForecastErrors;
  /** Of each level the share of the truth that lay within its interval. */
  readonly coverage: readonly number[];
  readonly epochs: number;
}

/** What a model keeps in its file beside the network. */
export interface RegressorSettings {
  readonly architecture: RegressorArchitecture;
  readonly counts: InputCounts;
  readonly scales: InputScales;
  readonly method: ForecastMethod;
  readonly levels: readonly number[];
  /** Of each level half the width of each step's interval, in the network's units. */
  readonly widths: readonly (readonly number[])[];
  readonly figures: RegressorFigures;
}

const notNegative = number({ min: 0 });
const errors = { mae: notNegative, rmse: notNegative, mase: notNegative };
const scaleList = listOf(
  fieldsOf<InputScale>('a mean and a deviation', { mean: number(), deviation: number({ above: 0 }) }),
  { max: 65_536 },
);
const count = wholeNumber({ min: 0, max: 65_536 });

const stored = fieldsOf<RegressorSettings>('the settings of a SequenceRegressor', {
  architecture: optionsSchema<RegressorArchitecture>('architecture', regressorArchitectureTable),
  counts: fieldsOf<InputCounts>('counts of inputs', { known: count, observed: count }),
  scales: fieldsOf<InputScales>('scales of inputs', { known: scaleList, observed: scaleList }),
  method: choice(['network', 'seasonalNaive']),
  levels: levelList,
  widths: listOf(listOf(notNegative, { min: 1, max: 65_536 }), { min: 1, max: 20 }),
  figures: fieldsOf<RegressorFigures>('figures', {
    ...errors,
    forecasts: wholeNumber({ min: 1 }),
    baseline: fieldsOf<ForecastErrors>('errors of the baseline', errors),
    coverage: listOf(number({ min: 0, max: 1 }), { min: 1, max: 20 }),
    epochs: wholeNumber({ min: 0 }),
  }),
});

/** The settings as they are saved. */
export function writeRegressor(settings: RegressorSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  return { kind: REGRESSOR_KIND, settings: { ...settings } };
}

/** @throws SeqkitError `bad-file` where the file holds another kind of model, or contradicts itself */
export function readRegressor(file: ModelFile, from: string): RegressorSettings {
  if (file.kind !== REGRESSOR_KIND) {
    throw wrongKind(from, file.kind, REGRESSOR_KIND);
  }
  const settings = parseStored(stored, file.settings, 'Its settings', from);
  const { architecture, counts, scales, levels, widths, figures } = settings;
  const fits =
    scales.known.length === counts.known &&
    scales.observed.length === counts.observed &&
    widths.length === levels.length &&
    figures.coverage.length === levels.length &&
    widths.every((steps) => steps.length === architecture.horizon);
  if (!fits) throw new SeqkitError(`${from} has settings that contradict each other.`, { code: 'bad-file' });
  checkGraph(file, regressorGraph(architecture, counts), from);
  return settings;
}
