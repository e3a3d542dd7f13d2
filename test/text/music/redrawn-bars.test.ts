import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { EventLoopYielder } from '../../../src/base/host/yield-to-event-loop.js';
import { Random } from '../../../src/base/math/random.js';
import { readTunes, TuneModel, type ComposedTune, type ComposeTuneOptions } from '../../../src/text/index.js';
import { outlineOf } from '../../../src/text/music/composition/outlines.js';
import { planOf } from '../../../src/text/music/composition/plan-of.js';
import { makeSideBySide } from '../../../src/text/music/composition/symbol-composition.js';
import { SymbolText } from '../../../src/text/music/composition/symbol-text.js';
import { makeTune, type TuneMaking } from '../../../src/text/music/composition/tune-making.js';
import { BarFillings } from '../../../src/text/music/form/bar-fillings.js';
import { distribution } from '../../../src/text/sampling/sampling.js';

const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
const model = new TuneModel({ units: 16, layers: 2, engine: 'wasm', threads: 1 });
beforeAll(() =>
  model.fit(
    tunes.filter((_, i) => i % 2 === 0),
    { batchSize: 4, seqLength: 32, epochs: 2, learningRate: 0.02, heldOut: 0 },
  ),
);
afterAll(() => model.dispose());

/** A tune in the making that notes what it is told. */
function* noted(making: TuneMaking, symbols: string[]): TuneMaking {
  symbols.length = 0;
  let ask = making.next();
  while (!ask.done) {
    const symbol = yield ask.value;
    symbols.push(symbol);
    ask = making.next(symbol);
  }
  return ask.value;
}

it('go on from the states that their bars began with: nats are those of a model that reads the tune at once', async () => {
  const { seen, text } = model;
  const table = new SymbolText(seen.symbols);
  const plan = planOf({ form: 'AABB', bars: 4 }, seen);
  const told = [1, 2, 3, 4].map((): string[] => []);
  const starts = told.map((symbols, i) => ({
    make: () =>
      noted(
        makeTune(plan, {
          symbols: seen.symbols,
          fillings: (meter: string) => new BarFillings(seen.fillings[meter]),
          ...outlineOf(seen, { seed: i, draw: 0, temperature: 1 }),
        }),
        symbols,
      ),
    random: new Random(i),
  }));
  const options = { temperature: 1, signal: undefined, maxRemoved: 0.3 };
  const made = await makeSideBySide(text, table, starts, options, new EventLoopYielder());
  let redrawn = 0;
  for (const [i, tune] of made.entries()) {
    if (!tune || 'reason' in tune) continue;
    redrawn += tune.redrawn.bars;
    // It gave up the choice for which it went back, at least.
    expect(tune.redrawn.choices).toBeGreaterThanOrEqual(tune.redrawn.bars);
    if (tune.redrawn.bars > 0) expect(tune.redrawn.removed).toBeGreaterThan(0);
    const stepper = text.stepper();
    let logits = stepper.step(text.vocabulary.encode(table.character('end'))).slice();
    let nats = 0;
    for (const symbol of told[i]) {
      const character = table.character(symbol);
      const [token] = text.vocabulary.encode(character);
      if (/^(same |z:|-?\d+[_^]*-?:)/.test(symbol)) nats -= Math.log(distribution(logits)[token]);
      logits = stepper.step([token]).slice();
    }
    stepper.dispose();
    expect(tune.nats / nats).toBeCloseTo(1, 5);
  }
  expect(redrawn).toBeGreaterThan(3);
});

interface Taken {
  removed: number;
  bars: number;
  tunes: ComposedTune[];
}

async function takenFrom(from: TuneModel, asked: ComposeTuneOptions): Promise<Taken> {
  const made = await from.compose(asked);
  const sum = (each: (tune: ComposedTune) => number): number =>
    made.reduce((all, tune) => all + each(tune), 0);
  const choices = sum(({ characters }) => characters);
  const removed = sum((tune) => tune.removed * tune.characters) / choices;
  return { removed, bars: sum(({ redrawn }) => redrawn!.bars), tunes: made };
}

it('leave less for the constraint to take', async () => {
  const shipped = await TuneModel.load(packageFile('data/tunes/seqkit-tunes.safetensors'));
  const asked = { count: 10, seed: 20, type: 'jig' };
  // Its file is older, and composes as it did.
  const [never, tenth] = [
    await takenFrom(shipped, asked),
    await takenFrom(shipped, { ...asked, maxRemoved: 0.1 }),
  ];
  expect(never.bars).toBe(0);
  expect(tenth.bars).toBeGreaterThan(5);
  expect(tenth.removed).toBeLessThan(0.8 * never.removed);
  await shipped.dispose();
});

it('come where more than half is taken, and each tune is that of its seed whatever goes back beside it', async () => {
  const asked = { count: 3, seed: 21, type: 'jig', form: 'A', bars: 4 };
  const half = await takenFrom(model, { ...asked, maxRemoved: 0.5 });
  expect(half.bars).toBeGreaterThan(0);
  expect((await takenFrom(model, asked)).tunes).toEqual(half.tunes);
  expect((await takenFrom(model, { ...asked, maxRemoved: 1 })).bars).toBe(0);
  const [alone] = await model.compose({ ...asked, count: 1, seed: 23 });
  expect(half.tunes[2].text.replace(/^T:.*/m, '')).toBe(alone.text.replace(/^T:.*/m, ''));
  await expect(model.compose({ maxRemoved: 0 })).rejects.toThrow('maxRemoved');
});
