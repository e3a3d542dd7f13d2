import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { decodeWav, encodeWav, type DecodedWav } from '../../audio/signal/wav.js';
import type { RepairOption } from '../../audio/signal/riff.js';
import { SeqkitError } from '../../base/errors.js';
import { readFileBytes, readFileStart } from '../../base/host/files.js';
import { quoted } from '../terminal/shell-quoting.js';

/** What the first bytes of a file that is no WAV file give away; [offset, letters, name]. */
const SIGNATURES: readonly [number, string, string][] = [
  [4, 'ftyp', 'MPEG-4 audio'],
  [0, '\x1aE\xdf\xa3', 'WebM audio'],
  [0, 'OggS', 'Ogg audio'],
  [0, 'ID3', 'MP3 audio'],
  ...['\xff\xfb', '\xff\xfa', '\xff\xf3', '\xff\xf2', '\xff\xe3'].map((start): [number, string, string] => [
    0,
    start,
    'MP3 audio',
  ]),
  [0, '\xff\xf1', 'AAC audio'],
  [0, '\xff\xf9', 'AAC audio'],
  [0, 'fLaC', 'FLAC audio'],
  [0, 'FORM', 'AIFF audio'],
  [0, '.snd', 'AU audio'],
  [0, 'caff', 'CAF audio'],
  [0, '#!AMR', 'AMR audio'],
  [0, 'riff', 'Wave64 audio'],
  [0, '\x30\x26\xb2\x75', 'Windows Media audio'],
];

/** Enough to tell what a file is. */
const START_BYTES = 16;

/** What sox converts as well. */
const BY_SOX = new Set(['AIFF audio', 'AU audio', 'Wave64 audio', 'CAF audio', 'FLAC audio', 'Ogg audio']);

/** A sound file as the bytes of a WAV file. */
export interface SoundBytes {
  bytes: Uint8Array;
  /** What ffmpeg could not read of it, where it is repaired; `decodeWav` tells what a WAV file has lost. */
  losses: readonly string[];
  /** What is odd about it but lost nothing, where another program read it. */
  remarks: readonly string[];
}

/**
 * The bytes of a sound file as those of a WAV file. A WAV file is given as it is; what phones and
 * browsers record goes through ffmpeg.
 *
 * @param what what it should be, for the error, such as "a clip"
 * @param options.repair keeps what ffmpeg reads of a damaged file
 * @throws SeqkitError `file-access`; `bad-file` where ffmpeg is needed and missing, or finds fault with the file
 */
export function readSoundBytes(file: string, what = 'a recording', options: RepairOption = {}): SoundBytes {
  const kind = soundKind(file, what);
  if (kind !== undefined) return convert(file, kind, options);
  return { bytes: readFileBytes(file, what), losses: [], remarks: [] };
}

/**
 * What kind of sound a file holds that ffmpeg is needed for; undefined of a WAV file.
 * @throws SeqkitError `file-access`; `bad-file` for what its first bytes tell to be no sound, before the rest is read
 */
export function soundKind(file: string, what: string): string | undefined {
  const start = readFileStart(file, what, START_BYTES);
  const kind = compressedKind(start);
  if (kind === undefined && !isWav(start)) decodeWav(start, file);
  return kind;
}

/** As far as so few bytes tell. */
function isWav(start: Uint8Array): boolean {
  const letters = String.fromCharCode(...start);
  return /^(RIFF|RIFX|RF64)[^]{4}WAVE/.test(letters);
}

/** Reads and decodes a sound file. @throws as {@link readSoundBytes} and `decodeWav` */
export function readSound(file: string, options: RepairOption = {}): DecodedWav {
  const { bytes, losses, remarks } = readSoundBytes(file, 'a recording', options);
  const sound = decodeWav(bytes, file, { repair: options.repair ?? false });
  return {
    ...sound,
    losses: [...losses, ...sound.losses],
    remarks: [...remarks, ...sound.remarks],
  };
}

function compressedKind(bytes: Uint8Array): string | undefined {
  const letters = String.fromCharCode(...bytes);
  return SIGNATURES.find(([offset, text]) => letters.startsWith(text, offset))?.[2];
}

function convert(file: string, kind: string, { repair }: RepairOption): SoundBytes {
  const target = `${path.basename(file, path.extname(file))}.wav`;
  const command = `ffmpeg -i ${quoted(file)} -ac 1 ${quoted(path.join(path.dirname(file), target))}`;
  // `file:` and the white list: a name or a playlist must not make ffmpeg open anything but this file.
  const args = ['-v', 'error', '-nostdin', '-protocol_whitelist', 'file,pipe', '-i', `file:${file}`];
  // At the file's own rate, which a check may find fault with.
  const output = ['-vn', '-c:a', 'pcm_f32le', '-f', 'wav', 'pipe:1'];
  const { error, status, stdout, stderr } = spawnSync('ffmpeg', [...args, ...output], { maxBuffer: 2 ** 31 });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
    throw new SeqkitError(`${file}: ${kind}, which seqkit reads through ffmpeg, and ffmpeg was not found.`, {
      code: 'bad-file',
      hint: `Install ffmpeg (Debian: apt-get install ffmpeg), or convert the file ${BY_SOX.has(kind) ? `with sox: sox ${quoted(file)} ${quoted(path.join(path.dirname(file), target))}` : `elsewhere: ${command}`}`,
    });
  }
  // Each begins with the part of ffmpeg that speaks, in brackets; the last is the plainest.
  const complaint = (stderr?.toString().trim().split('\n').at(-1) ?? '').replace(/^\[[^\]]*\] */, '');
  const fail = (cause: string, hint: string): never => {
    throw new SeqkitError(`${file}: ${kind}, which ffmpeg cannot read: ${cause}`, { code: 'bad-file', hint });
  };
  if (error !== undefined || status !== 0) {
    fail(error?.message ?? (complaint || 'there is no sound in it'), `See what this says: ${command}`);
  }
  // ffmpeg goes on past what it cannot read, and ends well.
  if (complaint !== '' && repair !== true) {
    fail(complaint, 'Copy or record it again, or keep what is readable with --repair.');
  }
  // It streams, and leaves the length in the header open.
  const { samples, sampleRate, remarks } = decodeWav(new Uint8Array(stdout), file, { repair: true });
  const losses = complaint === '' ? [] : [`${kind}, of which ffmpeg says: ${complaint}`];
  return { bytes: encodeWav({ samples, sampleRate }), losses, remarks };
}
