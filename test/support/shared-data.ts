import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, type TestContext } from 'vitest';

/** Data that is not part of the project, beside its folder; a test that needs it skips without it. */
const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** The path of a shared file or folder, or undefined where it is not there. */
export function sharedData(...parts: string[]): string | undefined {
  const path = join(folder, ...parts);
  return existsSync(path) ? path : undefined;
}

/** The path of a shared file; skips the test, naming what is missing, where it is not there. */
export function needShared(context: TestContext, ...parts: string[]): string {
  const path = sharedData(...parts);
  if (path !== undefined) return path;
  return context.skip(`../shared/data/${parts.join('/')} is not there`);
}

/** Tests of one shared file or folder, skipped under a title that names it where it is not there. */
export function describeShared(title: string, parts: string[], body: (path: string) => void): void {
  const path = sharedData(...parts);
  if (path !== undefined) describe(title, () => body(path));
  else describe.skip(`${title} (../shared/data/${parts.join('/')} is not there)`, () => body(''));
}
