import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { decodeWav, encodeWav, type DecodedWav } from '../audio/wav.js';
import type { RepairOption } from '../audio/riff.js';
import { SeqkitError } from '../rnn/errors.js';
import { readFileBytes } from '../rnn/host/files.js';

/** What the first bytes of a file that is no WAV file give away; [offset, letters, name]. */
const SIGNATURES: readonly [number, string, string][] = [
  [4, 'ftyp', 'MPEG-4 audio'],
  [0, '\x1aE\xdf\xa3', 'WebM audio'],
  [0, 'OggS', 'Ogg audio'],
  [0, 'ID3', 'MP3 audio'],
  [0, '\xff\xfb', 'MP3 audio'],
  [0, '\xff\xf3', 'MP3 audio'],
  [0, '\xff\xf1', 'AAC audio'],
  [0, '\xff\xf9', 'AAC audio'],
  [0, 'fLaC', 'FLAC audio'],
  [0, 'FORM', 'AIFF audio'],
  [0, '.snd', 'AU audio'],
  [0, 'caff', 'CAF audio'],
  [0, '#!AMR', 'AMR audio'],
];

/** Rate that ffmpeg is asked for: what phones record is at this rate or near it. */
const CONVERTED_RATE = 48_000;

/**
 * The bytes of a sound file as those of a WAV file. A WAV file is given as it is; what phones and
 * browsers record goes through ffmpeg.
 *
 * @param what what it should be, for the error, such as "a clip"
 * @throws SeqkitError `file-access`; `bad-file` where ffmpeg is needed and missing, or cannot read it
 */
export function readSoundBytes(file: string, what = 'a recording'): Uint8Array {
  const bytes = readFileBytes(file, what);
  const kind = compressedKind(bytes);
  return kind === undefined ? bytes : convert(file, kind);
}

/** Reads and decodes a sound file. @throws as {@link readSoundBytes} and `decodeWav` */
export function readSound(file: string, options: RepairOption = {}): DecodedWav {
  return decodeWav(readSoundBytes(file), file, options);
}

function compressedKind(bytes: Uint8Array): string | undefined {
  const letters = String.fromCharCode(...bytes.subarray(0, 16));
  return SIGNATURES.find(([offset, text]) => letters.startsWith(text, offset))?.[2];
}

function convert(file: string, kind: string): Uint8Array {
  const target = `${path.basename(file, path.extname(file))}.wav`;
  const command = `ffmpeg -i ${quoted(file)} -ac 1 ${quoted(path.join(path.dirname(file), target))}`;
  // `file:` and the white list: a name or a playlist must not make ffmpeg open anything but this file.
  const args = ['-v', 'error', '-nostdin', '-protocol_whitelist', 'file,pipe', '-i', `file:${file}`];
  const output = ['-vn', '-ac', '1', '-ar', `${CONVERTED_RATE}`, '-f', 'f32le', 'pipe:1'];
  const { error, status, stdout, stderr } = spawnSync('ffmpeg', [...args, ...output], { maxBuffer: 2 ** 31 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new SeqkitError(`${file}: ${kind}, which seqkit reads through ffmpeg, and ffmpeg was not found.`, {
      code: 'bad-file',
      hint: `Install ffmpeg (Debian: apt-get install ffmpeg), or convert the file elsewhere: ${command}`,
    });
  }
  if (error !== undefined || status !== 0 || stdout.length < 4) {
    const cause =
      error?.message ?? (stderr.toString().trim().split('\n').at(-1) || 'there is no sound in it');
    throw new SeqkitError(`${file}: ${kind}, which ffmpeg cannot read: ${cause}`, {
      code: 'bad-file',
      hint: `See what this says: ${command}`,
    });
  }
  const samples = new Float32Array(
    stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~3)),
  );
  return encodeWav({ samples, sampleRate: CONVERTED_RATE });
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
