// Has the studio listen to an hour of speech and words, as fast as it goes, and says what its page holds on the way.
// `node scripts/listen-an-hour.mjs [minutes] [model]`, after `npm run build`, with Chromium at /usr/bin/chromium or where
// SEQKIT_CHROMIUM says. Without a model it trains two of `activate` for some seconds: a network of its own, and one upon
// the speech embedding.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeWav, encodeWav, readClips, TriggerModel } from 'seqkit/audio';
import { feed, heldBy, interceptCapture } from './fast-listening.mjs';
import { openStudio } from './open-studio.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const RATE = 16_000;
const SEED = 1;
/** Looked at so often, in minutes of sound. */
const STEP = 10;
/** A model fires so often, at least, in the recording that it hears over and over. */
const FIRINGS = 4;
const [minutes = '60', given] = process.argv.slice(2);

const filesOf = (kind) =>
  readdirSync(join(top, 'data/clips', kind)).map((name) => ({
    path: `${kind}/${name}`,
    bytes: new Uint8Array(readFileSync(join(top, 'data/clips', kind, name))),
  }));

/** Models that need not be good: they fire now and then. */
async function* models() {
  if (given !== undefined) return yield ['the model', readFileSync(given)];
  const clips = readClips(['activates', 'negatives', 'backgrounds'].flatMap(filesOf), RATE);
  for (const [name, options, fit] of [
    ['a network of its own', {}, { examples: 100, epochs: 3 }],
    ['upon the speech embedding', { features: 'embedding' }, { examples: 60, epochs: 4 }],
  ]) {
    const model = new TriggerModel({ word: 'activate', seed: SEED, ...options });
    await model.fit(clips, fit);
    const sound = decodeWav(recording(), 'recording');
    for (const threshold of [0.5, 0.3, 0.2, 0.1, 0.05, 0.02]) {
      model.setThreshold(threshold);
      if ((await model.detect(sound)).length >= FIRINGS) break;
    }
    yield [name, model.toBytes()];
    await model.dispose();
  }
}

/** Words among other speech, with quiet between them. */
function recording() {
  const quiet = new Float32Array(RATE);
  const [words, others] = ['activates', 'negatives'].map(filesOf);
  const parts = words.slice(0, 12).flatMap((word, i) => [word, others[i % others.length]]);
  const samples = parts.flatMap(({ path, bytes }) => [...decodeWav(bytes, path).samples, ...quiet]);
  return encodeWav({ samples: Float32Array.from(samples), sampleRate: RATE });
}

const MB = (bytes) => (bytes / 1e6).toFixed(2);

async function listen(page, name, model) {
  const devtools = await page.context().newCDPSession(page);
  await page.addInitScript(interceptCapture);
  await page.getByRole('navigation').getByRole('link', { name: 'Wake word', exact: true }).click();
  await page.getByLabel(/^Open a model/).setInputFiles({
    ...{ name: 'trigger.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from(model) },
  });
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  // The script that lets sound be fed begins with the page.
  await page.reload();
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await page.waitForFunction(() => 'capture' in globalThis);
  const wav = Buffer.from(recording()).toString('base64');
  console.log(`${name}:`);
  let seconds = 0;
  for (let at = STEP; at <= Number(minutes); at += STEP) {
    seconds += await page.evaluate(feed, { wav, seconds: 60 * STEP });
    await page.waitForTimeout(500);
    const { heap, arrays, nodes } = await heldBy(devtools);
    const kept = await page.getByRole('button', { name: /^Right: microphone at/ }).count();
    console.log(
      `  after ${at} min: objects ${MB(heap)} MB, arrays and WebAssembly ${MB(arrays)} MB, ${nodes} nodes, ${kept} moments kept`,
    );
  }
  console.log(`  heard in ${Math.round(seconds)} s`);
}

const { browser, url, close } = await openStudio();
try {
  for await (const [name, model] of models()) {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(url);
    await listen(page, name, model);
    await context.close();
  }
} finally {
  await close();
}
