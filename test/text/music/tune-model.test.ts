import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { barTicks, unitTicks, WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { TuneGrammar } from '../../../src/text/music/notation/tune-grammar.js';
import { writtenBars, type Melody } from '../../../src/text/music/form/melody.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import {
  MusicModel,
  openComposer,
  playFaults,
  readTunes,
  TextModel,
  TuneModel,
  tuneFigures,
  type ComposedTune,
  type Tune,
} from '../../../src/text/index.js';
import { Random } from '../../../src/base/math/random.js';
import { planOf } from '../../../src/text/music/composition/plan-of.js';
import { seenTunes } from '../../../src/text/music/composition/seen-tunes.js';
import { makeTune } from '../../../src/text/music/composition/tune-making.js';
import type { TunePlan } from '../../../src/text/music/composition/tune-plan.js';
import { BarFillings, seenFillings } from '../../../src/text/music/form/bar-fillings.js';
import { countedSections, melodySymbols, styleOf } from '../../../src/text/music/form/tune-symbols.js';
import { judgeTune, wrongBars } from './judge-tune.js';

const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
const fiddle = tunes.filter(({ type }) => ['jig', 'reel'].includes(type));

function read(abc: string): Tune {
  const { tunes: found, faults } = readTunes(abc);
  expect(faults, abc).toEqual([]);
  return found[0];
}

/** A tune that is made of a plan by chance alone, and the symbols that it was made of. */
function byChance(
  plan: TunePlan,
  symbols: readonly string[],
  melodies: readonly Melody[],
  seed: number,
): { melody: Melody; made: string[] } {
  const random = new Random(seed);
  const seen = seenFillings(melodies);
  const making = makeTune(plan, {
    symbols,
    fillings: (meter) => new BarFillings(seen[meter]),
    form: () => undefined,
    heading: () => undefined,
  });
  const made: string[] = [];
  let ask = making.next();
  while (!ask.done) {
    const { value } = ask;
    const may = value.symbol === undefined ? symbols.filter(value.allows) : [value.symbol];
    made.push(may[random.integer(may.length)]);
    ask = making.next(made.at(-1)!);
  }
  return { melody: ask.value, made };
}

it.each(['room', 'beats', 'chords'])(
  'makes tunes of the symbols that they are then told by, of %s',
  (told) => {
    const melodies = fiddle.map(readMelody);
    const style = styleOf(told === 'beats' ? [] : undefined, told === 'chords');
    const symbols = [...new Set(melodies.flatMap((melody) => melodySymbols(melody, style) as string[]))];
    const plan = planOf({ bars: 4 }, seenTunes(melodies, symbols));
    // Two bars may be alike by chance.
    const plain = (row: readonly string[]): string[] => row.map((each) => each.replace(/^same .*/, 'same'));
    for (const seed of [1, 2, 3, 4]) {
      const { melody, made } = byChance({ ...plan, eachBars: 4 }, [...symbols, 'bars 4'], melodies, seed);
      expect(plain(melodySymbols(melody, styleOf(symbols)) as string[])).toEqual(plain(made));
    }
  },
);

it('a section that takes up another is as long, however many bars that has', () => {
  const melodies = fiddle.map(readMelody);
  const symbols = [
    ...new Set(melodies.flatMap((melody) => melodySymbols(melody) as string[])),
    'bars 3',
    'bars 5',
  ];
  const plan = planOf({ form: 'ABA', key: 'D', meter: '4/4' }, seenTunes(melodies, symbols));
  const made = [1, 2, 3, 4, 5, 6].map((seed) => byChance(plan, symbols, melodies, seed).melody.sections);
  expect(new Set(made.map(([first]) => first.bars.length)).size).toBeGreaterThan(1);
  for (const [first, , last] of made) expect(last.bars).toEqual(first.bars);
});

describe('a tune model', () => {
  let model: TuneModel;
  beforeAll(async () => {
    model = new TuneModel({ cell: 'gru', units: 24, layers: 1 });
    await model.fit(fiddle, { batchSize: 4, seqLength: 32, epochs: 2, learningRate: 0.02, heldOut: 0 });
  });
  afterAll(() => model.dispose());

  it('composes tunes that parse and play, with bars that add up, though it has hardly learnt', async () => {
    const composed = await model.compose({ count: 20, seed: 2, temperature: 1.3 });
    expect(new Set(composed.map(({ text }) => text)).size).toBe(20);
    for (const { abc, removed, natsPerBar } of composed) {
      const tune = read(abc);
      const judged = await judgeTune(abc);
      expect(judged.warnings, abc).toEqual([]);
      expect(await playFaults(abc), abc).toEqual([]);
      expect(wrongBars(judged, barTicks(tune.meter) / WHOLE_TICKS), abc).toEqual([]);
      // The grammar of what is made up knows it too, to the last sign.
      const grammar = new TuneGrammar({ bar: barTicks(tune.meter), unit: unitTicks(tune.unit), exact: true });
      expect([...`${tune.body}\n`].map((c) => grammar.push(c)).find(Boolean), abc).toBeUndefined();
      expect(grammar.ended).toBe(true);
      expect(removed).toBeGreaterThan(0);
      expect(removed).toBeLessThan(1);
      expect(natsPerBar).toBeGreaterThan(0);
    }
  });

  it('draws the form of a tune from those of the training, and one form for all candidates', async () => {
    const forms = new Map<string, Set<string>>();
    const formOf = (tune: Tune): string =>
      countedSections(readMelody(tune))
        .map(({ kind, bars }) => `${kind} ${bars.length}`)
        .join(', ');
    for (const tune of fiddle) {
      const kind = `${tune.type} ${tune.meter}`;
      forms.set(kind, (forms.get(kind) ?? new Set()).add(formOf(tune)));
    }
    const composed = (await model.compose({ count: 12, seed: 30 })).map(({ abc }) => read(abc));
    for (const tune of composed) expect(forms.get(`${tune.type} ${tune.meter}`)).toContain(formOf(tune));
    const [one] = await model.compose({ seed: 31, type: 'reel' });
    const [best] = await model.compose({ seed: 31, type: 'reel', bestOf: 4 });
    expect(formOf(read(best.abc))).toBe(formOf(read(one.abc)));
    // Opening bars are a part of the first section, whatever its form.
    const opening = 'D2F2 A2d2|f2d2 A2F2|';
    for (const { abc } of await model.compose({ opening, key: 'D', meter: '4/4', type: 'reel', count: 3 })) {
      const tune = read(abc);
      expect(tune.body.replace(/\s/g, '')).toContain('D2F2A2d2|f2d2A2F2|');
      expect(forms.get('reel 4/4')).toContain(formOf(tune));
    }
  });

  it('says of an opening that it leaves nothing to go on with', async () => {
    const opening = 'D2F2 A2d2|f2d2 A2F2|'.repeat(8);
    const asked = { opening, key: 'D', meter: '4/4', type: 'reel' };
    await expect(model.compose(asked)).rejects.toThrow(
      'opening: it has 16 bars, and no section that the model has seen has more than 8.',
    );
    const [{ abc }] = await model.compose({ ...asked, bars: 18, sections: 1 });
    expect(countedSections(readMelody(read(abc)))[0].bars).toHaveLength(18);
  });

  it('composes as before without forms, as its first files are, and refuses damaged ones', async () => {
    const { forms, headings, ...first } = model.seen;
    expect(headings!.length).toBeGreaterThan(0);
    expect(forms!.length).toBeGreaterThan(0);
    const bytes = model.toBytes();
    const old = await TextModel.fromBytes(bytes);
    old.extra = { tunes: first };
    const tuneModel = TuneModel.of(old, 'old');
    const [made] = await tuneModel.compose({ seed: 3 });
    // No bar is drawn anew where files know nothing of it.
    expect(made.redrawn).toEqual({ bars: 0, choices: 0, removed: 0 });
    expect(await tuneModel.compose({ seed: 3, maxRemoved: 1 })).toEqual([made]);
    old.extra = { tunes: { ...first, forms, headings: [{ ...headings![0], tunes: 0 }] } };
    expect(() => TuneModel.of(old, 'old')).toThrow('What old says of the tunes');
    old.extra = { tunes: { ...first, forms: [{ ...forms![0], sections: [['once', -1]] }] } };
    expect(() => TuneModel.of(old, 'old')).toThrow('What old says of the tunes');
    await tuneModel.dispose();
  });

  it('takes only lengths that the training has at those places of the bar', async () => {
    const seen = new Map<string, Set<string>>();
    for (const [meter, rows] of Object.entries(model.seen.fillings)) {
      seen.set(meter, new Set(rows.map(([at, ticks]) => `${at} ${ticks}`)));
    }
    for (const { abc } of await model.compose({ count: 10, seed: 40, temperature: 2 })) {
      const tune = read(abc);
      for (const { notes, ticks, whole } of writtenBars(readMelody(tune))) {
        let at = 2 * ticks <= whole ? whole - ticks : 0;
        for (const note of notes) {
          expect(seen.get(tune.meter)).toContain(`${at} ${note.ticks}`);
          at += note.ticks;
        }
      }
    }
  });

  it.each([
    ['AABB', 8, [8, 8], [true, true]],
    ['AABBCC', 4, [4, 4, 4], [true, true, true]],
    ['ABA', 6, [6, 6, 6], [false, false, false]],
    ['AAB', 12, [12, 12], [true, false]],
  ])('writes the form %s of %i bars', async (form, bars, lengths, repeated) => {
    for (const { abc } of await model.compose({ form, bars, count: 3, seed: 5 })) {
      const { sections } = readMelody(read(abc));
      expect(sections.map((section) => section.repeated)).toEqual(repeated);
      const count = sections.map((section) =>
        Math.round(section.bars.reduce((sum, { ticks, whole }) => sum + ticks / whole, 0)),
      );
      expect(count).toEqual(lengths);
      if (form === 'ABA') expect(sections[2].bars).toEqual(sections[0].bars);
    }
  });

  it('draws as many sections as asked for, of so many bars', async () => {
    const [{ abc }] = await model.compose({ sections: 3, bars: 8 });
    expect(tuneFigures([read(abc)]).wholePhrases).toBe(1);
    expect(readMelody(read(abc)).sections).toHaveLength(3);
    const [alone] = await model.compose({ bars: 16 });
    expect(tuneFigures([read(alone.abc)]).wholePhrases).toBe(1);
  });

  it('plays in any key: a tune in B flat is that in A, a semitone higher', async () => {
    const asked = { meter: '6/8', seed: 9 };
    const [inA] = await model.compose({ ...asked, key: 'A' });
    const [inBb] = await model.compose({ ...asked, key: 'Bb' });
    const [a, b] = [inA, inBb].map(({ abc }) => tuneFigures([read(abc)]));
    expect(read(inBb.abc).key).toBe('Bb');
    expect(inBb.natsPerBar).toBe(inA.natsPerBar);
    expect([b.pitchClasses, b.intervals, b.lengths]).toEqual([a.pitchClasses, a.intervals, a.lengths]);
  });

  it('goes on from opening bars in the form, and says where they cannot be', async () => {
    const asked = { key: 'D', meter: '6/8', form: 'AABB', bars: 8 };
    const [{ abc }] = await model.compose({ ...asked, opening: 'D|AAG FEF|E3 DED|' });
    expect(abc).toContain('|:D|AAG FEF|E3 DED|');
    expect(tuneFigures([read(abc)])).toMatchObject({ wholePhrases: 1, doubled: 1 });
    for (const [opening, message] of [
      ['AAG FEFG|', /No tune here begins with .*: bar 1 is too long/],
      ['AAG FEF|AB|', /bar 2 is not whole|bar 2 is/],
      ['AAG FEF||AAG FEF|', /it has several sections/],
      ['|:A6|A6|A6|A6|A6|A6|A6|A6|', /it has 8 bars, as the section has 8/],
    ] as const) {
      await expect(model.compose({ ...asked, opening })).rejects.toMatchObject({
        code: 'bad-value',
        message: expect.stringMatching(message) as string,
      });
    }
    await expect(model.compose({ opening: 'A6|' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('keeps the first section of a tune that it varies, and every bar that is not marked of one that it fills', async () => {
    const given = read('X:1\nT:Mine\nM:6/8\nL:1/8\nK:G\n|:D|GBd gdB|c3 A2D:|\n|:d|gfg dBG|x6|E3 G2:|\n');
    const [varied] = await model.compose({ vary: given, seed: 3 });
    expect(varied.title).toBe('Mine');
    const [first, second] = readMelody(read(varied.abc)).sections;
    expect(first).toEqual(readMelody(given).sections[0]);
    expect(second.bars).toHaveLength(4);
    const [filled] = await model.compose({ fill: given, seed: 3, bestOf: 3 });
    expect(read(filled.abc).body).toMatch(/^\|:D\|GBd gdB\|c3 A2D:\|\n\|:d\|gfg dBG\|[^x|]+\|E3 G2:\|\n$/);
    await expect(model.compose({ fill: { ...given, body: 'G6|A6|\n' } })).rejects.toThrow('no bar to fill');
    await expect(model.compose({ vary: { ...given, body: 'G6|A6|\n' } })).rejects.toThrow('one section');
    await expect(model.compose({ vary: given, fill: given })).rejects.toThrow('contradict');
    await expect(model.compose({ vary: given, form: 'AB' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('keeps type and endings of a given tune as they are, and refuses what it could not keep', async () => {
    const head = 'X:1\nT:Mine\nR:barn dance\nM:4/4\nL:1/8\nK:D\n';
    // The first ending has one bar, the second two.
    const given = read(`${head}|:A8|B8|c8|1d8:|2e8|x8|]\n`);
    const [{ abc }] = await model.compose({ fill: given, seed: 1 });
    expect(abc).toMatch(/^R:barn dance$/m);
    expect(read(abc).body).toMatch(/^\|:A8\|B8\|c8\|1d8:\|2e8\|[^x|]+\|\]\n$/);
    for (const [body, reason] of [
      ['A8|x8|[M:3/4]c6|d6|\n', 'it changes its meter'],
      ['|:A8|x8:|\n[M:3/4]|:c6|d6:|\n', 'it changes its meter'],
      ['(5:4:5ABcde x4|x8|\n', 'it has a rhythm that is rare'],
    ]) {
      await expect(model.compose({ fill: { ...given, body } })).rejects.toMatchObject({
        code: 'bad-value',
        message: `The given tune cannot be kept: ${reason}.`,
      });
    }
  });

  it('keeps the best of several by figures and likelihood, and the same tune for the same seed however many are made', async () => {
    const asked = { key: 'D', meter: '6/8', seed: 6, temperature: 1.3 };
    const [one] = await model.compose(asked);
    const { figures } = model.seen;
    // Most of the training ends on the tonic, and has phrases of eight bars.
    expect([figures.endOnTonic > 0.5, figures.wholePhrases > 0.5]).toEqual([true, true]);
    const rank = ({ abc, natsPerBar }: ComposedTune): [missed: number, nats: number] => {
      const { endOnTonic, wholePhrases, leaps, range } = tuneFigures([read(abc)]);
      const missed = 2 - endOnTonic - wholePhrases + +(leaps > figures.leaps) + +(range > figures.range + 6);
      return [missed, natsPerBar!];
    };
    let best = one;
    const missed = new Set<number>();
    for (let n = 2; n <= 8; n++) {
      const [next] = await model.compose({ ...asked, bestOf: n });
      const [before, after] = [rank(best), rank(next)];
      // One more candidate takes the place of the best, or is none better.
      const isBetter = after[0] < before[0] || (after[0] === before[0] && after[1] < before[1]);
      expect(next.text === best.text || isBetter).toBe(true);
      best = next;
      missed.add(after[0]);
    }
    expect(missed.size).toBeGreaterThan(1);
    const side = await model.compose({ ...asked, seed: 4, count: 4 });
    expect(side[2].text).toBe(one.text);
    expect(await model.compose({ ...asked, bestOf: 8 })).toEqual([best]);
  });

  it('takes the likeliest at temperature 0, and stops at a signal', async () => {
    const cold = await model.compose({ temperature: 0, seed: 1 });
    expect((await model.compose({ temperature: 0, seed: 2 }))[0].text).toBe(cold[0].text);
    expect(await model.compose({ count: 3, signal: AbortSignal.abort() })).toEqual([]);
  });

  it('is the same model from bytes, opened by what it is', async () => {
    const bytes = model.toBytes();
    const again = await openComposer(bytes);
    expect(again).toBeInstanceOf(TuneModel);
    expect((again as TuneModel).seen).toEqual(model.seen);
    expect(await (again as TuneModel).compose({ seed: 4 })).toEqual(await model.compose({ seed: 4 }));
    await expect(MusicModel.fromBytes(bytes)).rejects.toMatchObject({
      code: 'bad-file',
      hint: 'Open it with TuneModel.load.',
    });
    const plain = new TextModel({ units: 4, layers: 1 });
    await plain.fit('abc'.repeat(100), { batchSize: 2, seqLength: 8, epochs: 1 });
    await expect(TuneModel.fromBytes(plain.toBytes())).rejects.toThrow(
      'holds a text model, not a tune model',
    );
    plain.extra = { tunes: { tunes: 1, symbols: ['end'], keys: ['H'] } };
    await expect(TuneModel.fromBytes(plain.toBytes())).rejects.toMatchObject({ code: 'bad-file' });
    for (const each of [again, plain]) await each.dispose();
  });

  it('goes on from a store to the bytes of a training that nothing ended', async () => {
    const run = { batchSize: 4, seqLength: 32, epochs: 2, learningRate: 0.02, heldOut: 0.1 };
    const make = (): TuneModel =>
      new TuneModel({ units: 12, layers: 1, engine: 'wasm', threads: 1, seed: 4 });
    const whole = make();
    const { steps } = await whole.fit(fiddle, run);
    let held: Uint8Array | undefined;
    const store = {
      read: () => Promise.resolve(held),
      write: (bytes: Uint8Array) => Promise.resolve(void (held = bytes)),
    };
    const stop = new AbortController();
    const part = make();
    const stopAt = Math.floor(0.6 * steps);
    const first = await part.fit(fiddle, {
      ...{ ...run, checkpoint: { store }, signal: stop.signal },
      onProgress: ({ step }) => step === stopAt && stop.abort(),
    });
    expect(first).toMatchObject({ stopped: true, steps: stopAt });
    const rest = make();
    expect(await rest.fit(fiddle, { ...run, checkpoint: { store }, resume: true })).toMatchObject({ steps });
    expect(rest.toBytes()).toEqual(whole.toBytes());
    // Of other tunes it is another run.
    const other = make();
    await expect(
      other.fit(fiddle.slice(1), { ...run, checkpoint: { store }, resume: true }),
    ).rejects.toMatchObject({ code: 'usage' });
    await Promise.all([whole, part, rest, other].map((model) => model.dispose()));
  });

  describe('that has learnt chords', () => {
    const harmonist = new TuneModel({ units: 24, layers: 1, seed: 3 });
    const progression = 'D A7 | G | Em | A';
    /** The chord symbols of each bar. */
    const chordsOf = (abc: string): string[] =>
      read(abc)
        .body.split(/[|:\]]+\n?/)
        .filter((bar) => bar !== '')
        .map((bar) => [...bar.matchAll(/"([^"]*)"/g)].map(([, name]) => name).join(' '));
    afterAll(() => harmonist.dispose());

    beforeAll(async () => {
      // One tune has chords of its own, and the others those of the rules.
      const own = { ...fiddle[0], body: fiddle[0].body.replace(/[A-Ga-g]/, '"Bm7"$&') };
      const options = { batchSize: 4, seqLength: 32, epochs: 2, learningRate: 0.02, heldOut: 0 };
      await harmonist.fit([own, ...fiddle.slice(1)], { ...options, chords: true });
    });

    it('composes with chords that are played, one a bar', async () => {
      for (const { abc } of await harmonist.compose({ count: 5, meter: '4/4' })) {
        expect((await judgeTune(abc)).warnings).toEqual([]);
        const chords = chordsOf(abc);
        expect(chords.some((names) => names !== '')).toBe(true);
        expect(chords.every((names) => !names.includes(' '))).toBe(true);
      }
    });

    it('plays over a progression: its chords stand in each section, where they change', async () => {
      const asked = { progression, key: 'D', meter: '4/4', form: 'ABB', count: 3 };
      for (const { abc } of await harmonist.compose(asked)) {
        // A pickup has none.
        const names = chordsOf(abc).filter((name) => name !== '');
        expect(names).toEqual([...progression.split(' | '), ...progression.split(' | ')]);
        expect((await judgeTune(abc)).warnings).toEqual([]);
      }
      const [{ abc }] = await harmonist.compose({ progression: 'C7 | F', meter: '4/4', bars: 4, form: 'A' });
      expect(read(abc).key).toBe('F');
      expect(chordsOf(abc).filter((name) => name !== '')).toEqual(['C7', 'F', 'C7', 'F']);
    });

    it('keeps them in its file, and goes on with them', async () => {
      const opened = await TuneModel.fromBytes(harmonist.toBytes());
      const of = (model: TuneModel) => model.compose({ progression, key: 'D', seed: 7 });
      expect(await of(opened)).toEqual(await of(harmonist));
      await opened.fit(fiddle.slice(0, 30), { batchSize: 4, seqLength: 32, steps: 2, heldOut: 0 });
      await expect(opened.fit(fiddle, { chords: false })).rejects.toMatchObject({
        code: 'usage',
        message: 'The model was trained with chords, and goes on so.',
      });
      await opened.dispose();
    });

    it.each([
      [{ progression: 'D | H' }, '"H" is no chord'],
      [{ progression: 'Ebm', key: 'D' }, 'the model has heard no chord like Ebm in D; it knows'],
      [{ progression: 'D', vary: tunes[0] }, 'vary and progression contradict each other'],
    ])('refuses %j', async (asked, message) => {
      await expect(harmonist.compose(asked)).rejects.toThrow(message);
    });

    it('and one that has not says so', async () => {
      await expect(model.compose({ progression })).rejects.toMatchObject({
        code: 'usage',
        message: 'progression: the model has learnt no chords.',
      });
      await expect(model.fit(fiddle, { chords: true })).rejects.toThrow('was trained without chords');
      await expect(model.fit(fiddle, { chords: 'yes' as never })).rejects.toThrow(
        'chords must be true or false',
      );
    });
  });

  it('leaves out what it cannot learn, and says which', async () => {
    const odd = { ...fiddle[0], title: 'Odd', body: 'D8|[M:3/4]D6|\n' };
    const empty = { ...fiddle[0], title: 'Empty', body: '\n' };
    const unknown = { ...fiddle[0], title: 'New', body: "D8|^d''8|\n" };
    expect(model.unlearntOf([fiddle[0], odd, empty, unknown]).map(({ title }) => title)).toEqual([
      'Odd',
      'Empty',
      'New',
    ]);
    const untrained = new TuneModel({ units: 4, layers: 1 });
    await expect(untrained.fit([odd])).rejects.toMatchObject({ code: 'too-little-data' });
    await expect(untrained.fit(fiddle.slice(0, 2), { batchSize: 16, seqLength: 64 })).rejects.toMatchObject({
      code: 'too-little-data',
      message: expect.stringMatching(
        /^The tunes have \d+ symbols, \d+ of them to train on; one batch of 16 rows of 64 symbols needs 1025\.$/,
      ),
      hint: expect.stringMatching(
        /^Take more tunes, or a smaller batch .* batchSize: \d+ and seqLength: \d+\.$/,
      ),
    });
    expect(() => untrained.seen).toThrow('has not seen any tunes');
    // What failed leaves no symbols behind that the next training would be held to.
    expect(untrained.unlearntOf(fiddle)).toEqual([]);
  });

  it.each([
    [{ key: 'Blyd' }, 'no tune in the mode of Blyd'],
    [{ meter: '5/4' }, 'no tune'],
    [{ type: 'tango' }, 'seen no tango'],
    [{ form: 'AAA' }, 'no form of a tune'],
    [{ form: '' }, 'no form of a tune'],
    [{ form: 'AABB', sections: 4 }, 'has 2 sections, not 4'],
    [{ bars: 1 }, 'bars'],
  ])('refuses %j', async (asked, message) => {
    await expect(model.compose(asked)).rejects.toThrow(message);
  });
});
