import { SeqkitError } from '../../base/errors.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { restOfWave, type ReadBytes } from './riff-rest.js';

/** Codes of the `fmt ` chunk that wavefile decodes. */
export const WAVE_FORMATS = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, imaAdpcm: 17 } as const;
/** What an ADPCM block begins with: its first sample and its step. */
export const ADPCM_HEADER_BYTES = 4;
const EXTENSIBLE = 0xfffe;
/** What else is met in WAV files, and whether sox reads it. */
const CODECS: Record<number, { name: string; bySox: boolean }> = {
  0x02: { name: 'Microsoft ADPCM', bySox: true },
  0x31: { name: 'GSM 6.10', bySox: true },
  0x40: { name: 'G.721 ADPCM', bySox: false },
  0x45: { name: 'G.726 ADPCM', bySox: false },
  0x50: { name: 'MPEG audio', bySox: false },
  0x55: { name: 'MP3', bySox: false },
  0xff: { name: 'AAC', bySox: false },
  0x161: { name: 'Windows Media Audio', bySox: false },
  0x2000: { name: 'AC-3', bySox: false },
};
/** What files begin with that are no WAV and that sox reads: AIFF, AU, Creative, Sphere. */
const SOX_STARTS = ['FORM', '.snd', 'Crea', 'NIST'];
/** Less than this behind the samples is no sound but a slip of the writer. */
const SHORTEST_REST_SECONDS = 0.02;
/**
 * What recorders that stream leave in a size field that they could not go back to fill: all ones
 * (ffmpeg), or a number close to 2 GiB (sox).
 */
const UNKNOWN_SIZE = 0xffffffff;
const MIN_UNFILLED_SIZE = 0x7ff00000;

/** Where the samples of a WAV file lie and how they are coded; every size is checked against the bytes present. */
export interface WaveLayout {
  /** RIFX files are big-endian. */
  bigEndian: boolean;
  /** One of {@link WAVE_FORMATS}; the sub-format where the header is the extensible one. */
  format: number;
  channels: number;
  /** Hz */
  sampleRate: number;
  /** Bytes of one frame (one sample of every channel), or of one ADPCM block. */
  blockAlign: number;
  bitsPerSample: number;
  /** Offset of the first sample in the file. */
  dataStart: number;
  /** Bytes of samples. */
  dataBytes: number;
  /** Samples per channel as the `fact` chunk gives it; only ADPCM needs it. */
  factFrames: number | undefined;
  /** What was wrong and what is lost by it, where the file was repaired; empty for a sound file. */
  losses: string[];
}

/** What a reader does about a damaged file. */
export interface RepairOption {
  /** Keep what is readable, and say what was lost, instead of refusing the file. @default false */
  repair?: boolean;
}

/** The schema of what to do about a damaged file. */
export const repairOption = optionsSchema<RepairOption>('decodeWav', { repair: optional(flag) });

/** Programs write some dozen. Gigabytes of zeros are hundreds of millions of empty ones. */
const MOST_CHUNKS = 10_000;

/**
 * Walks the chunks of a WAV file (RIFF, RIFX or RF64) up to its samples.
 *
 * @param bytes of the file, or its start as far as the first sample
 * @param name the file's name, for messages
 * @param options.fileBytes how long the whole file is @default what is given
 * @param options.read gives what is not among `bytes`, so that it is known what follows the samples
 * @param options.repair takes fewer bytes than the header claims, half frames and recordings of
 *   unknown length for what they are, and looks beyond a damaged chunk for the samples
 * @throws SeqkitError `bad-file` with name, byte offset and cause: not a WAV file, a chunk
 *   cut off, a header that contradicts itself, fewer bytes than the header claims, or sound behind those that it claims
 */
export function readWaveLayout(
  bytes: Uint8Array,
  name: string,
  options: RepairOption & { fileBytes?: number; read?: ReadBytes } = {},
): WaveLayout {
  const { fileBytes = bytes.length } = options;
  const isWhole = fileBytes === bytes.length;
  const read = options.read ?? (isWhole ? (from: number, to: number) => bytes.subarray(from, to) : undefined);
  const losses: string[] = [];
  const file = shellQuoted(name);
  const fail = (offset: number, cause: string, hint?: string): never => {
    throw new SeqkitError(`${name}: byte ${offset}: ${cause}`, {
      code: 'bad-file',
      ...(hint === undefined ? {} : { hint }),
    });
  };
  if (bytes.length === 0) fail(0, 'the file is empty', 'Record or copy it again.');
  const container = ascii(bytes, 0, 4);
  if (container !== 'RIFF' && container !== 'RIFX' && container !== 'RF64') {
    fail(
      0,
      `expected a WAV file (RIFF, RIFX or RF64), found ${quoted(bytes)}`,
      SOX_STARTS.includes(container)
        ? `Convert it, for example with: sox ${file} OUTPUT.wav`
        : `Convert it, for example with: ffmpeg -i ${file} OUTPUT.wav`,
    );
  }
  if (bytes.length < 12) fail(bytes.length, 'the header is cut off after the first chunk name');
  if (ascii(bytes, 8, 4) !== 'WAVE') fail(8, `expected "WAVE", found "${printable(ascii(bytes, 8, 4))}"`);
  const bigEndian = container === 'RIFX';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u16 = (at: number) => view.getUint16(at, !bigEndian);
  const u32 = (at: number) => view.getUint32(at, !bigEndian);

  /** Refuses the file, unless it is to be repaired: then the cause and what is kept go on record. */
  const mend = (offset: number, cause: string, kept: string, hint: string): void => {
    if (options.repair !== true) fail(offset, cause, `${hint}, or keep what is readable with repair: true.`);
    losses.push(`byte ${offset}: ${cause}; ${kept}`);
  };

  let formatChunk: Omit<WaveLayout, 'dataStart' | 'dataBytes' | 'factFrames' | 'losses'> | undefined;
  let longDataBytes: number | undefined;
  let factFrames: number | undefined;
  let at = 12;
  for (let chunks = 0; at + 8 <= bytes.length; chunks++) {
    if (chunks === MOST_CHUNKS) {
      fail(
        at,
        `more than ${MOST_CHUNKS} chunks come before the samples`,
        'Save it anew with the program that wrote it.',
      );
    }
    const id = ascii(bytes, at, 4);
    const size = u32(at + 4);
    const body = at + 8;
    const present = fileBytes - body;
    if (id === 'data') {
      if (formatChunk === undefined) return fail(at, 'the samples come before any "fmt " chunk');
      let dataBytes = size === UNKNOWN_SIZE && longDataBytes !== undefined ? longDataBytes : size;
      const streamed = dataBytes >= MIN_UNFILLED_SIZE && longDataBytes === undefined;
      const unfinished = dataBytes === 0 && present > 0 && !isChunk(bytes, body, fileBytes, u32);
      if (unfinished || (dataBytes > present && streamed)) {
        mend(
          at + 4,
          `the header does not say how long the recording is (a streamed or unfinished file); ${present} bytes follow`,
          'they are all taken for samples',
          `Write it anew, for example with: sox --ignore-length ${file} OUTPUT.wav`,
        );
        dataBytes = present;
      } else if (dataBytes > present) {
        const lost = dataBytes - present;
        const seconds = lost / (formatChunk.blockAlign * formatChunk.sampleRate);
        mend(
          at + 4,
          `the header claims ${dataBytes} bytes of samples, only ${present} are there: the file is cut off`,
          formatChunk.format === WAVE_FORMATS.imaAdpcm
            ? lost === 1
              ? 'the last byte is lost'
              : `the last ${lost} bytes are lost`
            : `the last ${seconds.toFixed(2)} s are lost`,
          'Copy or record it again',
        );
        dataBytes = present;
      }
      const claimed = dataBytes;
      const spare = dataBytes % formatChunk.blockAlign;
      // The last ADPCM block may be a short one.
      if (spare > 0 && !(formatChunk.format === WAVE_FORMATS.imaAdpcm && spare > ADPCM_HEADER_BYTES)) {
        // A cut rarely falls between two frames; that half of one goes with the rest needs no second remark.
        if (losses.length === 0) {
          mend(
            at + 4,
            `${dataBytes} bytes of samples are no multiple of ${formatChunk.blockAlign} a frame`,
            spare === 1 ? 'the last byte is lost' : `the last ${spare} bytes are lost`,
            'Record it again',
          );
        }
        dataBytes -= spare;
      }
      if (dataBytes === 0) fail(at + 4, 'the file holds no samples', 'Record it again.');
      const rest = read && restOfWave(read, Math.min(body + claimed, fileBytes), fileBytes, !bigEndian);
      const soundBytes = SHORTEST_REST_SECONDS * formatChunk.sampleRate * formatChunk.blockAlign;
      if (rest?.kind === 'file') {
        mend(
          rest.at,
          `a second WAV file of ${rest.bytes} bytes stands behind the samples that the header names`,
          'it is left out',
          `Cut them apart: head -c ${rest.at} ${file} > FIRST.wav; tail -c +${rest.at + 1} ${file} > SECOND.wav`,
        );
      } else if (rest?.kind === 'samples') {
        mend(
          rest.at,
          `a second "data" chunk of ${rest.bytes} bytes follows the samples`,
          'it is left out',
          'Save it anew with the program that wrote it',
        );
      } else if (rest !== undefined && rest.bytes >= soundBytes) {
        mend(
          rest.at,
          `${rest.bytes} bytes follow the ${claimed} bytes of samples that the header claims, and belong to no chunk`,
          'they are left out',
          `If they are sound, write the file anew: sox --ignore-length ${file} OUTPUT.wav`,
        );
      }
      return { ...formatChunk, dataStart: body, dataBytes, factFrames, losses };
    }
    if (size > present) {
      const cause = `chunk "${printable(id)}" claims ${size} bytes, only ${present} are there`;
      const samplesAt = formatChunk === undefined ? -1 : indexOfText(bytes, 'data', body);
      if (samplesAt < 0) return fail(at, cause);
      mend(at, cause, `the samples were found at byte ${samplesAt}`, 'Record it again');
      at = samplesAt;
      continue;
    }
    if (id === 'ds64' && size >= 16) longDataBytes = u32(body + 8) + u32(body + 12) * 2 ** 32;
    if (id === 'fact' && size >= 4) factFrames = u32(body);
    if (id === 'fmt ') {
      if (size < 16) fail(at + 4, `the "fmt " chunk has ${size} bytes, expected at least 16`);
      const tag = u16(body);
      if (tag === EXTENSIBLE && size < 40)
        fail(at + 4, `an extensible "fmt " chunk has ${size} bytes, expected 40`);
      formatChunk = {
        bigEndian,
        format: tag === EXTENSIBLE ? u32(body + 24) : tag,
        channels: u16(body + 2),
        sampleRate: u32(body + 4),
        blockAlign: u16(body + 12),
        bitsPerSample: u16(body + 14),
      };
      const complaint = complaintAbout(formatChunk);
      if (complaint !== undefined) fail(body, complaint, conversionOf(formatChunk, file));
    }
    at = body + size + (size % 2);
  }
  return fail(
    Math.min(at, bytes.length),
    formatChunk ? 'the file ends before its samples' : 'no "fmt " chunk found',
  );
}

/** Whether a chunk with a name of printable letters stands at `at` and ends within the file. */
function isChunk(bytes: Uint8Array, at: number, fileBytes: number, u32: (at: number) => number): boolean {
  return (
    at + 8 <= bytes.length && /^[ -~]{4}$/.test(ascii(bytes, at, 4)) && u32(at + 4) <= fileBytes - at - 8
  );
}

/** Where four letters stand from `from` on, with room for a size after them; -1 where nowhere. */
function indexOfText(bytes: Uint8Array, text: string, from: number): number {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + 8 > bytes.length) return -1;
    if (ascii(bytes, at, 4) === text) return at;
  }
  return -1;
}

/** A chunk's name for a message: what does not print is shown as a question mark. */
function printable(id: string): string {
  return id.replace(/[^ -~]/g, '?');
}

/** The command that converts what is not decoded. */
function conversionOf(
  { format, bitsPerSample }: Pick<WaveLayout, 'format' | 'bitsPerSample'>,
  file: string,
): string {
  if (CODECS[format]?.bySox === true || (format === WAVE_FORMATS.imaAdpcm && bitsPerSample === 4)) {
    return `Convert it: sox ${file} -e signed-integer -b 16 OUTPUT.wav`;
  }
  if (CODECS[format] !== undefined) return `Convert it: ffmpeg -i ${file} -c:a pcm_s16le OUTPUT.wav`;
  return 'Save it as 16-bit PCM with the program that wrote it.';
}

/** A name as a shell takes it. */
function shellQuoted(name: string): string {
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** What is wrong with a `fmt ` chunk, or undefined where wavefile can decode it. */
function complaintAbout(
  chunk: Pick<WaveLayout, 'format' | 'channels' | 'sampleRate' | 'blockAlign' | 'bitsPerSample'>,
) {
  const { format, channels, sampleRate, blockAlign, bitsPerSample } = chunk;
  if (channels === 0) return 'the header claims no channels';
  if (sampleRate < 1000 || sampleRate > 768_000)
    return `a sample rate of ${sampleRate} Hz, expected 1,000 to 768,000`;
  const { pcm, float, aLaw, muLaw, imaAdpcm } = WAVE_FORMATS;
  const widths: Record<number, (bits: number) => boolean> = {
    [pcm]: (bits) => bits >= 8 && bits <= 32,
    [float]: (bits) => bits === 32 || bits === 64,
    [aLaw]: (bits) => bits === 8,
    [muLaw]: (bits) => bits === 8,
    [imaAdpcm]: (bits) => bits === 4,
  };
  const fits = widths[format];
  if (fits === undefined) {
    const codec = CODECS[format] === undefined ? '' : ` (${CODECS[format].name})`;
    return `samples coded as format ${format}${codec}, which seqkit does not decode`;
  }
  if (!fits(bitsPerSample)) return `${bitsPerSample} bits a sample, which format ${format} does not decode`;
  if (format === imaAdpcm) {
    if (channels !== 1) return `IMA ADPCM with ${channels} channels, only one is decoded`;
    return blockAlign > ADPCM_HEADER_BYTES ? undefined : `ADPCM blocks of ${blockAlign} bytes`;
  }
  const expected = channels * Math.ceil(bitsPerSample / 8);
  return blockAlign === expected ? undefined : `frames of ${blockAlign} bytes, expected ${expected}`;
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function quoted(bytes: Uint8Array): string {
  const start = ascii(bytes, 0, 4);
  return /^[ -~]*$/.test(start)
    ? JSON.stringify(start)
    : `bytes ${Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join(' ')}`;
}
