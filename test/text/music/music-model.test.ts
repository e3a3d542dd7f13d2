import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../../src/base/host/package-file.js';
import { barTicks, WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { MusicModel, type ComposeOptions } from '../../../src/text/music/composition/music-model.js';
import { playFaults } from '../../../src/text/music/playback/playing.js';
import { readTunes } from '../../../src/text/music/notation/read-tunes.js';
import { TuneWriter } from '../../../src/text/music/composition/tune-writer.js';
import { TextModel } from '../../../src/text/model/text-model.js';
import { judgeTune, wrongBars } from './judge-tune.js';

const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
const fiddle = tunes.filter(({ type }) => ['jig', 'reel'].includes(type));

describe('a music model', () => {
  let model: MusicModel;
  beforeAll(async () => {
    model = new MusicModel({ cell: 'gru', units: 24, layers: 1 });
    await model.fit(fiddle, { batchSize: 4, seqLength: 32, epochs: 1, learningRate: 0.02, heldOut: 0 });
  });
  afterAll(() => model.dispose());

  const fieldOf = (abc: string, name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(abc)![1];

  it('composes tunes that parse, with bars that add up, though it has hardly learnt', async () => {
    const composed = await model.compose({ count: 20, seed: 2, temperature: 1.3, maxBars: 16 });
    expect(new Set(composed.map(({ text }) => text)).size).toBe(20);
    for (const { abc, removed } of composed) {
      const judged = await judgeTune(abc);
      expect(judged.warnings, abc).toEqual([]);
      expect(await playFaults(abc), abc).toEqual([]);
      expect(wrongBars(judged, barTicks(fieldOf(abc, 'M')) / WHOLE_TICKS), abc).toEqual([]);
      expect(removed).toBeGreaterThan(0);
      expect(removed).toBeLessThan(1);
    }
  });

  it('gives key, meter, type and title as asked', async () => {
    const asked = { key: 'E Minor', meter: '6/8', type: 'Jig', title: 'The Test', maxBars: 8 };
    const [{ abc }] = await model.compose(asked);
    expect(abc.split('\n').slice(0, 6)).toEqual(['X:1', 'T:The Test', 'R:jig', 'M:6/8', 'L:1/8', 'K:Em']);
    const several = await model.compose({ ...asked, count: 2, constrained: false });
    expect(several.map((tune) => [fieldOf(tune.abc, 'K'), fieldOf(tune.abc, 'T')])).toEqual([
      ['Em', 'The Test 1'],
      ['Em', 'The Test 2'],
    ]);
  });

  it('goes on from opening bars, and says where they cannot be', async () => {
    const opening = 'D|AAG FEF|E3 DED|';
    const [{ abc }] = await model.compose({ key: 'D', meter: '6/8', prompt: opening, maxBars: 8 });
    expect(abc).toContain(`K:D\n${opening}`);
    const judged = await judgeTune(abc);
    expect(judged.warnings).toEqual([]);
    expect(wrongBars(judged, 0.75)).toEqual([]);
    await expect(model.compose({ meter: '6/8', prompt: 'AAGG FEF|' })).rejects.toThrow(
      /begins with "AAGG FEF\|": at character 8, "F", bar 1 is too long|could not add up/,
    );
  });

  it('only masks: where nothing was removed, it writes as without the constraint', async () => {
    const asked = { key: 'D', meter: '6/8', seed: 5, temperature: 0.7, count: 6 };
    const [bound, free] = [await model.compose(asked), await model.compose({ ...asked, constrained: false })];
    for (const [i, { text }] of bound.entries()) {
      const header = text.indexOf('K:D\n') + 4;
      expect(free[i].text.slice(0, header)).toBe(text.slice(0, header));
      expect(free[i].removed).toBe(0);
    }
    // Alone and side by side, with the seed that is its own.
    const [alone] = await model.compose({ ...asked, count: 1, seed: 8 });
    expect(alone.text).toBe(bound[3].text);
  });

  it('takes no title that would be more than a title', async () => {
    await expect(model.compose({ title: 'A\nK:F' })).rejects.toMatchObject({
      code: 'bad-value',
      message: 'compose: title must be one line of text, not "A\\nK:F".',
    });
    const [{ abc }] = await model.compose({ title: '100 % wool', maxBars: 4 });
    expect(readTunes(abc).tunes[0].title).toBe('100 % wool');
  });

  it('draws anew what does not come to an end, and leaves the others as they are', async () => {
    const asked = { count: 6, seed: 2, temperature: 1.3, maxBars: 4 };
    const whole = await model.compose(asked);
    expect(whole.map(({ plays }) => plays)).toEqual(new Array(6).fill(true));
    // The third tune, at its first draw, finds that nothing may come.
    const writers = new Set<TuneWriter>();
    const allows = Object.getOwnPropertyDescriptor(TuneWriter.prototype, 'allows')!.value as (
      this: TuneWriter,
      c: string,
    ) => boolean;
    const spy = vi.spyOn(TuneWriter.prototype, 'allows').mockImplementation(function (this: TuneWriter, c) {
      writers.add(this);
      return this === [...writers][2] && this.inBody ? false : allows.call(this, c);
    });
    const again = await model.compose(asked);
    spy.mockRestore();
    expect(again).toHaveLength(6);
    expect(again.filter((_, i) => i !== 2)).toEqual(whole.filter((_, i) => i !== 2));
    expect(again[2].title).toBe('Tune 3');
    expect(again[2].text).not.toBe(whole[2].text);
    expect(await playFaults(again[2].abc)).toEqual([]);
  });

  it('says why no tune comes to an end at all', async () => {
    const spy = vi.spyOn(TuneWriter.prototype, 'allows').mockReturnValue(false);
    const failed = model.compose({ count: 3, maxBars: 4 });
    await expect(failed).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(/^Nothing can follow/) as string,
    });
    spy.mockRestore();
  });

  it('stops at a signal, with the tunes that had come to their end', async () => {
    const asked = { count: 6, seed: 2, temperature: 1.3, maxBars: 8 };
    expect(await model.compose({ ...asked, signal: AbortSignal.abort() })).toEqual([]);
    const whole = await model.compose({ ...asked, signal: new AbortController().signal });
    expect(whole).toEqual(await model.compose(asked));
    const lengths = whole.map(({ text }) => text.length).sort((a, b) => a - b);
    // As one that is given after so many steps: three of the tunes have ended by then.
    let steps = 0;
    const signal = {
      get aborted() {
        // It is looked at once when options are checked, and once before the first step.
        return ++steps > lengths[2] + 2;
      },
    };
    const stopped = await model.compose({ ...asked, signal: signal });
    expect(stopped).toEqual(whole.filter(({ text }) => text.length <= lengths[2]));
    expect(stopped).toHaveLength(3);
  });

  it('is the same model from bytes, and a text model too', async () => {
    const again = await MusicModel.fromBytes(model.toBytes());
    expect(again.seen).toEqual(model.seen);
    expect(await again.compose({ seed: 4, maxBars: 8 })).toEqual(
      await model.compose({ seed: 4, maxBars: 8 }),
    );
    const text = await TextModel.fromBytes(model.toBytes());
    expect(text.generate({ length: 20 })).toHaveLength(20);
    const plain = new TextModel({ units: 4, layers: 1 });
    await plain.fit('abc'.repeat(100), { batchSize: 2, seqLength: 8, epochs: 1 });
    await expect(MusicModel.fromBytes(plain.toBytes())).rejects.toThrow('not a music model');
    for (const each of [again, text, plain]) await each.dispose();
  });

  it.each([
    [{ key: 'Ab' }, 'no tune in Ab'],
    [{ key: 'H' }, '"H" is no key'],
    [{ meter: '7/8' }, 'no tune in 7/8'],
    [{ meter: 'fast' }, '"fast" is no meter'],
    [{ type: 'jig', meter: '4/4' }, 'no jig in 4/4'],
    [{ count: 0 }, 'count'],
    [{ topP: 2 }, 'topP'],
    [{ tempo: 3 }, '"tempo"'],
  ])('refuses %j', async (options, message) => {
    await expect(model.compose(options as ComposeOptions)).rejects.toThrow(message);
  });

  it('needs tunes', async () => {
    await expect(new MusicModel().fit([])).rejects.toMatchObject({ code: 'too-little-data' });
    await expect(new MusicModel().compose()).rejects.toMatchObject({ code: 'usage' });
  });
});
