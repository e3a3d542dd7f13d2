import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import type { ForecastErrors } from '../../tasks/regressor/forecast-figures.js';
import type { Forecast, SequenceRegressor } from '../../tasks/regressor/sequence-regressor.js';
import type { TimeSeries } from '../../tasks/regressor/time-series.js';
import {
  engineOption,
  jsonOption,
  realNumber,
  realOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { note, print, printJson, told } from '../terminal/output.js';
import { quoted } from '../terminal/shell-quoting.js';
import { fileOrStandardInput } from '../terminal/standard-input.js';
import {
  addResumeOptions,
  addTaskTrainingOptions,
  checkResumeOptions,
  engineOptionsOf,
  runTaskTraining,
  type TaskTrainingOptions,
} from './task-training.js';
import { givenModel } from '../models/given-model.js';

/** Which columns are what. */
interface ColumnOptions {
  readonly target?: string;
  readonly known: readonly string[];
  readonly observed: readonly string[];
  readonly series?: string;
  readonly format?: 'csv' | 'tsv';
}

interface TrainOptions extends TaskTrainingOptions, ColumnOptions {
  readonly horizon: number;
  readonly season: number;
  readonly context?: number;
  readonly cell: 'gru' | 'lstm';
  readonly units: number;
  readonly dropout: number;
  readonly levels: readonly number[];
  readonly test: number;
}

interface ForecastOptions extends ColumnOptions {
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

const DEFAULTS = { epochs: 40, batchSize: 32, learningRate: 5e-3, out: 'forecast.safetensors' } as const;
const SHARE = { above: 0, max: 0.4 };

/** Adds the commands about series of numbers: train-forecast, forecast. */
export function register(program: Command): void {
  const train = program
    .command('train-forecast')
    .description(
      'Learn to forecast a column of a table, several rows ahead, with an interval for each. What comes last in the table gives the figures.',
    )
    .argument('<table>', 'a .csv or .tsv file, a row a step, the earliest first; - for standard input');
  addColumnOptions(train)
    .addOption(wholeOption('--horizon <n>', 'rows to forecast', { min: 1, max: 65_536 }).default(1))
    .addOption(
      wholeOption('--season <n>', 'rows after which it repeats, such as 12 months or 24 hours', {
        min: 1,
        max: 65_536,
      }).default(1),
    )
    .addOption(
      wholeOption('--context <n>', 'rows that the network sees (default: two seasons or horizons)', {
        min: 1,
        max: 65_536,
      }),
    )
    .addOption(new Option('--cell <name>', 'the recurrent cell').choices(['gru', 'lstm']).default('gru'))
    .addOption(wholeOption('--units <n>', 'of the recurrent layer', { min: 1, max: 16_384 }).default(32))
    .addOption(realOption('--dropout <share>', 'dropped in training', { min: 0, below: 1 }).default(0.1))
    .addOption(
      new Option('--levels <shares>', 'how often intervals hold the truth, with commas between them')
        .argParser(levelsOf)
        .default([0.8, 0.95], '0.8,0.95'),
    )
    .addOption(realOption('--test <share>', 'at the end, for the figures', SHARE).default(0.15));
  addResumeOptions(
    addTaskTrainingOptions(
      train,
      DEFAULTS,
      realOption('--held-out <share>', 'before it, to choose the epoch and set the intervals', SHARE).default(
        0.15,
      ),
    ),
  ).action(trainForecast);
  addColumnOptions(
    program
      .command('forecast')
      .description('The rows that follow a table, by a model that train-forecast made.')
      .argument('<model>', 'a .safetensors file')
      .argument(
        '<table>',
        'with the columns of the training; rows at its end whose target is empty have known inputs of the steps to forecast; - for standard input',
      ),
  )
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(forecast);
}

function addColumnOptions(command: Command): Command {
  const columns = (flags: string, description: string) =>
    new Option(flags, description)
      .argParser((text: string) => text.split(','))
      .default([] as string[], 'none');
  return command
    .option('--target <column>', 'what is forecast (default: the last column)')
    .addOption(columns('--known <columns>', 'inputs that are known ahead, with commas between them'))
    .addOption(columns('--observed <columns>', 'inputs that are known up to now alone'))
    .option('--series <column>', 'tells several series apart')
    .addOption(
      new Option('--format <name>', 'of the table (default: told by its name)').choices(['csv', 'tsv']),
    );
}

const levelOf = realNumber({ above: 0, below: 1 });

function levelsOf(text: string): number[] {
  return text.split(',').map(levelOf);
}

async function readTable(typed: string, columns: ColumnOptions): Promise<TimeSeries[]> {
  const { parseSeries } = await import('../../tasks/regressor/read-series.js');
  const { decodeTextFile } = await import('../../base/encoding/text-file.js');
  const { readFileBytes } = await import('../../base/host/files.js');
  const { path, name } = await fileOrStandardInput(typed);
  const text = decodeTextFile(readFileBytes(path, 'the table'), name);
  const { target, known, observed, series, format = /\.(tsv|tab)$/i.test(typed) ? 'tsv' : 'csv' } = columns;
  return parseSeries(text, {
    ...{ known, observed, name, format },
    ...(target !== undefined && { target }),
    ...(series !== undefined && { series }),
  });
}

async function trainForecast(typed: string, options: TrainOptions): Promise<void> {
  const { SequenceRegressor } = await import('../../tasks/regressor/sequence-regressor.js');
  const { checkWritable } = await import('../../base/host/files.js');
  const { horizon, season, context, cell, units, dropout, levels, test, heldOut, out, force } = options;
  await checkResumeOptions(options);
  checkWritable(out, { force });
  const series = await readTable(typed, options);
  const model = typedValue(
    undefined,
    () =>
      new SequenceRegressor({
        ...{ horizon, season, cell, units, dropout, levels, ...engineOptionsOf(options) },
        ...(context !== undefined && { context }),
      }),
  );
  try {
    const history = await runTaskTraining(
      options,
      ({ heldOut: validation = heldOut, ...fit }) => model.fit(series, { ...fit, test, validation }),
      () => model.save(out, { force }),
    );
    const { figures, method } = model;
    if (options.json) {
      printJson({ model: out, series: series.length, method, levels, ...history, figures });
      return;
    }
    print(`model      ${out}, ${model.countParameters()} parameters`);
    print(`method     ${methodText(model)}`);
    print(`${''.padEnd(10)} ${'MAE'.padStart(10)} ${'RMSE'.padStart(10)} ${'MASE'.padStart(8)}`);
    printErrors('forecasts', figures);
    printErrors('baseline', figures.baseline);
    levels.forEach((level, i) => {
      print(
        `intervals  ${percent(level)}: held ${percent(figures.coverage[i])} of ${figures.forecasts} values`,
      );
    });
    note(
      'Baseline: the value of one season before. Figures are of the end of the table, which chose nothing.',
    );
    note(`Next: seqkit forecast ${quoted(out)} ${quoted(typed)} with the same columns`);
  } finally {
    await model.dispose();
  }
}

function methodText({ method }: SequenceRegressor): string {
  if (method === 'network') return 'the network, which was better than the baseline';
  return 'the baseline, which was better than the network';
}

function printErrors(title: string, { mae, rmse, mase }: ForecastErrors): void {
  const short = (value: number): string => value.toPrecision(4).padStart(10);
  print(`${title.padEnd(10)} ${short(mae)} ${short(rmse)} ${mase.toFixed(3).padStart(8)}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

async function forecast(path: string, typed: string, options: ForecastOptions): Promise<void> {
  const { SequenceRegressor } = await import('../../tasks/regressor/sequence-regressor.js');
  const { engine, verify, json } = options;
  const model = told(await SequenceRegressor.load(await givenModel(path), { engine, verify }));
  try {
    const series = await readTable(typed, options);
    const answers = [];
    for (const one of series) answers.push({ name: one.name, ...(await model.forecast(one)) });
    if (json) {
      printJson({ model: path, method: model.method, series: answers });
      return;
    }
    for (const [i, answer] of answers.entries()) {
      if (answer.name !== undefined) print(`${i > 0 ? '\n' : ''}${answer.name}`);
      printForecast(answer);
    }
  } finally {
    await model.dispose();
  }
}

function printForecast({ values, intervals }: Forecast): void {
  const short = (value: number): string => value.toPrecision(5).padStart(12);
  const heads = intervals.map(({ level }) => percent(level).padStart(12).padEnd(24));
  print(`step ${'forecast'.padStart(12)} ${heads.join(' ')}`.trimEnd());
  values.forEach((value, h) => {
    const bounds = intervals.map(({ lower, upper }) => `${short(lower[h])}${short(upper[h])}`);
    print(`${String(h + 1).padStart(4)} ${short(value)} ${bounds.join(' ')}`);
  });
}
