// Measures the studio in Chromium: what it loads before it is seen, when that is, and how long the page stops answering
// while 2,000 clips or a large vector file come in. `node scripts/measure-studio.mjs [vectors]`, after `npm run build`.
// Without a file of vectors it makes one of 200 MB in the machine's folder for such.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const CLIPS = 2000;
const CLIP_SAMPLES = 16_000;
const VECTOR_MB = 200;
const DIMENSIONS = 300;

const top = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'seqkit-measure-'));
const studio = spawn(process.execPath, [join(top, 'dist/cli/main.js'), 'studio', '--json', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(studio.stdout, 'data');
const { url } = JSON.parse(line.toString());
const browser = await chromium.launch({
  executablePath: process.env.SEQKIT_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--enable-precise-memory-info'],
});

/** Has the page note every task that takes longer than 50 ms. */
const watch = () => {
  globalThis.longTasks = [];
  new globalThis.PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
  }).observe({ type: 'longtask' });
};

/** The longest task of some work, and how long all of it took. */
async function during(page, work) {
  await page.evaluate(() => (globalThis.longTasks.length = 0));
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  // The observer is told after the task.
  await page.waitForTimeout(200);
  const tasks = await page.evaluate(() => globalThis.longTasks);
  return `${seconds.toFixed(1)} s, the longest task ${Math.round(Math.max(0, ...tasks))} ms`;
}

/** Vectors as word2vec writes them in text. */
async function writeVectors(path) {
  const perWord = 9 * DIMENSIONS + 8;
  const words = Math.round((VECTOR_MB * 1e6) / perWord);
  const file = createWriteStream(path);
  file.write(`${words} ${DIMENSIONS}\n`);
  for (let word = 0; word < words; word++) {
    const numbers = Array.from({ length: DIMENSIONS }, (_, i) => Math.sin(word * 31 + i).toFixed(5));
    if (!file.write(`w${word} ${numbers.join(' ')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return path;
}

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.addInitScript(watch);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const sizes = new Map();
  const names = new Map();
  devtools.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    sizes.set(names.get(requestId), encodedDataLength),
  );
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(500);
  const paints = await page.evaluate(() =>
    performance.getEntriesByType('paint').map(({ name, startTime }) => `${name} ${Math.round(startTime)} ms`),
  );
  const scripts = [...sizes].filter(([name]) => name?.endsWith('.js'));
  const bytes = scripts.reduce((sum, [, size]) => sum + size, 0);
  console.log(`first screen: ${paints.join(', ')}`);
  console.log(`its scripts: ${scripts.length}, ${(bytes / 1000).toFixed(1)} kB as they were sent`);

  const open = (screen) =>
    page.getByRole('navigation').getByRole('link', { name: screen, exact: true }).click();
  await open('Wake word');
  await page.getByText('Nothing yet.').waitFor();
  await page.waitForTimeout(1000);
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  console.log(`with the wake-word screen: ${sizes.size} files, ${(all / 1000).toFixed(0)} kB`);
  // Making the files is the user's part, and is not counted.
  await page.getByLabel(/^Or drop sound files/).evaluate(
    (input, [count, samples]) => {
      const bytes = new ArrayBuffer(44 + 2 * samples);
      const view = new DataView(bytes);
      const text = (at, word) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
      text(0, 'RIFF');
      view.setUint32(4, 36 + 2 * samples, true);
      text(8, 'WAVEfmt ');
      view.setUint32(16, 16, true);
      view.setUint16(20, 1, true);
      view.setUint16(22, 1, true);
      view.setUint32(24, 16_000, true);
      view.setUint32(28, 32_000, true);
      view.setUint16(32, 2, true);
      view.setUint16(34, 16, true);
      text(36, 'data');
      view.setUint32(40, 2 * samples, true);
      for (let i = 4000; i < 12_000; i++) view.setInt16(44 + 2 * i, 8000 * Math.sin(i / 9), true);
      const transfer = new globalThis.DataTransfer();
      for (let i = 0; i < count; i++)
        transfer.items.add(new globalThis.File([bytes], `speaker${i % 40}_${i}.wav`));
      input.files = transfer.files;
    },
    [CLIPS, CLIP_SAMPLES],
  );
  const clips = await during(page, async () => {
    await page
      .getByLabel(/^Or drop sound files/)
      .evaluate((input) => input.dispatchEvent(new globalThis.Event('change', { bubbles: true })));
    await page.getByText(`The word: ${CLIPS}`).waitFor({ timeout: 300_000 });
    await page.getByRole('progressbar', { name: 'Reading files' }).waitFor({ state: 'detached' });
  });
  console.log(`${CLIPS} clips: ${clips}`);
  await page.reload();
  console.log(
    `after a reload: ${await during(page, () =>
      page.getByText(`The word: ${CLIPS}`).waitFor({ timeout: 300_000 }),
    )}`,
  );

  const file = process.argv[2] ?? (await writeVectors(join(folder, 'large.vec')));
  await open('Words');
  await page.getByText('queen').first().waitFor();
  const vectors = await during(page, async () => {
    await page.getByLabel(/^Your own vectors/).setInputFiles(file);
    await page.getByText(basename(file), { exact: true }).waitFor({ timeout: 300_000 });
  });
  console.log(`a vector file: ${vectors}`);
} finally {
  await browser.close();
  studio.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}
