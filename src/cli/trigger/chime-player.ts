import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chime } from '../../audio/signal/chime.js';
import { encodeWav } from '../../audio/signal/wav.js';
import { findProgram } from '../../base/host/programs.js';

const RATE = 44_100;

/** Players and what makes them play WAV from stdin; PulseAudio's and the Mac's play files alone. */
const players: Readonly<Record<string, readonly string[] | 'file'>> = {
  play: ['-q', '-t', 'wav', '-'],
  aplay: ['-q', '-'],
  paplay: 'file',
  afplay: 'file',
};

let soundFile: string | undefined;

/** Sounds the chime through whichever player is there; otherwise the terminal's bell. */
export function playChime(): void {
  const player = findProgram(...Object.keys(players));
  if (player === undefined) return ring();
  const sound = encodeWav({ samples: chime(RATE), sampleRate: RATE });
  const how = players[player];
  const args = how === 'file' ? [(soundFile ??= keep(sound))] : how;
  const child = spawn(player, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  // Nor does a player that hangs keep anything from ending.
  child.unref();
  (child.stdin as typeof child.stdin & { unref(): void }).unref();
  // A chime that cannot be played must not end the listening.
  child.on('error', ring);
  child.on('close', (status) => {
    if (status !== 0) ring();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(how === 'file' ? undefined : sound);
}

function ring(): void {
  process.stderr.write('\x07');
}

/** Writes the sound to a file that goes when the process does. */
function keep(sound: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-chime-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'chime.wav');
  writeFileSync(path, sound);
  return path;
}
