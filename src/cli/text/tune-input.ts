import { basename, extname } from 'node:path';
import { SeqkitError } from '../../base/errors.js';
import { readFileBytes, readFileStart } from '../../base/host/files.js';
import { filesAt } from '../../base/host/folders.js';
import { packageFile } from '../../base/host/package-file.js';
import { isMidi, readMidi } from '../../text/music/midi/read-midi.js';
import { readTunes, type TuneFault } from '../../text/music/notation/read-tunes.js';
import type { Tune } from '../../text/music/notation/tune.js';
import { decodeTextFile } from '../../base/encoding/text-file.js';
import { counted, note } from '../terminal/output.js';
import { STANDARD_INPUT, STANDARD_INPUT_NAME } from '../terminal/standard-input.js';

/** A tune that was left out; a MIDI file has no lines and no `X:`. */
export type FileFault = { readonly file: string; readonly reason: string } & Partial<TuneFault>;

/** What some files hold. */
export interface FileTunes {
  readonly tunes: Tune[];
  readonly faults: FileFault[];
}

/**
 * The tunes of files in ABC and MIDI, which is told by what is in them, and of folders of such files; without
 * files, those that come with seqkit. What a MIDI file loses on the way is said on stderr.
 * @param standardInput what came there, for the file -
 * @throws SeqkitError `too-little-data` where nothing is understood
 */
export function readTuneFiles(given: readonly string[], standardInput?: Uint8Array): FileTunes {
  const files = given.length > 0 ? given.flatMap(filesOf) : [packageFile('data/tunes/seqkit-tunes.abc')];
  const tunes: Tune[] = [];
  const faults: FileFault[] = [];
  for (const path of files) {
    const isInput = path === STANDARD_INPUT && standardInput !== undefined;
    const file = isInput ? STANDARD_INPUT_NAME : path;
    if (!isInput) checkStart(path);
    const bytes = isInput ? standardInput : readFileBytes(path, 'the tunes', checkSize);
    if (isMidi(bytes)) {
      const read = fromMidi(bytes, file);
      if (read.tune) tunes.push(read.tune);
      else faults.push({ file, reason: read.reason });
      continue;
    }
    const read = readTunes(decodeTextFile(bytes, file));
    tunes.push(...read.tunes);
    const several = read.tunes.filter(({ voices }) => voices !== undefined).length;
    if (several > 0)
      note(`${file}: ${counted(several, 'tune')} in several voices, of which the first is the melody.`);
    faults.push(...read.faults.map((fault) => ({ ...fault, file })));
  }
  if (tunes.length === 0) {
    const first = faults[0] ? ` The first: ${describeFault(faults[0])}.` : '';
    const names = given.map((path) => (path === STANDARD_INPUT ? STANDARD_INPUT_NAME : path));
    throw new SeqkitError(`There is no tune in ${names.join(', ')} that is understood.${first}`, {
      code: 'too-little-data',
      hint: 'Give MIDI files, or files in ABC notation: each tune begins with X: and ends with an empty line.',
    });
  }
  return { tunes, faults };
}

/** Enough of a file to tell text from what is none. */
const START_BYTES = 4_096;

/** @throws SeqkitError `bad-file` for what its first bytes tell to be neither MIDI nor text, before the rest is read */
function checkStart(file: string): void {
  const start = readFileStart(file, 'the tunes', START_BYTES);
  if (isMidi(start) || hasByteOrderMark(start) || !start.includes(0)) return;
  throw new SeqkitError(`${file} is neither a MIDI file nor text: its byte ${start.indexOf(0)} is 0.`, {
    code: 'bad-file',
    hint: 'Give MIDI files, or files in ABC notation.',
  });
}

/** Hours of music take some hundred kilobytes. */
const MOST_MIDI_BYTES = 1 << 26;

/** @throws SeqkitError `bad-file` for MIDI of a size that no music has, before it is read */
function checkSize(start: Uint8Array, size: number, file: string): void {
  if (!isMidi(start) || size <= MOST_MIDI_BYTES) return;
  throw new SeqkitError(`${file} has ${counted(size, 'byte')}, more than any MIDI file (64 MiB).`, {
    code: 'bad-file',
    hint: 'Check that it is the right file.',
  });
}

/** Of UTF-16, whose own error says more. */
function hasByteOrderMark(start: Uint8Array): boolean {
  return (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
}

/** The file itself, or those of a folder that are named as tunes are. */
function filesOf(path: string): string[] {
  if (path === STANDARD_INPUT) return [path];
  const all = filesAt(path, 'the tunes');
  if (all.length === 1 && all[0] === path) return all;
  const files = all.filter((file) => /\.(abc|midi?)$/i.test(file));
  const others = all.length - files.length;
  if (others > 0) {
    note(`${path}: ${counted(others, 'file')} not named .abc, .mid or .midi passed over.`);
  }
  return files;
}

/** Where a tune stood, and why it was left out. */
export function describeFault({ file, line, number, title, reason }: FileFault): string {
  const where = line === undefined ? file : `${file}, line ${line}, X:${number} ${title}`.trimEnd();
  return `${where}: ${reason}`;
}

function fromMidi(bytes: Uint8Array, file: string): { tune: Tune } | { tune?: undefined; reason: string } {
  try {
    const { tune, remarks } = readMidi(bytes, { title: basename(file, extname(file)) });
    if (remarks.length > 0) note(`${file}: ${remarks.join('; ')}.`);
    return { tune };
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    return { reason: error.message.replace(/\.$/, '') };
  }
}
