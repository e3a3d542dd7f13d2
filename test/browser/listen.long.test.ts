import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { whistled, whistleModel } from '../support/whistle-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';
import type { ListenPage } from './listen-page.js';

declare const listenPage: ListenPage;

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-listen-'));
const wav = path.join(folder, 'whistles.wav');
const { samples, endSeconds } = whistled(3);
const seconds = samples.length / 16_000;

describeChromium('listen in Chromium, with a microphone that whistles', () => {
  let browser: BrowserPage;
  let model: Uint8Array;
  beforeAll(async () => {
    writeFileSync(wav, encodeWav({ samples, sampleRate: 16_000 }));
    model = (await whistleModel()).toBytes();
    browser = await openPage('./listen-page.ts', {
      files: { '/model': model },
      switches: [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${wav}`,
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hears each word within 0.3 s, on two models at once, and says how loud it is', async () => {
    const { page, complaints } = browser;
    const { state } = await page.evaluate(() => listenPage.start(['/model', '/model']));
    expect(state).toBe('listening');
    await page.waitForFunction(
      () => listenPage.heard.filter(({ model: which }) => which === 0).length >= 4,
      undefined,
      {
        timeout: 60_000,
      },
    );
    const { heard, levels, scores, errors } = await page.evaluate(() => ({
      ...listenPage,
      listening: 0,
      microphones: 0,
    }));
    const times = [0, 1].map((which) =>
      heard.filter(({ model: own }) => own === which).map(({ timeSeconds }) => timeSeconds),
    );
    // The file is played over and over from some moment on: the times are its own, but for where it begins.
    const first = times[0][0] - endSeconds[0];
    const expected = [0, 1, 2, 3].map((i) => endSeconds[i % 3] + (i > 2 ? seconds : 0) + first);
    times[0].slice(0, 4).forEach((time, i) => expect(Math.abs(time - expected[i])).toBeLessThan(0.3));
    expect(times[1].slice(0, 3)).toEqual(times[0].slice(0, 3));
    expect(Math.abs(first)).toBeLessThan(1);
    expect(heard.every(({ word, score }) => word === 'rising' && score >= 0.2)).toBe(true);
    // The whistles have a peak of 0.2.
    const peak = Math.max(...levels.map((level) => level.peak));
    expect(peak).toBeGreaterThan(0.15);
    expect(peak).toBeLessThan(0.3);
    const own = scores.filter(({ model: which }) => which === 0);
    // A step every 30 ms, each with its time, and high where the word was heard.
    expect(own[10].timeSeconds - own[9].timeSeconds).toBeCloseTo(0.03, 6);
    expect(scores.every(({ score }) => score >= 0 && score <= 1)).toBe(true);
    const nearby = own.filter(({ timeSeconds }) => Math.abs(timeSeconds - times[0][0]) < 0.2);
    expect(Math.max(...nearby.map(({ score }) => score))).toBeGreaterThanOrEqual(0.2);
    expect(levels.length).toBeLessThan(62.5 * (times[0].at(-1)! + 1));
    expect(errors).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('takes the microphone that is there when one is lost, and lets go of it at the end', async () => {
    const { page } = browser;
    const ended = await page.evaluate(async () => {
      listenPage.lose();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { states, microphones, listening } = listenPage;
      const [before] = [listening!.state, await listening!.stop(), await listening!.stop()];
      const live = microphones.map((stream) => stream.getTracks()[0].readyState);
      return { before, states, live, after: listening!.state };
    });
    expect(ended).toEqual({
      before: 'listening',
      states: ['listening', 'lost', 'listening', 'stopped'],
      live: ['ended', 'ended'],
      after: 'stopped',
    });
  });

  it('waits while the page is hidden where it is asked to', async () => {
    const { page } = browser;
    const states = await page.evaluate(async () => {
      await listenPage.start(['/model'], { pauseWhenHidden: true });
      const hide = (hidden: boolean) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      hide(true);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = listenPage.levels.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const during = listenPage.levels.length - before;
      hide(false);
      await new Promise((resolve) => setTimeout(resolve, 500));
      const after = listenPage.levels.length - before;
      await listenPage.listening!.stop();
      return { states: listenPage.states, during, heardAgain: after > 0 };
    });
    expect(states).toEqual({
      states: ['listening', 'paused', 'listening', 'stopped'],
      during: 0,
      heardAgain: true,
    });
  });

  it('records so long as it is asked to, or until it is stopped, and lets go of the microphone', async () => {
    const { page } = browser;
    const whole = await page.evaluate(() => listenPage.record(3));
    expect([whole.samples.length, whole.sampleRate, whole.live]).toEqual([48_000, 16_000, ['ended']]);
    // In three seconds there is a whistle, whose peak is 0.2.
    const peak = Math.max(...whole.samples.map(Math.abs));
    expect(peak).toBeGreaterThan(0.15);
    expect(peak).toBeLessThan(0.3);
    expect(whole.levels).toBeGreaterThan(10);
    const part = await page.evaluate(() => listenPage.record(60, 500));
    expect(part.samples.length).toBeLessThan(16_000 * 20);
    const refusal = (options: unknown) => page.evaluate((given) => listenPage.recordRefusal(given), options);
    expect(await refusal({})).toMatchObject({ code: 'usage' });
    expect(await refusal({ seconds: 0 })).toMatchObject({ code: 'bad-value' });
    expect(await refusal({ seconds: '2' })).toMatchObject({ code: 'bad-value' });
    expect(await refusal({ seconds: 1, signal: {} })).toMatchObject({ code: 'bad-value' });
    expect(await refusal({ seconds: 1, second: 2 })).toMatchObject({
      message: 'recordClip has no option "second".',
    });
    expect(await refusal({ seconds: 1, microphone: { deviceId: { exact: 'none' } } })).toMatchObject({
      code: 'engine',
    });
  });

  it('says what is wrong with options, models and pages', async () => {
    const { page } = browser;
    const refusal = (options: unknown) => page.evaluate((given) => listenPage.refusal(given), options);
    expect(await refusal({})).toMatchObject({ code: 'usage' });
    expect(await refusal({ model: [] })).toMatchObject({ code: 'bad-value' });
    expect(await refusal({ model: '/model', onTriger: 1 })).toMatchObject({
      message: 'listen has no option "onTriger".',
    });
    expect(await refusal({ model: '/nothing' })).toMatchObject({ code: 'bad-file' });
    expect(await refusal({ model: '/model', microphone: { deviceId: { exact: 'none' } } })).toEqual({
      code: 'engine',
      message: 'No microphone is as the option microphone asks for.',
    });
  });
});

describeChromium('listen in Chromium, without leave', () => {
  it('says that the microphone may not be used', async () => {
    const browser = await openPage('./listen-page.ts', { switches: ['--use-fake-device-for-media-stream'] });
    const refusal = await browser.page.evaluate(() => listenPage.refusal({ model: '/model' }));
    await browser.close();
    expect(refusal).toEqual({ code: 'permission', message: 'The page may not use the microphone.' });
  });
});
