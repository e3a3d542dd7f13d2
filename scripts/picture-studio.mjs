// Takes the pictures of the studio into docs/pictures: `node scripts/picture-studio.mjs`, after `npm run build`, with
// Chromium at /usr/bin/chromium or where SEQKIT_CHROMIUM says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const top = fileURLToPath(new URL('..', import.meta.url));
const cli = join(top, 'dist/cli/main.js');
const size = { width: 1160, height: 860 };

/** Of each screen: its name, what is done there, and the card that is seen. */
const PICTURES = {
  'studio-words': ['Words', 'Map', async (page) => page.getByText('man → woman').first().waitFor()],
  'studio-text': ['Text', 'Write', writeText],
  'studio-tunes': ['Tunes', 'Compose', composeTune],
  'studio-inside': ['Inside', undefined, async (page) => page.getByLabel('A word').fill('forget')],
};

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
  for (const [name, [screen, card, act]] of Object.entries(PICTURES)) {
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
    // Half the size of a PNG.
    const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
    writeFileSync(join(top, `docs/pictures/${name}.webp`), Buffer.from(data, 'base64'));
    console.log(`docs/pictures/${name}.webp`);
  }
} finally {
  await browser.close();
  studio.kill('SIGINT');
}
