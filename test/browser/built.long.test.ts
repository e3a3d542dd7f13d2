import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageFile } from '../../src/base/host/package-file.js';
import { defaultVectorsPath } from '../../src/embeddings/keyed-vectors/default-vectors.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';

/** An entry of the browser build, as the page imports it. */
declare function built<Name extends 'report' | 'text' | 'embeddings'>(
  name: Name,
): Promise<
  {
    report: typeof import('../../src/report/index.js');
    text: typeof import('../../src/text/index.js');
    embeddings: typeof import('../../src/embeddings/index.js');
  }[Name]
>;

const VECTORS = '/glove-6b-100d-10k.safetensors';

describeChromium('Chromium, with the browser build as it is, no bundler', () => {
  let browser: BrowserPage;
  const fetched: string[] = [];
  beforeAll(async () => {
    const files = { [VECTORS]: readFileSync(packageFile(defaultVectorsPath(10_000))) };
    browser = await openPage('./built-page.mjs', { files });
    browser.page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  });
  afterAll(() => browser?.close());

  it('draws a plot, its PNG, and sheet music', async () => {
    const drawn = await browser.page.evaluate(async () => {
      const { scatterPlotSvg, svgToPng } = await built('report');
      const points = [
        { label: 'cat', x: 0, y: 1 },
        { label: 'dog', x: 2, y: 3 },
      ];
      const svg = await scatterPlotSvg({ title: 'Pets', xTitle: 'x', yTitle: 'y', points });
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([(await svgToPng(svg, 2)) as Uint8Array<ArrayBuffer>]));
      await image.decode();
      const refused = await svgToPng('<svg').catch((error: { code?: string }) => error.code);
      const { tuneSheet } = await built('text');
      const sheet = await tuneSheet('X:1\nT:Reel\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|\n');
      return { svg, png: [image.naturalWidth, image.naturalHeight], refused, sheet };
    });
    const size = /width="([\d.]+)" height="([\d.]+)"/.exec(drawn.svg)!.slice(1).map(Number);
    expect(drawn.png).toEqual(size.map((side) => side * 2));
    expect(drawn.refused).toBe('bad-value');
    expect(drawn.sheet).toMatch(/<svg[^]*<path/);
    expect(browser.complaints).toEqual([]);
  });

  it('fetches the default vectors once, keeps them, and fetches them again where they were damaged', async () => {
    const asked = () => fetched.filter((address) => address === VECTORS).length;
    const answer = () =>
      browser.page.evaluate(async (from) => {
        const { KeyedVectors: Vectors } = await built('embeddings');
        const vectors = await Vectors.default({ words: 10_000, from });
        return vectors.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 3 });
      }, VECTORS);
    const here = await KeyedVectors.default({ words: 10_000 });
    const expected = here.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 3 });
    expect(await answer()).toEqual(expected);
    expect(asked()).toBe(1);
    await browser.page.reload();
    expect(await answer()).toEqual(expected);
    expect(asked()).toBe(1);
    // Half of the file is all that is left in the page's cache.
    await browser.page.evaluate(async (address) => {
      const cache = await caches.open('seqkit-files');
      const whole = await (await cache.match(address))!.arrayBuffer();
      await cache.put(address, new Response(whole.slice(0, whole.byteLength / 2)));
    }, VECTORS);
    await browser.page.reload();
    expect(await answer()).toEqual(expected);
    expect(asked()).toBe(2);
    const refused = await browser.page.evaluate(async () => {
      const { KeyedVectors: Vectors } = await built('embeddings');
      return Vectors.default().catch((error: { code: string; hint: string }) => [error.code, error.hint]);
    });
    expect(refused).toEqual([
      'usage',
      expect.stringContaining("'seqkit/data/vectors/glove-6b-100d-100k.js'"),
    ]);
    expect(browser.complaints).toEqual([]);
  });
});
