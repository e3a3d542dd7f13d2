// Opens the studio in Chromium, as scripts that measure it do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/**
 * Switches of Chromium for pages that listen, without a question.
 * @param {string} [recording] a WAV file that the microphone hears, in place of beeps
 */
export const microphoneSwitches = (recording) => [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  ...(recording === undefined ? [] : [`--use-file-for-fake-audio-capture=${recording}`]),
  '--autoplay-policy=no-user-gesture-required',
];

/**
 * Starts the studio, and Chromium at /usr/bin/chromium or where SEQKIT_CHROMIUM says.
 * @param {string} [recording] as of `microphoneSwitches`
 */
export async function openStudio(recording) {
  const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const studio = spawn(process.execPath, [main, 'studio', '--json', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(studio.stdout, 'data');
  const browser = await chromium.launch({
    executablePath: process.env.SEQKIT_CHROMIUM ?? '/usr/bin/chromium',
    args: microphoneSwitches(recording),
  });
  return {
    browser,
    url: JSON.parse(line.toString()).url,
    async close() {
      await browser.close();
      studio.kill('SIGINT');
    },
  };
}
