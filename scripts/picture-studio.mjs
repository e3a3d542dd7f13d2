// Takes the pictures of the studio into docs/pictures: `node scripts/picture-studio.mjs`, after `npm run build`, with
// Chromium at /usr/bin/chromium or where SEQKIT_CHROMIUM says. With names of pictures, these alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const top = fileURLToPath(new URL('..', import.meta.url));
const cli = join(top, 'dist/cli/main.js');
const size = { width: 1160, height: 860 };

/** Of each screen: its name, the card that is seen, what is done there, and the part that is the picture. */
const PICTURES = {
  'studio-words': ['Words', 'Map', async (page) => page.getByText('man → woman').first().waitFor()],
  'studio-text': ['Text', 'Write', writeText],
  'studio-tunes': ['Tunes', 'Compose', composeTune],
  'studio-inside': ['Inside', undefined, async (page) => page.getByLabel('A word').fill('forget')],
  'course-gates': ['Inside', 'A cell, letter by letter', async (page) => showCell(page), '.heat-maps'],
  'course-gradients': ['Inside', 'Gradients flow back', async (page) => showGradients(page), '.card'],
};

async function showCell(page) {
  await page.getByLabel('A word').fill('forget');
  await page.getByLabel('Cell', { exact: true }).selectOption('LSTM');
  await page.locator('.heat-maps svg').first().waitFor();
}

async function showGradients(page) {
  await page.getByRole('img', { name: /^What is left of the gradient/ }).waitFor();
}

async function writeText(page) {
  await page.getByRole('button', { name: 'Little stories, to try it with' }).click();
  await page.getByLabel('Train for').fill('0.5');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByText(/^Done after/).waitFor({ timeout: 120_000 });
  await page.getByLabel('Temperature').fill('0.5');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await page.getByText(/word for word/).waitFor();
  // After this word most is open.
  const written = await page.getByLabel('What the model wrote').textContent();
  await page
    .getByLabel(/^What else could have come/)
    .fill(String(written.indexOf(' the ') + ' the '.length + 1));
}

async function composeTune(page) {
  await page.getByLabel('Key').selectOption('D');
  await page.getByLabel('Form').selectOption('AABB');
  await page.getByLabel('Chords', { exact: true }).selectOption('rules');
  await page.getByRole('button', { name: 'Compose a tune' }).click();
  await page.getByRole('img', { name: /^Sheet music/ }).waitFor();
}

/** Where a part of a heading's card lies in the page, with a little around it. */
const placeOf = (heading, part) => {
  const card = heading.closest('.card');
  const { left, top, width, height } = (card.querySelector(part) ?? card).getBoundingClientRect();
  const margin = 8;
  return {
    ...{ x: left - margin, y: globalThis.scrollY + top - margin, scale: 1 },
    ...{ width: Math.min(width, 860) + 2 * margin, height: height + 2 * margin },
  };
};

const studio = spawn(process.execPath, [cli, 'studio', '--json', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(studio.stdout, 'data');
const browser = await chromium.launch({
  executablePath: process.env.SEQKIT_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: size, colorScheme: 'light', reducedMotion: 'reduce' });
  const devtools = await page.context().newCDPSession(page);
  await page.goto(JSON.parse(line.toString()).url);
  const wanted = process.argv.slice(2);
  const chosen = Object.entries(PICTURES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  for (const [name, [screen, card, act, part]] of chosen) {
    await page.getByRole('navigation').getByRole('link', { name: screen, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: screen }).waitFor();
    await act(page);
    await page.mouse.move(0, 0);
    const seen = card ? page.getByRole('heading', { level: 2, name: card, exact: true }) : page.locator('h1');
    await seen.evaluate((heading) => {
      const part = heading.closest('.card') ?? heading;
      globalThis.scrollTo(0, globalThis.scrollY + part.getBoundingClientRect().top - 16);
    });
    await page.waitForTimeout(500);
    const clip = part && (await seen.evaluate(placeOf, part));
    // Half the size of a PNG.
    const { data } = await devtools.send('Page.captureScreenshot', {
      ...{ format: 'webp', quality: 80 },
      ...(clip && { clip, captureBeyondViewport: true }),
    });
    writeFileSync(join(top, `docs/pictures/${name}.webp`), Buffer.from(data, 'base64'));
    console.log(`docs/pictures/${name}.webp`);
  }
} finally {
  await browser.close();
  studio.kill('SIGINT');
}
