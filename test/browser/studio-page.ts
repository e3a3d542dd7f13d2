import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The command line as it is built. */
export const cli = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Screenshots of every screen are left here, where it is set. */
const shots = process.env['SEQKIT_SCREENSHOTS'];

/** A studio that runs, as a user starts it. */
export interface Studio {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
}

export async function startStudio(...args: string[]): Promise<Studio> {
  const process_ = spawn(process.execPath, [cli, 'studio', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    process_.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    process_.once('exit', (code) => reject(new Error(`seqkit studio ended with ${code}`)));
  });
  return { ...(JSON.parse(line) as { url: string; port: number }), process: process_ };
}

/** `expect.poll` with the patience that a busy machine needs. */
export const soon = (value: () => Promise<unknown>) => expect.poll(value, { timeout: 20_000 });

/** Goes to a screen of the studio by its name. */
export async function openScreen(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: screen, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: screen }).waitFor();
}

/** Axe finds nothing in both themes, nothing is wider than a phone, and a picture is left where one is asked for. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
    );
    expect(found, `${name}, ${colorScheme}`).toEqual([]);
    if (shots)
      await page.screenshot({ path: path.join(shots, `${name}-${colorScheme}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-phone.png`), fullPage: true });
  await page.setViewportSize({ width: 1280, height: 900 });
  expect(width, `${name} on a phone`).toBeLessThanOrEqual(390);
}

/** Whether a training under way is kept in the page. */
export const isUnfinished = (page: Page, key: string): Promise<boolean> =>
  page.evaluate(
    (name) =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open('seqkit-studio');
        opening.onsuccess = () => {
          const asked = opening.result.transaction('kept').objectStore('kept').get(name);
          asked.onsuccess = () => resolve(asked.result !== undefined);
        };
      }),
    key,
  );
