import { abcText } from './abc-text.js';
import { readFieldKey } from './key.js';
import { barTicks, readMeter, readUnit, unitOf, unitTicks } from './meter.js';
import { TuneGrammar } from './tune-grammar.js';
import { TuneSpelling } from './tune-spelling.js';
import { plainType, type Tune, type TuneVoice } from './tune.js';
import { splitVoices, type VoiceLines } from './tune-voices.js';

/** A tune that was left out. */
export interface TuneFault {
  /** Its `X:`, as written. */
  readonly number: string;
  readonly title: string;
  /** The line of the file at which it begins, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ReadTunes {
  readonly tunes: Tune[];
  /** Those that are malformed, or hold what is not understood. */
  readonly faults: TuneFault[];
}

/** One tune of a file, or what stands before the first. */
interface Block {
  readonly lines: string[];
  /** The line of the file at which it begins, from 1. */
  readonly line: number;
  /** Whether its key, and then notes, have come. */
  hasKey: boolean;
  hasNotes: boolean;
}

/**
 * The tunes of a text in ABC (standard 2.1; also the older way with `!` at the end of lines). What
 * stands outside tunes, words, comments and remarks are left away, and so are decorations that are not learnt;
 * one spelling is made of keys, meters, chords and bar lines. Of several voices (`V:`) the first is the tune, and the
 * others go along as its `voices`. A tune is left out, with the reason, where its header is not understood, its bars do
 * not add up to its meter, or it holds what `TuneGrammar` does not know, such as voices within a bar (`&`). Takes time
 * in proportion to the text, whatever it holds.
 */
export function readTunes(text: string): ReadTunes {
  abcText.parse(text, 'readTunes: text');
  const tunes: Tune[] = [];
  const faults: TuneFault[] = [];
  /** What the head of the file says for every tune (ABC 2.1, 2.2.2). */
  let head: readonly string[] = [];
  let block: Block | undefined;
  const begin = (line: number): Block => ({ lines: [], line, hasKey: false, hasNotes: false });
  const finish = (): void => {
    if (!block) return;
    const { lines, line, hasNotes } = block;
    block = undefined;
    const isHead = !lines[0].startsWith('X:') && !hasNotes;
    if (isHead) {
      head = lines.filter((each) => /^[MLRUm]:/.test(each));
      return;
    }
    const [number, title] = ['X:', 'T:'].map((field) =>
      valueOf(lines.find((each) => each.startsWith(field)) ?? 'X:'),
    );
    const tune = readTune([...head, ...lines], title.replaceAll('\\%', '%'));
    if (typeof tune === 'string') faults.push({ number, title, line, reason: tune });
    else tunes.push(tune);
  };
  text.split(/\r\n|\n|\r/).forEach((raw, i) => {
    const line = withoutComment(raw).trim();
    if (line === '') {
      // Some leave a line free between the header and the notes.
      if (!raw.startsWith('%') && (block?.hasNotes || !block?.hasKey)) finish();
      return;
    }
    const field = /^([A-Za-z+]):(?![|:])/.exec(line)?.[1];
    if (field === 'X') {
      finish();
      block = begin(i + 1);
    } else if (field !== undefined && !block && tunes.length + faults.length === 0) block = begin(i + 1);
    if (!block) return;
    block.lines.push(line);
    if (field === 'K') block.hasKey = true;
    else if (field === undefined && block.hasKey) block.hasNotes = true;
  });
  finish();
  return { tunes, faults };
}

/** Fields of text keep a `%` within a word. */
function withoutComment(line: string): string {
  return line.replace(/^[A-Za-z]:(?![|:])/.test(line) ? /^%[^]*|(?<!\\)\s%[^]*/ : /(?<!\\)%[^]*/, '');
}

function valueOf(line: string): string {
  return line.slice(2).trim();
}

/** @returns a tune, or what is wrong */
function readTune(lines: readonly string[], title: string): Tune | string {
  const keyAt = lines.findIndex((line) => line.startsWith('K:'));
  if (keyAt < 0) return 'it has no key (K:)';
  const header = lines.slice(0, keyAt);
  const field = (name: string): string | undefined => {
    const line = header.findLast((each) => each.startsWith(name));
    return line === undefined ? undefined : valueOf(line);
  };
  const key = readFieldKey(valueOf(lines[keyAt]));
  if (!key) return `the key ${JSON.stringify(valueOf(lines[keyAt]))} is not understood`;
  const meter = readMeter(field('M:') ?? '');
  if (meter === undefined) return `the meter ${JSON.stringify(field('M:') ?? '')} is not understood`;
  const unit = field('L:') === undefined ? unitOf(meter) : readUnit(field('L:')!);
  if (unit === undefined) return `the unit length ${JSON.stringify(field('L:'))} is not understood`;
  if (field('m:') !== undefined) return 'it has macros (m:)';
  const voices = splitVoices(header, lines.slice(keyAt + 1));
  if (typeof voices === 'string') return voices;
  const read = (unit: string) => readVoices(voices, { header, meter, unit });
  const heard = read(unit);
  if (typeof heard !== 'string') {
    const type = typeOf(field('R:'), field('Z:'));
    const [{ body }, ...others] = heard;
    return { title, type, meter, unit, key, body, ...(others.length > 0 && { voices: others }) };
  }
  // Where L: is missing, one that was meant may show.
  const meant = field('L:') === undefined && unit !== '1/8' && typeof read('1/8') !== 'string';
  return meant ? `${heard}; with L:1/8 in its header it is understood` : heard;
}

/** `reel`, of `R:Reel` or of a transcription's name such as `id:hn-reel-12`. */
function typeOf(rhythm: string | undefined, transcription: string | undefined): string {
  const named = rhythm ?? /\bid:\S*?-([a-z]+)-\d+$/.exec((transcription ?? '').slice(-60))?.[1] ?? '';
  return plainType(named.toLowerCase().replace(/\s+/g, ' '));
}

interface VoiceContext {
  readonly header: readonly string[];
  readonly meter: string;
  readonly unit: string;
}

/** The voices that have notes, the melody first. @returns or what is wrong with one of them */
function readVoices(
  voices: readonly VoiceLines[],
  context: VoiceContext,
): [TuneVoice, ...TuneVoice[]] | string {
  const heard: TuneVoice[] = [];
  for (const { name, setting, lines } of voices) {
    const body = readBody(lines, context);
    if (body.ok && body.text === '') continue;
    if (!body.ok) return heard.length === 0 ? body.reason : `its voice ${name}: ${body.reason}`;
    heard.push({ setting, body: body.text });
  }
  const [melody, ...others] = heard;
  return melody === undefined ? 'it has no notes' : [melody, ...others];
}

type Body = { ok: true; text: string } | { ok: false; reason: string };

/** The lines of notes of a voice, made one way, where they make bars; empty where there are no notes. */
function readBody(lines: readonly string[], { header, meter, unit }: VoiceContext): Body {
  const spelling = new TuneSpelling({ meter, unit });
  for (const line of header) if (line.startsWith('U:')) spelling.define(valueOf(line));
  for (const line of lines) {
    const reason = spelling.take(line);
    if (reason !== undefined) return { ok: false, reason };
  }
  const written = spelling.finish();
  if (written.length === 0) return { ok: true, text: '' };
  const text = `${written.join('\n')}\n`;
  const grammar = new TuneGrammar({ bar: barTicks(meter), unit: unitTicks(unit) });
  for (const c of `${text}\n`) {
    const reason = grammar.push(c);
    if (reason !== undefined) return { ok: false, reason };
  }
  return { ok: true, text };
}
