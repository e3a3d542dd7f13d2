import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  Dense,
  gradientCheck,
  GRU,
  Masking,
  Model,
  input,
  Sequential,
  type Layer,
} from '../../src/rnn/index.js';
import { gradientCheckOn } from '../../src/rnn/gradient-check/gradient-check.js';
import { expectExactGradients } from '../support/exact-gradients.js';
import { normals } from '../support/random-tensors.js';
import { fencesOf } from '../support/readme-fences.js';
// @ts-expect-error A file of JavaScript, as the page shows it.
import { GatedLinearUnit as Untyped } from './gated-linear-unit.mjs';

const GatedLinearUnit = Untyped as new (options: { units: number; name?: string }) => Layer;
const own = { GatedLinearUnit: (options: never) => new GatedLinearUnit(options) };
const [N, T, D, F] = [3, 4, 5, 6];
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs code of a page, which ends where it prints or asserts. */
async function run(name: string, code: string): Promise<void> {
  const file = path.join(folder, name);
  writeFileSync(file, code);
  await import(/* @vite-ignore */ file);
}

describe('docs/add-a-layer.md', () => {
  const page = readFileSync(new URL('../../docs/add-a-layer.md', import.meta.url), 'utf8');
  it.each(['gated-linear-unit.mjs', 'letter-embedding.mjs'])('shows %s as it is tested here', (name) => {
    const file = readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
    expect(page).toContain('```js\n' + file + '```');
  });

  it('checks the gradients, and finds none wrong', async () => {
    const check = fencesOf('docs/add-a-layer.md').find(({ code }) => code.includes('gradientCheck('));
    writeFileSync(
      path.join(folder, 'gated-linear-unit.js'),
      readFileSync(new URL('./gated-linear-unit.mjs', import.meta.url)),
    );
    const assert = vi.spyOn(console, 'assert').mockImplementation(() => undefined);
    await run('check.js', check!.code);
    expect(assert.mock.calls.map(([holds, name]) => [name, holds])).toEqual(
      ['gatedlinearunit/kernel', 'gatedlinearunit/bias', 'x', 'overall'].map((name) => [name, true]),
    );
    assert.mockRestore();
  });

  it('names files that are there', () => {
    const files = [...page.matchAll(/`((?:src|test)\/[\w/.-]+)`/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(8);
    for (const file of files.filter((name) => !name.endsWith('layers/gated-linear-unit.ts'))) {
      expect(() => readFileSync(new URL(`../../${file}`, import.meta.url)), file).not.toThrow();
    }
  });
});

describe('docs/layers.md', () => {
  const snippets = fencesOf('docs/layers.md').filter(({ mark }) => mark === 'quick');
  it.each(snippets.map(({ code }, i) => [i + 1, code] as const))('snippet %i', async (i, code) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await run(`snippet-${i}.ts`, code);
    const [[printed]] = log.mock.calls;
    log.mockRestore();
    // What a comment says is printed, or a loss.
    if (/console\.log\(.*\); \/\//.test(code)) expect(code).toContain(`// ${inspect(printed)}`);
    else expect(printed).toBeLessThan(0.2);
  });
});

describe("a layer of one's own", () => {
  const x = normals(1, N, T, D);
  it('has the gradients of finite differences, used twice and under a mask', () => {
    const shared = (): Layer[] => [
      new Masking(),
      new GatedLinearUnit({ units: F }),
      new GRU({ units: 2, returnSequences: true }),
      new GatedLinearUnit({ units: 3 }),
    ];
    const padded = { ...x, data: x.data.map((value, i) => (i >= 2 * T * D + 2 * D ? 0 : value)) };
    const given = { loss: 'meanSquaredError', x: padded, y: normals(2, N, T, 3), weightNoise: 0.3 } as const;
    expectExactGradients("a layer of one's own", gradientCheck(shared(), given));
  });

  it('has them on wasm too', async () => {
    const given = { loss: 'meanSquaredError', x, y: normals(2, N, T, F), weightNoise: 0.3 } as const;
    const errors = await gradientCheckOn('wasm', [new GatedLinearUnit({ units: F })], given);
    for (const { name, relativeError } of errors) expect(relativeError, name).toBeLessThan(1e-4);
  });

  it('computes the equation', async () => {
    const layer = new GatedLinearUnit({ units: 1 });
    const model = new Sequential([layer], { engine: 'reference' });
    await model.build([2]);
    layer.setWeights([
      [1, 3, 2, 4],
      [0.5, -0.5],
    ]);
    const { data } = await model.predict([[0.1, 0.2]]);
    expect(data[0]).toBeCloseTo((0.1 + 0.4 + 0.5) / (1 + Math.exp(-(0.3 + 0.8 - 0.5))), 6);
  });

  it('trains, is saved and opened, in a Sequential and in a graph', async () => {
    const inGraph = input({ shape: [T, D] });
    const shared = new GatedLinearUnit({ units: D });
    const outputs = new Dense({ units: 2 }).apply(shared.apply(shared.apply(inGraph)));
    const models = [
      new Sequential([new GatedLinearUnit({ units: F }), new Dense({ units: 2 })], { engine: 'wasm' }),
      new Model({ inputs: inGraph, outputs }, { engine: 'wasm' }),
    ];
    for (const model of models) {
      model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
      const first = await model.trainOnBatch(x, normals(3, N, T, 2));
      expect(await model.trainOnBatch(x, normals(3, N, T, 2))).toBeLessThan(first);
      const again = await Model.load(model.toBytes(), { engine: 'wasm', layers: own });
      expect([...(await again.predict(x)).data]).toEqual([...(await model.predict(x)).data]);
      await model.dispose();
      await again.dispose();
    }
  });
});
