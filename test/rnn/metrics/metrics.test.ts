import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  AUC,
  BinaryAccuracy,
  Dense,
  F1Score,
  GRU,
  input,
  Masking,
  MeanMetric,
  Metric,
  Model,
  Precision,
  Recall,
  Sequential,
  SGD,
  TopKCategoricalAccuracy,
  type EpochReport,
  type FitOptions,
  type Layer,
  type LossChoice,
  type MetricChoice,
  type MetricRows,
  type Tensor,
} from '../../../src/rnn/index.js';
import { numbers, whole } from '../../support/golden-numbers.js';
import { rows as rowsBetween } from '../../support/random-tensors.js';

const [N, T, D, V] = [23, 5, 3, 4];
const lengths = Array.from({ length: N }, (_, n) => 1 + ((n * 3) % T));
// So large that some probabilities are above a half.
const x = numbers(1, [N, T, D], 40);
const zeroed: Tensor = {
  data: x.data.map((value, i) => (Math.floor(i / D) % T < lengths[Math.floor(i / (T * D))] ? value : 0)),
  shape: x.shape,
};
const classes = whole(2, [N, T], V);
const oneHot: Tensor = {
  data: Float64Array.from({ length: N * T * V }, (_, i) => +(classes.data[Math.floor(i / V)] === i % V)),
  shape: [N, T, V],
};
const bits = whole(5, [N, T, V], 2);
const values = numbers(6, [N, T, V], 2);
const sampleWeight: Tensor = {
  data: Float64Array.from({ length: N * T }, (_, i) => (i % 7 === 3 ? 0 : 0.25 + (i % 5) / 4)),
  shape: [N, T],
};

/** One number with its weight. */
interface Counted {
  p: number[];
  z: number[];
  t: number[];
  w: number;
}

/** The rows that count, from what the model predicts for all examples at once. */
function counted(
  z: Tensor,
  y: Tensor,
  probabilities: (z: number[]) => number[],
  weighted: boolean,
): Counted[] {
  const columns = y.data.length / (N * T);
  return Array.from({ length: N * T }, (_, row) => {
    const own = Array.from(z.data.slice(row * V, (row + 1) * V));
    return {
      z: own,
      p: probabilities(own),
      t: Array.from(y.data.slice(row * columns, (row + 1) * columns)),
      w: row % T < lengths[Math.floor(row / T)] ? (weighted ? sampleWeight.data[row] : 1) : 0,
    };
  }).filter(({ w }) => w > 0);
}

const softmax = (z: number[]): number[] => {
  const e = z.map(Math.exp);
  const total = e.reduce((a, b) => a + b);
  return e.map((one) => one / total);
};
const sigmoid = (z: number[]): number[] => z.map((one) => 1 / (1 + Math.exp(-one)));
const argmax = (all: number[]): number => all.indexOf(Math.max(...all));
const weightedMean = (rows: Counted[], value: (row: Counted) => number): number =>
  rows.reduce((sum, row) => sum + row.w * value(row), 0) / rows.reduce((sum, { w }) => sum + w, 0);
const flat = (rows: Counted[]): { p: number; t: number; w: number }[] =>
  rows.flatMap(({ p, t, w }) => p.map((one, c) => ({ p: one, t: t.length === 1 ? +(t[0] === c) : t[c], w })));
const total = (all: { w: number }[]): number => all.reduce((sum, { w }) => sum + w, 0);
const precision = (rows: Counted[]): number => {
  const said = flat(rows).filter(({ p }) => p > 0.5);
  return total(said.filter(({ t }) => t === 1)) / total(said);
};
const recall = (rows: Counted[]): number => {
  const there = flat(rows).filter(({ t }) => t === 1);
  return total(there.filter(({ p }) => p > 0.5)) / total(there);
};
/** Every yes against every no. */
const pairwise = (rows: Counted[]): number => {
  let [won, all] = [0, 0];
  const each = flat(rows);
  for (const yes of each.filter(({ t }) => t === 1)) {
    for (const no of each.filter(({ t }) => t === 0)) {
      all += yes.w * no.w;
      won += yes.w * no.w * (yes.p > no.p ? 1 : yes.p === no.p ? 0.5 : 0);
    }
  }
  return won / all;
};
const averagePrecision = (rows: Counted[]): number => {
  const each = flat(rows);
  const thresholds = [...new Set(each.map(({ p }) => p))].sort((a, b) => b - a);
  const there = total(each.filter(({ t }) => t === 1));
  let [sum, before] = [0, 0];
  for (const threshold of thresholds) {
    const said = each.filter(({ p }) => p >= threshold);
    const right = total(said.filter(({ t }) => t === 1));
    sum += ((right - before) / there) * (right / total(said));
    before = right;
  }
  return sum;
};
const f1 = (rows: Counted[], says: (row: Counted, c: number) => boolean, average: string): number => {
  const is = ({ t }: Counted, c: number): boolean => (t.length === 1 ? t[0] === c : t[c] === 1);
  const scores = Array.from({ length: V }, (_, c) => {
    const both = total(rows.filter((row) => says(row, c) && is(row, c)));
    const said = total(rows.filter((row) => says(row, c)));
    const there = total(rows.filter((row) => is(row, c)));
    return { both, said, there, f1: both === 0 ? 0 : (2 * both) / (said + there) };
  });
  const sum = (of: (score: (typeof scores)[number]) => number): number =>
    scores.reduce((all, score) => all + of(score), 0);
  if (average === 'micro')
    return (2 * sum(({ both }) => both)) / (sum(({ said }) => said) + sum(({ there }) => there));
  if (average === 'weighted') return sum((score) => score.f1 * score.there) / sum(({ there }) => there);
  return sum((score) => score.f1) / V;
};
const largestSays = (row: Counted, c: number): boolean => argmax(row.z) === c;

const ofClasses: [MetricChoice, (rows: Counted[]) => number][] = [
  [
    'accuracy',
    (rows) => weightedMean(rows, ({ z, t }) => +(argmax(z) === (t.length === 1 ? t[0] : argmax(t)))),
  ],
  [
    new TopKCategoricalAccuracy({ k: 2 }),
    (rows) =>
      weightedMean(rows, ({ z, t }) => {
        const ranked = z.map((_, c) => c).sort((a, b) => z[b] - z[a]);
        return +ranked.slice(0, 2).includes(t.length === 1 ? t[0] : argmax(t));
      }),
  ],
  ['precision', precision],
  ['recall', recall],
  ['f1Score', (rows) => f1(rows, largestSays, 'macro')],
  [new F1Score({ average: 'micro', name: 'micro' }), (rows) => f1(rows, largestSays, 'micro')],
  [new F1Score({ average: 'weighted', name: 'weighted' }), (rows) => f1(rows, largestSays, 'weighted')],
  ['auc', pairwise],
  [new AUC({ curve: 'PR', name: 'pr' }), averagePrecision],
  [
    'perplexity',
    (rows) => Math.exp(weightedMean(rows, ({ p, t }) => -Math.log(p[t.length === 1 ? t[0] : argmax(t)]))),
  ],
  [
    new Precision({ classId: 2, threshold: 0.3, name: 'second' }),
    (rows) => {
      const said = rows.filter(({ p }) => p[2] > 0.3);
      return total(said.filter(({ t }) => (t.length === 1 ? t[0] === 2 : t[2] === 1))) / total(said);
    },
  ],
];

interface Kind {
  loss: LossChoice;
  y: Tensor;
  activation?: 'softmax' | 'sigmoid';
  probabilities: (z: number[]) => number[];
  metrics: [MetricChoice, (rows: Counted[]) => number][];
}

const asTheyAre = (z: number[]): number[] => z;
const kinds: Record<string, Kind> = {
  'classes from logits': {
    loss: 'sparseCategoricalCrossentropy',
    y: classes,
    probabilities: softmax,
    metrics: [...ofClasses, ['sparseCategoricalAccuracy', ofClasses[0][1]]],
  },
  'shares of classes from softmax': {
    loss: 'categoricalCrossentropy',
    y: oneHot,
    activation: 'softmax',
    probabilities: asTheyAre,
    metrics: [...ofClasses, ['categoricalAccuracy', ofClasses[0][1]]],
  },
  'bits from logits': {
    loss: 'binaryCrossentropy',
    y: bits,
    probabilities: sigmoid,
    metrics: [
      [
        'accuracy',
        (rows) => weightedMean(rows, ({ z, t }) => z.filter((one, c) => +(one > 0) === t[c]).length / V),
      ],
      [
        new BinaryAccuracy({ threshold: 0.6 }),
        (rows) => weightedMean(rows, ({ p, t }) => p.filter((one, c) => +(one > 0.6) === t[c]).length / V),
      ],
      ['precision', precision],
      ['recall', recall],
      ['auc', pairwise],
      [new F1Score({ threshold: 0.4 }), (rows) => f1(rows, ({ p }, c) => p[c] > 0.4, 'macro')],
      [
        new Recall({ classId: 0, name: 'first' }),
        (rows) => {
          const there = rows.filter(({ t }) => t[0] === 1);
          return total(there.filter(({ p }) => p[0] > 0.5)) / total(there);
        },
      ],
    ],
  },
  values: {
    loss: 'huber',
    y: values,
    probabilities: asTheyAre,
    metrics: [
      [
        'meanAbsoluteError',
        (rows) =>
          weightedMean(rows, ({ z, t }) => z.reduce((sum, one, c) => sum + Math.abs(one - t[c]) / V, 0)),
      ],
      [
        'meanSquaredError',
        (rows) => weightedMean(rows, ({ z, t }) => z.reduce((sum, one, c) => sum + (one - t[c]) ** 2 / V, 0)),
      ],
    ],
  },
};

const opened: Model[] = [];
const folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-metrics-'));
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const nameOf = (metric: MetricChoice): string => (typeof metric === 'string' ? metric : metric.name);

function network(
  { loss, activation, metrics }: Pick<Kind, 'loss' | 'activation' | 'metrics'>,
  engine: 'reference' | 'wasm' | 'gpu:webasm',
  { learningRate = 1e-30, masked = false } = {},
): Sequential {
  const layers: Layer[] = [
    ...(masked ? [new Masking()] : []),
    new GRU({ units: 6, returnSequences: true }),
    new Dense({ units: V, kernelInitializer: 'heNormal', ...(activation && { activation }) }),
  ];
  const model = new Sequential(layers, { engine, seed: 3 });
  model.compile({ loss, optimizer: new SGD({ learningRate }), metrics: metrics.map(([metric]) => metric) });
  opened.push(model);
  return model;
}

function expectFigures(found: Record<string, number>, kind: Kind, rows: Counted[]): void {
  expect(Object.keys(found)).toEqual(kind.metrics.map(([metric]) => nameOf(metric)));
  for (const [metric, naive] of kind.metrics) {
    const wanted = naive(rows);
    expect(Math.abs(found[nameOf(metric)] - wanted) / Math.max(1, wanted), nameOf(metric)).toBeLessThan(1e-6);
  }
}

describe.each(['reference', 'wasm', 'gpu:webasm'] as const)('metrics on %s', (engine) => {
  it.each(Object.keys(kinds))('over batches are those over all examples at once: %s', async (title) => {
    const kind = kinds[title];
    const model = network(kind, engine);
    const options = { sampleWeight, lengths };
    const inBatches = await model.evaluateAll(x, kind.y, { ...options, batchSize: 5 });
    const atOnce = await model.evaluateAll(x, kind.y, { ...options, batchSize: N });
    const rows = counted(await model.predict(x, { lengths }), kind.y, kind.probabilities, true);
    // Some weights are 0, some steps beyond the lengths.
    expect(rows.length).toBeLessThan(lengths.reduce((a, b) => a + b));
    expectFigures(inBatches.metrics!, kind, rows);
    expectFigures(atOnce.metrics!, kind, rows);
    // At so small a rate the epoch's own figures are those of one state.
    const { metrics } = await model.fit(x, kind.y, { ...options, batchSize: 5 });
    expectFigures(
      Object.fromEntries(Object.entries(metrics!).map(([name, [one]]) => [name, one])),
      kind,
      rows,
    );
  });
});

describe('metrics', () => {
  it('heed a mask that only the values show', async () => {
    const kind = kinds['classes from logits'];
    const model = network(kind, 'reference', { masked: true });
    const { metrics } = await model.evaluateAll(zeroed, classes, { batchSize: 4 });
    expectFigures(metrics!, kind, counted(await model.predict(zeroed), classes, softmax, false));
  });

  it('change nothing of the training, and stand in reports and histories', async () => {
    const { loss, y } = kinds['classes from logits'];
    const plain = new Sequential(
      [new GRU({ units: 6, returnSequences: true }), new Dense({ units: V, kernelInitializer: 'heNormal' })],
      { engine: 'wasm', seed: 3 },
    );
    opened.push(plain);
    plain.compile({ loss, optimizer: new SGD({ learningRate: 0.1 }) });
    const options: FitOptions = { epochs: 3, batchSize: 4, validationSplit: 0.3 };
    const wanted = await plain.fit(x, y, options);
    expect(wanted).not.toHaveProperty('metrics');
    const model = network(kinds['classes from logits'], 'wasm', { learningRate: 0.1 });
    const reports: EpochReport[] = [];
    const history = await model.fit(x, y, { ...options, onEpoch: (report) => reports.push(report) });
    expect(history.loss).toEqual(wanted.loss);
    expect(history.validationLoss).toEqual(wanted.validationLoss);
    expect(model.toBytes()).toEqual(plain.toBytes());
    expect(history.metrics!['accuracy']).toHaveLength(3);
    expect(reports.map(({ metrics }) => metrics!['auc'])).toEqual(history.metrics!['auc']);
    expect(reports.map(({ validationMetrics }) => validationMetrics!['auc'])).toEqual(
      history.validationMetrics!['auc'],
    );
    // The last validation is of the weights that are left.
    const held = [Math.floor(N * 0.7) + 1, N] as const;
    const { metrics } = await model.evaluateAll(rowsBetween(x, ...held), rowsBetween(y, ...held), {
      batchSize: 4,
    });
    expect(history.validationMetrics!['auc'][2]).toBeCloseTo(metrics!['auc'], 12);
  });

  it('do not count class weights', async () => {
    const kind = kinds['classes from logits'];
    const model = network(kind, 'reference');
    const weighed = await model.fit(x, classes, { classWeight: { 0: 9 }, sampleWeight });
    const { metrics } = await model.evaluateAll(x, classes, { sampleWeight });
    expect(weighed.metrics!['accuracy'][0]).toBeCloseTo(metrics!['accuracy'], 12);
  });

  it('of several outputs are named behind their layers', async () => {
    const build = (metrics: object): Model => {
      const from = input({ shape: [T, D] });
      const h = new GRU({ units: 3, returnSequences: true }).apply(from);
      const outputs = [
        new Dense({ units: V, name: 'a' }).apply(h),
        new Dense({ units: V, name: 'b' }).apply(h),
      ];
      const model = new Model({ inputs: from, outputs }, { engine: 'reference', seed: 1 });
      opened.push(model);
      model.compile({
        loss: ['sparseCategoricalCrossentropy', 'huber'],
        optimizer: new SGD({ learningRate: 0.1 }),
        metrics: metrics as never,
      });
      return model;
    };
    const listed = await build([['accuracy', 'auc'], ['mae']]).evaluateAll(x, [classes, values]);
    expect(Object.keys(listed.metrics!)).toEqual(['aAccuracy', 'aAuc', 'bMeanAbsoluteError']);
    const one = await build({ b: ['mean_absolute_error'] }).evaluateAll(x, [classes, values]);
    expect(one.metrics).toEqual({ bMeanAbsoluteError: listed.metrics!['bMeanAbsoluteError'] });
    const { metrics } = await build({ b: ['mae'] }).fit(x, [classes, values]);
    expect(Object.keys(metrics!)).toEqual(['bMeanAbsoluteError']);
    expect(() => build(['accuracy'])).toThrow('The model has 2 outputs; metrics for 1 were given.');
    expect(() => build({ c: [] })).toThrow('compile: metrics names the output "c"');
  });

  it('of a run that is resumed are those of one that was not', async () => {
    const checkpoint = path.join(folder, 'run.safetensors');
    const kind = kinds['classes from logits'];
    const options: FitOptions = { batchSize: 4, epochs: 4, validationSplit: 0.2, sampleWeight };
    const resumable: FitOptions = {
      ...options,
      checkpoint: { path: checkpoint, everySteps: 1 },
      resume: true,
    };
    const whole = network(kind, 'wasm', { learningRate: 0.2 });
    const expected = await whole.fit(x, classes, options);
    for (const stopAt of [3, 9]) {
      const control = new AbortController();
      let batches = 0;
      const { stopped } = await network(kind, 'wasm', { learningRate: 0.2 }).fit(x, classes, {
        ...resumable,
        signal: control.signal,
        onBatch: () => void (++batches === stopAt && control.abort()),
      });
      expect(stopped).toBe(true);
    }
    const resumed = network(kind, 'wasm', { learningRate: 0.2 });
    expect(await resumed.fit(x, classes, resumable)).toEqual(expected);
    expect(resumed.toBytes()).toEqual(whole.toBytes());
    const other = network({ ...kind, metrics: [['accuracy', () => 0]] }, 'wasm', { learningRate: 0.2 });
    await expect(other.fit(x, classes, resumable)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('What differs: metrics'),
    });
  });

  it('of a class with one kind of answer are 0, as Keras has them', async () => {
    const model = network(
      {
        loss: 'binaryCrossentropy',
        metrics: [
          ['precision', () => 0],
          ['recall', () => 0],
          ['f1Score', () => 0],
          ['auc', () => 0],
        ],
      },
      'reference',
    );
    const none: Tensor = { data: new Float64Array(N * T * V), shape: [N, T, V] };
    const { metrics } = await model.evaluateAll(x, none);
    expect(metrics).toEqual({ precision: 0, recall: 0, f1Score: 0, auc: 0 });
  });

  it("may be one's own", async () => {
    /** The share of rows whose answer is not the first class. */
    class NotFirst extends MeanMetric {
      readonly name = 'notFirst';
      override rowValue({ outputs, features }: MetricRows, row: number): number {
        return +(argmax(Array.from(outputs.slice(row * features, (row + 1) * features))) !== 0);
      }
    }
    /** Without a state for checkpoints. */
    class RowCount extends Metric {
      readonly name = 'rowCount';
      rows = 0;
      update({ count }: MetricRows): void {
        this.rows += count;
      }
      result(): number {
        return this.rows;
      }
    }
    const metrics: Kind['metrics'] = [
      [new NotFirst(), (rows) => weightedMean(rows, ({ z }) => +(argmax(z) !== 0))],
      [new RowCount(), (rows) => rows.length],
    ];
    const kind = { ...kinds['classes from logits'], metrics };
    const model = network(kind, 'reference');
    const rows = counted(await model.predict(x, { lengths }), classes, softmax, true);
    for (let twice = 0; twice < 2; twice++) {
      const found = await model.evaluateAll(x, classes, { lengths, sampleWeight, batchSize: 6 });
      expectFigures(found.metrics!, kind, rows);
    }
    const checkpoint = { path: path.join(folder, 'own.safetensors'), everySteps: 1 };
    const before = model.toBytes();
    await expect(model.fit(x, classes, { checkpoint })).rejects.toMatchObject({
      code: 'usage',
      message: 'The metric rowCount has no getState and setState, which a checkpoint needs.',
    });
    expect(model.toBytes()).toEqual(before);
  });

  it('that lack what they need are refused by compile', () => {
    class Plain extends Metric {
      readonly name: string = 'plain';
      update(): void {}
      result(): number {
        return 0;
      }
    }
    const without = (method: string): Metric => Object.assign(new Plain(), { [method]: undefined });
    class Above extends Plain {
      constructor(readonly limit: number) {
        super();
      }
    }
    class Copied extends Above {
      override copy(): Metric {
        return new Copied(this.limit);
      }
    }
    class Mean extends MeanMetric {
      readonly name = 'mean';
      rowValue = undefined as never;
    }
    const compile = (metric: Metric): void =>
      new Sequential([new Dense({ units: V })]).compile({
        ...{ loss: 'mse', optimizer: 'sgd', metrics: [metric] },
      });
    expect(() => compile(without('update'))).toThrow('update of the metric plain must be a function');
    expect(() => compile(without('result'))).toThrow('result of the metric plain must be a function');
    expect(() => compile(new Mean())).toThrow('rowValue of the metric mean must be a function');
    expect(() => compile(Object.assign(new Plain(), { direction: 'maximum' }))).toThrow(
      'direction of the metric plain must be "max" or "min", not "maximum"',
    );
    expect(() => compile(new Above(2))).toThrow('its method options does not tell');
    expect(() => compile(new Copied(2))).not.toThrow();
    expect(() => compile(new Plain())).not.toThrow();
  });

  it.each(['ROC', 'PR'] as const)('under a curve (%s) are NaN where the model gives NaN', async (curve) => {
    const model = new Sequential([new Dense({ units: 1 })], { engine: 'wasm' });
    model.compile({ loss: 'binaryCrossentropy', optimizer: 'sgd', metrics: [new AUC({ curve })] });
    const rows: Tensor = { data: Float32Array.from([1, 0, NaN, 1, 0, 1]), shape: [3, 2] };
    const targets: Tensor = { data: Float32Array.from([1, 0, 1]), shape: [3, 1] };
    const { metrics } = await model.evaluateAll(rows, targets);
    expect(metrics).toEqual({ auc: NaN });
  });

  it.each<[string, Partial<Kind> & { y?: Tensor }, string]>([
    [
      'perplexity of values',
      { loss: 'huber', y: values, metrics: [['perplexity', () => 0]] },
      'The metric perplexity needs a cross-entropy of classes',
    ],
    [
      'an error of classes',
      { metrics: [['mae', () => 0]] as never },
      "The metric meanAbsoluteError needs targets that are values like the output's features.",
    ],
    [
      'a class that there is not',
      { metrics: [[new Precision({ classId: 4 }), () => 0]] },
      'The metric precision counts the class 4; they go from 0 to 3.',
    ],
  ])('that cannot be counted are refused before the first step: %s', async (_, changes, message) => {
    const kind = { ...kinds['classes from logits'], ...changes };
    const model = network(kind, 'reference', { learningRate: 0.5 });
    await model.build([T, D]);
    const before = model.toBytes();
    await expect(model.fit(x, kind.y)).rejects.toThrow(message);
    expect(model.toBytes()).toEqual(before);
  });

  it('of a loss over sequences are refused', async () => {
    const model = network({ loss: 'ctc', metrics: [['accuracy', () => 0]] }, 'reference');
    const y: Tensor = { data: new Float64Array(N).fill(1), shape: [N, 1] };
    await expect(model.fit(x, y)).rejects.toThrow(
      'The metric accuracy is counted by rows; ctc has one target',
    );
  });

  it.each<[string, unknown, string]>([
    ['a name that is none', ['accurracy'], 'compile: metrics[0] must be one of "accuracy", '],
    ['a class', [AUC], 'compile: metrics[0] must be'],
    ['a name alone', 'accuracy', 'compile: metrics must be an array of metrics, not "accuracy".'],
    ['two of one name', ['auc', new AUC({ curve: 'PR' })], 'compile: metrics has two metrics named "auc".'],
  ])('are checked by compile: %s', (_, metrics, message) => {
    const model = new Sequential([new Dense({ units: V })], { engine: 'reference' });
    const compile = (): void => model.compile({ loss: 'mse', optimizer: 'sgd', metrics: metrics as never });
    expect(compile).toThrow(message);
  });
});

describe('earlyStopping by a metric', () => {
  const fit = (options: FitOptions) =>
    network(kinds['classes from logits'], 'reference', { learningRate: 0.3 }).fit(x, classes, options);

  it.each([
    ['accuracy', 'metrics', Math.max],
    ['validationAccuracy', 'validationMetrics', Math.max],
    ['val_perplexity', 'validationMetrics', Math.min],
  ] as const)('goes by %s', async (monitor, where, better) => {
    const free = await fit({ epochs: 12, validationSplit: 0.3, batchSize: 8 });
    const name = monitor === 'val_perplexity' ? 'perplexity' : 'accuracy';
    const course = free[where]![name];
    // The first epoch after which two in a row bring nothing better.
    let [best, end] = [0, course.length];
    for (let epoch = 0; epoch < course.length; epoch++) {
      if (
        epoch === 0 ||
        (course[epoch] !== course[best] && better(course[epoch], course[best]) === course[epoch])
      )
        best = epoch;
      if (epoch - best >= 2) {
        end = epoch + 1;
        break;
      }
    }
    const history = await fit({
      epochs: 12,
      validationSplit: 0.3,
      batchSize: 8,
      earlyStopping: { monitor, patience: 2 },
    });
    expect(history.bestEpoch).toBe(best + 1);
    expect(history.loss).toHaveLength(end);
  });

  it('refuses what is not counted', async () => {
    await expect(fit({ earlyStopping: { monitor: 'recal' } })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining(
        'fit: earlyStopping: monitor must be one of "validationLoss", "loss", "validationAccuracy", "accuracy"',
      ),
    });
    await expect(fit({ earlyStopping: { monitor: 'validationAuc' } })).rejects.toMatchObject({
      code: 'usage',
      message: 'earlyStopping watches validationAuc, but nothing is held back.',
    });
  });
});
