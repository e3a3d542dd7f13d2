import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWav, type Waveform } from '../../audio/signal/wav.js';
import { SeqkitError } from '../../base/errors.js';
import { findProgram, runProgram, withScratchFolder } from '../../base/host/programs.js';

/** Players that are on most machines, and what they are told besides the file. */
const PLAYERS: Readonly<Record<string, readonly string[]>> = {
  play: ['-q'],
  aplay: ['-q'],
  paplay: [],
  afplay: [],
};

/** Plays a sound to its end. @throws SeqkitError `engine` where there is nothing to play with, or it fails */
export async function playSound(sound: Waveform): Promise<void> {
  const player = soundPlayer();
  await withScratchFolder(async (folder) => {
    const path = join(folder, 'sound.wav');
    writeFileSync(path, encodeWav(sound));
    await runProgram(player, [...PLAYERS[player], path]);
  });
}

/** The player there is. @throws SeqkitError `engine` where there is none */
export function soundPlayer(): string {
  const player = findProgram(...Object.keys(PLAYERS));
  if (player !== undefined) return player;
  throw new SeqkitError(
    `There is nothing to play with: none of ${Object.keys(PLAYERS).join(', ')} was found.`,
    {
      code: 'engine',
      hint: 'Install one (Debian: apt-get install sox), or open the files in a player.',
    },
  );
}
