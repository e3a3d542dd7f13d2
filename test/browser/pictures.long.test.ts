import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';

declare const draw: () => Promise<{ svg: string; png: number[]; refused: string; sheet: string }>;

describeChromium('Chromium, with the browser build as it is, no bundler', () => {
  let browser: BrowserPage;
  beforeAll(async () => {
    browser = await openPage('./pictures-page.mjs');
  });
  afterAll(() => browser?.close());

  it('draws a plot, its PNG, and sheet music', async () => {
    const drawn = await browser.page.evaluate(() => draw());
    const size = /width="([\d.]+)" height="([\d.]+)"/.exec(drawn.svg)!.slice(1).map(Number);
    expect(drawn.png).toEqual(size.map((side) => side * 2));
    expect(drawn.refused).toBe('bad-value');
    expect(drawn.sheet).toMatch(/<svg[^]*<path/);
    expect(browser.complaints).toEqual([]);
  });
});
