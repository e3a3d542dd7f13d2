import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHROMIUM, describeChromium, SWIFTSHADER_SWITCHES } from './chromium.js';
import { openScreen, soon, startStudio, type Studio } from './studio-page.js';

describeChromium('the studio in Chromium with WebGPU, on SwiftShader', () => {
  let studio: Studio;
  let browser: Browser;
  beforeAll(async () => {
    studio = await startStudio('--port', '0');
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: SWIFTSHADER_SWITCHES,
    });
  });
  afterAll(async () => {
    await browser?.close();
    studio?.process.kill('SIGINT');
  });

  it('trains a text on the graphics card, and writes by the processor', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(studio.url);
    await openScreen(page, 'Text');
    const text = 'the cat sat on the mat and the dog sat on the log. '.repeat(30);
    await page.getByLabel('Text', { exact: true }).fill(text);
    await page.getByLabel('Computed by').selectOption('gpu');
    await page.getByLabel('Train for').fill('0.1');
    expect(asked.some((address) => address.includes('gpu'))).toBe(false);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByText(/^Done after .*bits a character/).waitFor({ timeout: 60_000 });
    // What computes by WebGPU is loaded for that alone.
    expect(asked.some((address) => address.endsWith('/_package_gpu.js'))).toBe(true);
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByText(/word for word/).waitFor();
    await soon(async () => (await page.getByLabel('What the model wrote').textContent())!.length).toBe(400);
    const written = (await page.getByLabel('What the model wrote').textContent())!;
    expect([...written].every((character) => text.includes(character))).toBe(true);
    expect(complaints).toEqual([]);
  });
});
