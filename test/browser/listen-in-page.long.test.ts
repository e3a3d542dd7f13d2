import { afterAll, beforeAll, expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';
import { describeChromium, openPage, type BrowserPage } from './chromium.js';

describeChromium('examples/listen-in-page in Chromium', () => {
  let browser: BrowserPage;
  const open = async (files: Record<string, Uint8Array>) => {
    browser = await openPage('../../examples/listen-in-page/index.html', {
      files,
      // The recording is what the microphone hears.
      switches: [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${repositoryFile('data/demo/recording.wav')}`,
      ],
    });
    return browser.page;
  };
  let model: Uint8Array;
  beforeAll(async () => {
    const tiny = await tinyModel();
    tiny.setThreshold(0.02);
    model = tiny.toBytes();
  });
  afterAll(() => browser?.close());

  it('says what is missing, then hears the microphone on the audio thread', async () => {
    const without = await open({});
    await without.click('#start');
    await without.waitForFunction(() => document.getElementById('state')!.textContent !== '');
    expect(await without.textContent('#state')).toBe('There is no trigger.safetensors beside the page.');
    await browser.close();

    const page = await open({ '/trigger.safetensors': model });
    await page.click('#start');
    await page.waitForSelector('#heard li', { timeout: 60_000 });
    expect(await page.textContent('#state')).toBe('Listening for activate.');
    expect(await page.textContent('#heard li:last-child')).toMatch(/^\d+\.\d\d s {2}activate {2}0\.\d\d$/);
    await page.waitForFunction(() => (document.getElementById('score') as HTMLMeterElement).value > 0);
    expect(browser.complaints).toEqual([]);
  });
});
