import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { packageFile } from '../../src/base/host/package-file.js';
import { Chatbot, SequenceClassifier } from '../../src/tasks/index.js';
import { readTunes, TextModel, TuneModel } from '../../src/text/index.js';
import { whistled, whistleModel } from '../support/whistle-model.js';
import { microphoneSwitches } from '../../scripts/open-studio.mjs';
import { CHROMIUM, describeChromium } from './chromium.js';

const cli = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Screenshots of every page are left here, where it is set. */
const shots = process.env['SEQKIT_SCREENSHOTS'];
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-pages-'));
const microphone = path.join(folder, 'whistles.wav');

/** What can be written to a file, and freed. */
interface Exported {
  toBytes(): Uint8Array;
  dispose?(): void | Promise<void>;
}

describeChromium('pages that hold a model, opened as files in Chromium', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const asked = new Set<string>();

  beforeAll(async () => {
    writeFileSync(microphone, encodeWav({ samples: whistled(2).samples, sampleRate: 16_000 }));
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: microphoneSwitches(microphone),
    });
    page = await (await browser.newContext({ viewport: { width: 1000, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (sent) => asked.add(sent.url()));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Exports a model by the command, opens its page, and looks at its manners. @returns bytes of the page */
  const open = async (name: string, model: Exported, ...options: string[]): Promise<number> => {
    const file = path.join(folder, `${name}.safetensors`);
    const out = path.join(folder, `${name}.html`);
    writeFileSync(file, model.toBytes());
    execFileSync(process.execPath, [cli, 'export-page', file, '--out', out, ...options], { stdio: 'ignore' });
    await page.goto(pathToFileURL(out).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(axeSource);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`)).toEqual([]);
    }
    return readFileSync(out).length;
  };

  const shot = async (name: string): Promise<void> => {
    if (shots) await page.screenshot({ path: path.join(shots, `page-${name}.png`), fullPage: true });
  };

  it('listen: hears a word by the microphone', async () => {
    const model = await whistleModel();
    expect(await open('listen', model)).toBeLessThan(500_000);
    await model.dispose();
    await page.getByRole('button', { name: 'Listen', exact: true }).click();
    await page
      .getByRole('button', { name: /^Play what was heard in microphone at/ })
      .first()
      .waitFor();
    await shot('listen');
    await page.getByRole('button', { name: 'Stop listening' }).click();
  });

  it('generate: writes what the model writes, where weights are kept in full', async () => {
    const model = new TextModel({ cell: 'lstm', units: 32, layers: 1, seed: 5 });
    await model.fit('one two three four five\n'.repeat(60), { batchSize: 8, seqLength: 16, epochs: 3 });
    expect(
      await open('generate', model, '--precision', 'float32', '--title', 'Numbers <in> words'),
    ).toBeLessThan(500_000);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Numbers <in> words');
    await page.getByLabel('Begin with').fill('one ');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    const written = page.getByLabel('What the model wrote');
    await expect.poll(() => written.getAttribute('aria-busy'), { timeout: 20_000 }).toBe('false');
    // The page's first settings.
    const sampling = { temperature: 0.7, topP: 1, repetitionPenalty: 1, length: 400 };
    expect(await written.textContent()).toBe(model.generate({ ...sampling, prime: 'one ', seed: 1 }));
    await model.dispose();
    await shot('generate');
  });

  it('compose: makes a tune with its sheet and sound', async () => {
    const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
    const model = new TuneModel({ cell: 'gru', units: 24, layers: 1, seed: 1 });
    await model.fit(tunes.slice(0, 40), { batchSize: 4, seqLength: 32, epochs: 1, heldOut: 0 });
    await open('compose', model);
    await model.dispose();
    await page.getByRole('button', { name: 'Compose a tune' }).click();
    await page.getByRole('img', { name: /^Sheet music/ }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.getByRole('button', { name: 'Stop playing' }).click();
    await shot('compose');
  });

  it('classify: tells texts apart, and says by which words', async () => {
    const texts = {
      weather: ['rain all day', 'snow and rain', 'more rain'],
      food: ['bread', 'warm bread', 'more bread'],
    };
    const examples = Object.entries(texts).flatMap(([label, each]) => each.map((text) => ({ text, label })));
    const model = await SequenceClassifier.train(examples, { encoder: 'linear' });
    expect(await open('classify', model)).toBeLessThan(500_000);
    await page.getByLabel('A text to classify').fill('bread with butter');
    const classes = page.getByRole('list', { name: 'Classes' }).getByRole('listitem');
    await expect.poll(() => classes.first().textContent(), { timeout: 20_000 }).toMatch(/^food/);
    // Screen readers are told, too.
    await expect.poll(() => page.locator('[aria-live]').textContent()).toMatch(/^food, \d+ percent\.$/);
    await shot('classify');
  });

  it('chat: answers', async () => {
    const bot = await Chatbot.train(
      [
        {
          tag: 'hours',
          patterns: ['when are you open', 'opening hours', 'when do you close'],
          responses: ['From nine to six.'],
        },
        {
          tag: 'thanks',
          patterns: ['thank you', 'thanks a lot', 'many thanks'],
          responses: ['You are welcome.'],
        },
      ],
      { vectors: false },
    );
    expect(await open('chat', bot)).toBeLessThan(500_000);
    await page.getByLabel('Your message').fill('when are you open');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('From nine to six.').waitFor();
    await shot('chat');
  });

  it('have asked for nothing but themselves, and complained of nothing', () => {
    expect([...asked].filter((url) => !/^(file|blob|data):/.test(url))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
