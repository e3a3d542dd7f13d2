// Walks a new user's way from `seqkit studio` to a working wake word, and counts: clicks, words typed, and time. The
// microphone of Chromium plays a recording that says the word. `node scripts/measure-first-word.mjs`, after
// `npm run build`, with Chromium at /usr/bin/chromium or where SEQKIT_CHROMIUM says.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeWav, encodeWav } from 'seqkit/audio';
import { openStudio } from './open-studio.mjs';

const RATE = 16_000;
/** Who says the word into the microphone, one time after the other, as if it were one person in many moods. */
const TAKES = 20;
const PAUSE_SECONDS = 0.75;

const top = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'seqkit-first-word-'));
const clips = join(top, 'data/clips/activates');

/** The word again and again, with quiet between. */
function microphone() {
  const quiet = new Float32Array(PAUSE_SECONDS * RATE);
  const said = readdirSync(clips).map((name) => decodeWav(readFileSync(join(clips, name)), name).samples);
  const samples = Float32Array.from(said.flatMap((word) => [...quiet, ...word]));
  const path = join(folder, 'word.wav');
  writeFileSync(path, encodeWav({ samples, sampleRate: RATE }));
  return path;
}

const begun = performance.now();
const since = () => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
let [clicks, fields] = [0, 0];
const told = (what) => console.log(`${since()}: ${what}`);
const { browser, url, close } = await openStudio(microphone());
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(600_000);
  await page.goto(url);
  const click = async (locator) => {
    await locator.click();
    clicks++;
  };
  const button = (name) => page.getByRole('button', { name, exact: true });
  await click(page.getByRole('navigation').getByRole('link', { name: 'Wake word', exact: true }));
  await page.getByLabel('The word or phrase').fill('activate');
  fields++;
  told('the word is typed');
  for (let ten = 10; ten <= TAKES; ten += 10) {
    await click(button('Record ten in a row'));
    await page.getByText(`The word: ${ten}`).waitFor();
  }
  told(`${TAKES} takes are recorded`);
  await click(button('Train'));
  await page.getByText('Trained.', { exact: true }).waitFor();
  told('it is trained');
  await click(button('Listen'));
  await page.getByRole('region', { name: 'What was heard' }).getByRole('listitem').first().waitFor();
  told('it has heard the word');
  await click(button('Save model'));
  told('it is saved');
  console.log(`${clicks} clicks, ${fields} field typed into`);
} finally {
  await close();
  rmSync(folder, { recursive: true, force: true });
}
