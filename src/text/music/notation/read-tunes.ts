import { abcText } from './abc-text.js';
import { readFieldKey } from './key.js';
import { barTicks, readMeter, readUnit, unitOf, unitTicks } from './meter.js';
import { TuneGrammar } from './tune-grammar.js';
import { TuneSpelling } from './tune-spelling.js';
import { plainType, type Tune } from './tune.js';

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
 * one spelling is made of keys, meters, chords and bar lines. A tune is left out, with the reason, where its header
 * is not understood, its bars do not add up to its meter, or it holds what `TuneGrammar` does not know, such as a
 * second voice. Takes time in proportion to the text, whatever it holds.
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
  const body = readBody(lines, { keyAt, meter, unit });
  if (body.ok) return { title, type: typeOf(field('R:'), field('Z:')), meter, unit, key, body: body.text };
  // Where L: is missing, one that was meant may show.
  const meant =
    field('L:') === undefined && unit !== '1/8' && readBody(lines, { keyAt, meter, unit: '1/8' }).ok;
  return meant ? `${body.reason}; with L:1/8 in its header it is understood` : body.reason;
}

/** `reel`, of `R:Reel` or of a transcription's name such as `id:hn-reel-12`. */
function typeOf(rhythm: string | undefined, transcription: string | undefined): string {
  const named = rhythm ?? /\bid:\S*?-([a-z]+)-\d+$/.exec((transcription ?? '').slice(-60))?.[1] ?? '';
  return plainType(named.toLowerCase().replace(/\s+/g, ' '));
}

type Body = { ok: true; text: string } | { ok: false; reason: string };

/** The lines of notes, made one way, where they make bars. */
function readBody(
  lines: readonly string[],
  { keyAt, meter, unit }: { keyAt: number; meter: string; unit: string },
): Body {
  const spelling = new TuneSpelling({ meter, unit });
  for (const line of lines.slice(0, keyAt)) if (line.startsWith('U:')) spelling.define(valueOf(line));
  for (const line of lines.slice(keyAt + 1)) {
    const reason = spelling.take(line);
    if (reason !== undefined) return { ok: false, reason };
  }
  const written = spelling.finish();
  if (written.length === 0) return { ok: false, reason: 'it has no notes' };
  const text = `${written.join('\n')}\n`;
  const grammar = new TuneGrammar({ bar: barTicks(meter), unit: unitTicks(unit) });
  for (const c of `${text}\n`) {
    const reason = grammar.push(c);
    if (reason !== undefined) return { ok: false, reason };
  }
  return { ok: true, text };
}
