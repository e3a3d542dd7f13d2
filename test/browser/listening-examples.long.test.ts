import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { repositoryFile } from '../support/clip-files.js';
import { whistled, whistleModel } from '../support/whistle-model.js';
import { describeChromium, openPage } from './chromium.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-examples-'));
const model = path.join(folder, 'trigger.safetensors');
const { samples, endSeconds } = whistled(3);
const example = (name: string): string => repositoryFile(`examples/listening/${name}`);

/** Switches of a Chromium whose microphone plays the whistles, again and again. */
function microphone(): string[] {
  const wav = path.join(folder, 'whistles.wav');
  writeFileSync(wav, encodeWav({ samples, sampleRate: 16_000 }));
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${wav}`,
  ];
}

beforeAll(async () => (await whistleModel()).save(model));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['page.js', 60],
  ['service.mjs', 60],
  ['use-trigger-word.js', 40],
  ['trigger-word.js', 40],
])('%s has less than %d lines', (name, lines) => {
  expect(readFileSync(example(name), 'utf8').trimEnd().split('\n').length).toBeLessThan(lines);
});

it('service.mjs hears what is posted to it', async () => {
  const service = spawn(process.execPath, [example('service.mjs'), model, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(service.stdout, 'data')) as [Buffer];
    const port = /^Listening for rising on (\d+)\n$/.exec(String(line))![1];
    const pcm = Buffer.from(Int16Array.from(samples, (x) => Math.round(x * 32_768)).buffer);
    const parts = Array.from({ length: Math.ceil(pcm.length / 999) }, (_, i) =>
      pcm.subarray(999 * i, 999 * (i + 1)),
    );
    const post = async (body: Iterable<Uint8Array>, query = ''): Promise<string> => {
      const init = {
        method: 'POST',
        body: Readable.toWeb(Readable.from(body)) as never,
        duplex: 'half',
      } as RequestInit;
      return (await fetch(`http://127.0.0.1:${port}/${query}`, init)).text();
    };
    const heard = (await post(parts))
      .trim()
      .split('\n')
      .map((event) => JSON.parse(event) as TriggerEvent);
    expect(heard.map(({ word }) => word)).toEqual(['rising', 'rising', 'rising']);
    heard.forEach(({ timeSeconds }, i) => expect(Math.abs(timeSeconds - endSeconds[i])).toBeLessThan(0.3));
    expect(JSON.parse(await post([], '?channels=none'))).toMatchObject({ error: { code: 'bad-value' } });
  } finally {
    service.kill();
  }
});

describeChromium('examples/listening in Chromium', () => {
  it('hears by the hook of React, every time it is turned on, and stops with its component', async () => {
    const browser = await openPage('./react-hook-page.mjs', {
      files: { '/trigger.safetensors': readFileSync(model) },
      switches: microphone(),
    });
    const { page, complaints } = browser;
    try {
      const state = page.locator('#state');
      for (const heard of [/^rising/, /^rising( rising)+/]) {
        await page.click('button');
        await expect.poll(() => state.textContent(), { timeout: 60_000 }).toBe('listening');
        await expect.poll(() => page.textContent('#heard'), { timeout: 60_000 }).toMatch(heard);
        await page.click('button');
        await expect.poll(() => state.textContent()).toBe('stopped');
      }
      expect(await page.textContent('#error')).toBe('');
      await page.click('button');
      await page.evaluate(() => (globalThis as unknown as { unmount(): void }).unmount());
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('hears in the page and in its element, and stops', async () => {
    const browser = await openPage('../../examples/listening/index.html', {
      files: { '/trigger.safetensors': readFileSync(model) },
      switches: microphone(),
    });
    const { page, complaints } = browser;
    try {
      await page.evaluate(() => {
        const heard: string[] = [];
        document.addEventListener('heard', (event) =>
          heard.push((event as CustomEvent<TriggerEvent>).detail.word),
        );
        Object.assign(globalThis, { heardByElement: heard });
      });
      await page.click('#start');
      await page.click('trigger-word');
      await page.waitForSelector('#heard li', { timeout: 60_000 });
      await page.waitForFunction(
        () => (globalThis as unknown as { heardByElement: string[] }).heardByElement[0] === 'rising',
      );
      expect(await page.textContent('#heard li')).toMatch(/^\d+\.\d\d s {2}rising {2}0\.\d\d$/);
      expect(await page.getAttribute('trigger-word', 'state')).toBe('listening');
      await page.click('#stop');
      await page.waitForFunction(() => document.getElementById('state')!.textContent === 'stopped');
      await page.evaluate(() => document.querySelector('trigger-word')!.remove());
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
