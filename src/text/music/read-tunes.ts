import { readKey } from './key.js';
import { barTicks, readMeter, readUnit, unitOf, unitTicks } from './meter.js';
import { isMark } from './ornaments.js';
import { TuneGrammar } from './tune-grammar.js';
import type { Tune } from './tune.js';

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

/** Fields within a tune that say nothing of its notes. */
const besideNotes = /^[ABCDFGHINOPQSTWXZrsw]:/;

/**
 * The tunes of a text in ABC (standard 2.1; also the older way with `!` at the end of lines). What
 * stands outside tunes, words, comments and remarks are left away; one spelling is made of keys, meters
 * and bar lines. A tune is left out, with the reason, where its header is not understood, its bars
 * do not add up to its meter, or it holds what `TuneGrammar` does not know, such as a second voice.
 */
export function readTunes(text: string): ReadTunes {
  const tunes: Tune[] = [];
  const faults: TuneFault[] = [];
  let block: { lines: string[]; line: number } | undefined;
  const finish = (): void => {
    if (!block) return;
    const { lines, line } = block;
    const [number, title] = [/^X:/, /^T:/].map((field) =>
      valueOf(lines.find((each) => field.test(each)) ?? 'X:'),
    );
    const tune = readTune(lines, title);
    if (typeof tune === 'string') faults.push({ number, title, line, reason: tune });
    else tunes.push(tune);
    block = undefined;
  };
  text.split(/\r\n|\n|\r/).forEach((raw, i) => {
    const line = raw.replace(/^%.*|(?<!\\)\s%.*$/, '').trim();
    if (line.startsWith('X:')) finish();
    if (line.startsWith('X:')) block = { lines: [], line: i + 1 };
    if (line === '' && !raw.startsWith('%')) finish();
    else if (line !== '') block?.lines.push(line);
  });
  finish();
  return { tunes, faults };
}

function valueOf(line: string): string {
  return line.slice(2).trim();
}

/** @returns a tune, or what is wrong */
function readTune(lines: readonly string[], title: string): Tune | string {
  const keyAt = lines.findIndex((line) => line.startsWith('K:'));
  if (keyAt < 0) return 'it has no key (K:)';
  const field = (name: string): string | undefined => {
    const line = lines.slice(0, keyAt).findLast((each) => each.startsWith(name));
    return line === undefined ? undefined : valueOf(line);
  };
  const key = readKey(valueOf(lines[keyAt]));
  if (key === undefined) return `the key ${JSON.stringify(valueOf(lines[keyAt]))} is not understood`;
  const meter = readMeter(field('M:') ?? '');
  if (meter === undefined) return `the meter ${JSON.stringify(field('M:') ?? '')} is not understood`;
  const unit = field('L:') === undefined ? unitOf(meter) : readUnit(field('L:')!);
  if (unit === undefined) return `the unit length ${JSON.stringify(field('L:'))} is not understood`;
  const body = readBody(lines.slice(keyAt + 1));
  if (!body.ok) return body.reason;

  const grammar = new TuneGrammar({ bar: barTicks(meter), unit: unitTicks(unit) });
  for (const c of body.text + '\n') {
    const wrong = grammar.push(c);
    if (wrong !== undefined) return wrong;
  }
  return { title, type: typeOf(field('R:'), field('Z:')), meter, unit, key, body: body.text };
}

/** `reel`, of `R:Reel` or of a transcription's name such as `id:hn-reel-12`. */
function typeOf(rhythm: string | undefined, transcription: string | undefined): string {
  const named = rhythm ?? /\bid:\S*?-([a-z]+)-\d+$/.exec(transcription ?? '')?.[1] ?? '';
  return named.toLowerCase().replace(/\s+/g, ' ');
}

type Body = { ok: true; text: string } | { ok: false; reason: string };

/** The lines of notes, made one way. */
function readBody(lines: readonly string[]): Body {
  const written: string[] = [];
  let open = '';
  for (const line of lines) {
    const name = /^([A-Za-z]):(?![|:])/.exec(line)?.[1];
    if (name === 'K') {
      const key = readKey(valueOf(line));
      if (key === undefined)
        return { ok: false, reason: `the key ${JSON.stringify(valueOf(line))} is not understood` };
      open += `[K:${key}]`;
    } else if (name === 'V') return { ok: false, reason: 'it has several voices' };
    else if (name === 'M' || name === 'L')
      return { ok: false, reason: `its ${name}: changes within the tune` };
    else if (besideNotes.test(line)) continue;
    else {
      const notes = `${open}${oneSpelling(line)}`;
      open = '';
      // A line may end within a bar: the next goes on with it.
      if (/[|\]:][12]?$/.test(notes)) written.push(notes);
      else open = `${notes} `;
    }
  }
  // The last line may end without a bar line.
  if (open.trim() !== '') written.push(`${open.trim()}|`);
  if (written.length === 0) return { ok: false, reason: 'it has no notes' };
  return { ok: true, text: `${written.join('\n')}\n` };
}

/** Marks keep their signs, `!trill!`; breaks of lines in the older way, `!`, go; bar lines may be written apart. */
function oneSpelling(line: string): string {
  return line
    .replace(/!$|\\$|\*$/, '')
    .replace(/!([a-z]+)!/g, (written, name: string) => (isMark(name) ? `+${name}+` : written))
    .replace(/!(\+?)(?=[^a-z(<>])|`|\by\d*/g, '')
    .replace(/\+([a-z]+)\+/g, '!$1!')
    .replace(/ (?=[|:]|\[\|)/g, '')
    .replace(/(?:\[\||(?:\|\]?)*\|):/g, '|:')
    .replace(/:+\|*:+(?:\|:)? ?/g, '::')
    .replace(/:\|\||:\|\]/g, ':|')
    .replace(/\[\|(?=[^:])|\.\|/g, '|')
    .replace(/\[K: *([^\]]*)\]/g, (whole, key: string) => (readKey(key) ? `[K:${readKey(key)}]` : whole))
    .replace(/(:?\|) ?\[([12])/g, '$1$2')
    .replace(/ +/g, ' ')
    .replace(/\|(?=:?\|?$)/g, '|')
    .trim();
}
