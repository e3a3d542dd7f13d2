import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageFile } from '../../src/base/host/package-file.js';
import { barTicks, WHOLE_TICKS } from '../../src/text/music/notation/meter.js';
import { judgeTune, wrongBars } from '../text/music/judge-tune.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import { compositionOf } from './music-job.js';
import type { MusicPage } from './music-page.js';

declare const musicPage: MusicPage;

describeChromium('Chromium', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./music-page.ts');
  });
  afterAll(() => browser?.close());

  it('learns and composes tunes in a worker as Node does: MusicModel, MIDI, sheet music and sound', async () => {
    const abc = readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8');
    const there = await browser.page.evaluate((job) => musicPage.inWorker(job), { abc });
    const here = await compositionOf({ abc });
    expect(there.hasDocument).toBe(false);
    expect(there.understood).toBe(98);
    // Another build of the kernels may run there: relaxed SIMD rounds otherwise.
    there.losses.forEach((loss, i) => expect(loss).toBeCloseTo(here.losses[i], 4));
    expect(there.tunes.map((tune) => tune.abc)).toEqual(here.tunes.map((tune) => tune.abc));
    for (const { abc: tune, removed } of there.tunes) {
      const judged = await judgeTune(tune);
      expect(judged.warnings).toEqual([]);
      expect(wrongBars(judged, barTicks('6/8') / WHOLE_TICKS)).toEqual([]);
      expect(removed).toBeGreaterThan(0);
    }
    const { removed, ...figures } = here.report;
    expect(there.report).toEqual({ ...figures, removed: expect.closeTo(removed, 4) as number });
    expect(figures).toMatchObject({ tunes: 3, parse: 3, play: 3, barsAddUp: 3 });
    expect([there.stopped, there.curve]).toEqual([0, ['training']]);
    expect(there.sheet).toBe(here.sheet);
    expect(there.midi).toEqual(here.midi);
    expect(there.body).toBe(here.body);
    expect(there.sound[0]).toBeCloseTo(here.sound[0], 6);
    expect(there.sound[1]).toBe(here.sound[1]);
    expect(browser.complaints).toEqual([]);
  });
});
