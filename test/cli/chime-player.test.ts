import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { chime } from '../../src/audio/signal/chime.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { playChime } from '../../src/cli/trigger/chime-player.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-players-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** A program of that name alone on the path, which keeps what it is given to play. */
function onlyPlayer(name: string, script: string): string {
  const path = mkdtempSync(join(folder, `${name}-`));
  const heard = join(path, 'heard.wav');
  writeFileSync(
    join(path, name),
    `#!/bin/sh\n${script} > '${heard}.part' && /bin/mv '${heard}.part' '${heard}'\n`,
    {
      mode: 0o755,
    },
  );
  vi.stubEnv('PATH', path);
  return heard;
}

it.each([
  ['play', '[ "$1 $2 $3 $4" = "-q -t wav -" ] && /bin/cat'],
  ['aplay', '/bin/cat'],
  // These two read no stdin.
  ['paplay', '/bin/cat "$1"'],
  ['afplay', '/bin/cat "$1"'],
])('the chime reaches %s', async (name, script) => {
  const heard = onlyPlayer(name, script);
  playChime();
  await expect.poll(() => existsSync(heard)).toBe(true);
  const expected = encodeWav({ samples: chime(44_100), sampleRate: 44_100 });
  expect(readFileSync(heard).equals(expected)).toBe(true);
});

it('rings the bell where there is no player, or where it fails', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('PATH', folder);
  playChime();
  expect(written.mock.calls).toEqual([['\x07']]);
  onlyPlayer('play', 'exit 3 && /bin/cat');
  playChime();
  await expect.poll(() => written.mock.calls.length).toBe(2);
  written.mockRestore();
});
