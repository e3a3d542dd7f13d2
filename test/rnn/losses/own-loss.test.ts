import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import {
  Dense,
  gradientCheck,
  gradientCheckOn,
  Loss,
  Masking,
  Sequential,
  SGD,
  type LossOperands,
  type LossTargets,
  type Trace,
  type TracedLoss,
} from '../../../src/rnn/index.js';
import { expectExactGradients } from '../../support/exact-gradients.js';
import { normals } from '../../support/random-tensors.js';
import { fencesOf } from '../../support/readme-fences.js';
// @ts-expect-error A file of JavaScript, as the page shows it.
import { LogCosh as Untyped } from './log-cosh.mjs';

const LogCosh = Untyped as new () => Loss;
const [N, T, D, F] = [3, 4, 5, 6];
const [x, y] = [normals(1, N, T, D), normals(2, N, T, F)];
const sampleWeight = { data: Float64Array.of(0.5, 0, 2), shape: [N] };
const engines = ['reference', 'wasm', 'gpu:webasm'] as const;

it('docs/add-a-loss.md shows the file that is tested here', () => {
  const page = readFileSync(new URL('../../../docs/add-a-loss.md', import.meta.url), 'utf8');
  const file = readFileSync(new URL('./log-cosh.mjs', import.meta.url), 'utf8');
  expect(page).toContain('```js\n' + file + '```');
});

it('docs/add-a-loss.md checks the gradients, and finds none wrong', async () => {
  const check = fencesOf('docs/add-a-loss.md').find(({ code }) => code.includes('gradientCheck('));
  const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-losses-'));
  copyFileSync(fileURLToPath(new URL('./log-cosh.mjs', import.meta.url)), path.join(folder, 'log-cosh.js'));
  const file = path.join(folder, 'check.js');
  writeFileSync(file, check!.code);
  const assert = vi.spyOn(console, 'assert').mockImplementation(() => undefined);
  await import(/* @vite-ignore */ file);
  expect(assert.mock.calls.map(([holds, name]) => [name, holds])).toEqual(
    ['dense/bias', 'dense/kernel', 'x', 'overall'].map((name) => [name, true]),
  );
  assert.mockRestore();
  rmSync(folder, { recursive: true });
});

describe("a loss of one's own", () => {
  it('has the gradients of finite differences, on every engine', async () => {
    const options = { loss: new LogCosh(), x, y, sampleWeight, batchSize: N + 2 };
    expectExactGradients("a loss of one's own", gradientCheck([new Dense({ units: F })], options));
    for (const engine of ['wasm', 'gpu:webasm'] as const) {
      const errors = await gradientCheckOn(engine, [new Dense({ units: F })], options);
      for (const { name, relativeError } of errors)
        expect(relativeError, `${engine} ${name}`).toBeLessThan(1e-5);
    }
  });

  it.each(engines)('gives the mean of log cosh, on %s', async (engine) => {
    const model = new Sequential([new Dense({ units: F })], { engine });
    model.compile({ loss: new LogCosh(), optimizer: new SGD() });
    const found = await model.evaluate(x, y, { sampleWeight, batchSize: 2 });
    const { data } = await model.predict(x);
    const weights = sampleWeight.data;
    const wanted = Float64Array.from(data).reduce(
      (sum, z, i) => sum + weights[Math.floor(i / (T * F))] * Math.log(Math.cosh(z - y.data[i])),
      0,
    );
    expect(found).toBeCloseTo(wanted / (N * T * F), 5);
    await model.dispose();
  });

  it.each(engines)('may find anything in the targets of masked steps, on %s', async (engine) => {
    const padded = { ...x, data: x.data.map((value, i) => (i % (T * D) >= 2 * D ? 0 : value)) };
    const losses = [];
    for (const filling of [0, NaN]) {
      const model = new Sequential([new Masking(), new Dense({ units: F })], { engine, seed: 1 });
      model.compile({ loss: new LogCosh(), optimizer: new SGD() });
      const data = Float64Array.from(y.data, (value, i) => (i % (T * F) >= 2 * F ? filling : value));
      const history = await model.fit(padded, { ...y, data }, { epochs: 2 });
      losses.push(history.loss);
      await model.dispose();
    }
    expect(losses[0].every(Number.isFinite)).toBe(true);
    expect(losses[1]).toEqual(losses[0]);
  });
});

/** A loss whose trace returns what it is told. */
class Odd extends Loss {
  override readonly name: string;
  override readonly targets: LossTargets;
  constructor(
    readonly traced: (trace: Trace, operands: LossOperands) => unknown,
    { name = 'odd', targets = 'values' }: { name?: string; targets?: string } = {},
  ) {
    super();
    this.name = name;
    this.targets = targets as LossTargets;
  }

  override trace(trace: Trace, operands: LossOperands): TracedLoss {
    return this.traced(trace, operands) as TracedLoss;
  }
}

describe("a loss of one's own that is wrong says how", () => {
  const compile = (loss: unknown): Sequential => {
    const model = new Sequential([new Dense({ units: F })], { engine: 'reference' });
    model.compile({ loss: loss as Loss, optimizer: new SGD() });
    return model;
  };

  it.each<[string, () => unknown, string]>([
    ['the class', () => LogCosh, 'compile: loss must be one of '],
    [
      'no name',
      () => new Odd(() => undefined, { name: '' }),
      'compile: loss: the name of a Loss must be text',
    ],
    [
      'targets of no kind',
      () => new Odd(() => undefined, { targets: 'numbers' }),
      'compile: loss: what targets "odd" takes must be "values", "classes", "labels" or "none", not "numbers".',
    ],
  ])('by compile: %s', (_, make, message) => {
    expect(() => compile(make())).toThrow(message);
  });

  it.each<[string, Odd, string]>([
    ['nothing', new Odd(() => undefined), `returns as losses must be a matrix (${N * T}, 1), not undefined.`],
    [
      'a gradient of another shape',
      new Odd((trace) => ({ losses: trace.temporary(N * T, 1), gradient: trace.temporary(N * T, 1) })),
      `What trace of the loss odd returns as gradient must be a matrix (${N * T}, ${F}), not (${N * T}, 1).`,
    ],
    [
      'targets that it does not take',
      new Odd((_, { targets }) => targets, { targets: 'none' }),
      'The loss odd takes no targets, and yet asks for them.',
    ],
  ])('by fit: %s', async (_, loss, message) => {
    await expect(compile(loss).fit(x, y, { batchSize: N })).rejects.toThrow(message);
  });
});
