import { SeqkitError } from '../rnn/errors.js';

/** Codes of the `fmt ` chunk that wavefile decodes. */
export const WAVE_FORMATS = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, imaAdpcm: 17 } as const;
const EXTENSIBLE = 0xfffe;
/** What recorders that stream leave in a size field that they could not go back to fill. */
const UNKNOWN_SIZE = 0xffffffff;

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
}

/**
 * Walks the chunks of a WAV file (RIFF, RIFX or RF64) up to its samples.
 *
 * @param name the file's name, for messages
 * @throws SeqkitError `bad-file` with name, byte offset and cause: not a WAV file, a chunk
 *   cut off, a header that contradicts itself, fewer bytes than the header claims
 */
export function readWaveLayout(bytes: Uint8Array, name: string): WaveLayout {
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
      'Convert it, for example with: ffmpeg -i INPUT OUTPUT.wav',
    );
  }
  if (bytes.length < 12) fail(bytes.length, 'the header is cut off after the first chunk name');
  if (ascii(bytes, 8, 4) !== 'WAVE') fail(8, `expected "WAVE", found "${ascii(bytes, 8, 4)}"`);
  const bigEndian = container === 'RIFX';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u16 = (at: number) => view.getUint16(at, !bigEndian);
  const u32 = (at: number) => view.getUint32(at, !bigEndian);

  let formatChunk: Omit<WaveLayout, 'dataStart' | 'dataBytes' | 'factFrames'> | undefined;
  let longDataBytes: number | undefined;
  let factFrames: number | undefined;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const id = ascii(bytes, at, 4);
    const size = u32(at + 4);
    const body = at + 8;
    const present = bytes.length - body;
    if (id === 'data') {
      if (formatChunk === undefined) return fail(at, 'the samples come before any "fmt " chunk');
      const dataBytes = size === UNKNOWN_SIZE && longDataBytes !== undefined ? longDataBytes : size;
      if (size === UNKNOWN_SIZE && longDataBytes === undefined) {
        return fail(
          at + 4,
          `the header does not say how long the recording is (a streamed file); ${present} bytes follow`,
          'Write it anew, for example with: sox --ignore-length INPUT OUTPUT.wav',
        );
      }
      if (dataBytes > present) {
        fail(
          at + 4,
          `the header claims ${dataBytes} bytes of samples, only ${present} are there: the file is cut off`,
          'Copy or record it again.',
        );
      }
      if (dataBytes === 0) fail(at + 4, 'the file holds no samples', 'Record it again.');
      if (dataBytes % formatChunk.blockAlign !== 0) {
        fail(at + 4, `${dataBytes} bytes of samples are no multiple of ${formatChunk.blockAlign} a frame`);
      }
      return { ...formatChunk, dataStart: body, dataBytes, factFrames };
    }
    if (size > present) fail(at, `chunk "${id}" claims ${size} bytes, only ${present} are there`);
    if (id === 'ds64' && size >= 16) longDataBytes = u32(body + 8) + u32(body + 12) * 2 ** 32;
    if (id === 'fact' && size >= 4) factFrames = u32(body);
    if (id === 'fmt ') {
      if (size < 16) fail(at + 4, `the "fmt " chunk has ${size} bytes, expected at least 16`);
      const tag = u16(body);
      if (tag === EXTENSIBLE && size < 40)
        fail(at + 4, `an extensible "fmt " chunk has ${size} bytes, expected 40`);
      formatChunk = {
        bigEndian,
        format: tag === EXTENSIBLE ? u16(body + 24) : tag,
        channels: u16(body + 2),
        sampleRate: u32(body + 4),
        blockAlign: u16(body + 12),
        bitsPerSample: u16(body + 14),
      };
      const complaint = complaintAbout(formatChunk);
      if (complaint !== undefined) fail(body, complaint);
    }
    at = body + size + (size % 2);
  }
  return fail(
    Math.min(at, bytes.length),
    formatChunk ? 'the file ends before its samples' : 'no "fmt " chunk found',
  );
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
  if (fits === undefined) return `samples coded as format ${format}, which seqkit does not decode`;
  if (!fits(bitsPerSample)) return `${bitsPerSample} bits a sample, which format ${format} does not decode`;
  if (format === imaAdpcm) {
    if (channels !== 1) return `IMA ADPCM with ${channels} channels, only one is decoded`;
    return blockAlign > 4 ? undefined : `ADPCM blocks of ${blockAlign} bytes`;
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
