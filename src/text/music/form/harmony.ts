import { chordKinds, chordName, type Chord } from '../notation/chord-names.js';
import { keyParts } from '../notation/signature.js';
import type { Tune } from '../notation/tune.js';
import { tuneValue } from '../notation/tune-values.js';
import {
  midiNumber,
  tonicOf,
  writtenBars,
  type Melody,
  type MelodyBar,
  type MelodySection,
} from './melody.js';
import { PART, readMelody } from './read-melody.js';

/** The chords that accompany each mode, the tonic first, then in the order in which they are preferred. */
const modeChords: Readonly<Record<string, readonly Chord[]>> = {
  '': chordsOn([0, 7, 5, 'm2', 'm9']),
  lyd: chordsOn([0, 2, 7, 'm9']),
  mix: chordsOn([0, 10, 5, 'm7']),
  dor: chordsOn(['m0', 10, 5, 3, 'm7']),
  m: chordsOn(['m0', 10, 8, 'm5', 3, 'm7']),
  phr: chordsOn(['m0', 1, 'm10', 3]),
  loc: chordsOn(['m0', 1, 'm5']),
};

/** Major and, with an m, minor chords so many semitones above the tonic. */
function chordsOn(degrees: readonly (number | string)[]): Chord[] {
  return degrees.map((degree) =>
    typeof degree === 'number'
      ? { root: degree, kind: 'major' }
      : { root: Number(degree.slice(1)), kind: 'minor' },
  );
}

/** What a chord loses for each place in the order of its mode, in shares of a bar. */
const PREFERENCE = 0.04;
/** What a bar gains whose chord is that of the bar before, and what the tonic gains where a section begins or ends. */
const STAYING = 0.05;
const HOME = 0.25;
/** How much more than its length a note counts that begins a bar. */
const DOWNBEAT = 0.15;

/**
 * A tune with a chord symbol at the beginning of each bar, by rules: of the chords that accompany its mode, those
 * which hold most of the bar's notes by their length, the first of the bar counted more; the tonic's at the beginning
 * and the end of sections; what stays is preferred. The best row of chords is found by dynamic programming (Viterbi
 * 1967). Symbols that stand already are taken out. Nothing in it is learnt.
 * @param tune as `readTunes` gives it
 * @throws SeqkitError `bad-value` for what is no tune
 */
export function harmonize(tune: Tune): Tune {
  const given = tuneValue.parse(tune, 'harmonize: tune');
  const names = readMelody(given).sections.flatMap((section) =>
    sectionChords(section, given.key).map((chord) => chord && chordName(chord, given.key)),
  );
  return { ...given, body: withSymbols(given.body.replace(/"[^"^_<>@][^"]*"/g, ''), names) };
}

/**
 * A melody of which each bar has its chords: those that stand over its notes, where the one before goes on; in a tune
 * without any, those of the rules of `harmonize`.
 */
export function withHarmony(melody: Melody): Melody {
  const hasOwn = writtenBars(melody).some(({ chords }) => chords !== undefined);
  let last: Chord | undefined;
  const goingOn = (bar: MelodyBar): MelodyBar => {
    const own = bar.chords ?? [];
    const isOwn = bar.chords !== undefined && (own.length === 0 || own[0].at === 0);
    const chords = last && !isOwn ? [{ ...last, at: 0 }, ...own] : own;
    last = chords.at(-1);
    return { ...bar, chords };
  };
  const sections = melody.sections.map((section) => {
    const rules = hasOwn ? [] : sectionChords(section, melody.key);
    let at = 0;
    const each = (bar: MelodyBar): MelodyBar => {
      if (hasOwn) return goingOn(bar);
      const chord = rules[at++];
      return { ...bar, chords: chord ? [{ ...chord, at: 0 }] : [] };
    };
    return {
      ...section,
      ...{ bars: section.bars.map(each), first: section.first.map(each), second: section.second.map(each) },
    };
  });
  return { ...melody, sections };
}

/** By the rules, the chord of each bar of a section as it is written; undefined for a pickup, and where nothing sounds. */
function sectionChords(section: MelodySection, key: string): (Chord | undefined)[] {
  const bars = writtenBars({ sections: [section] });
  const chords = chordsOf(bars, key);
  return bars.map((bar, i) => {
    const isPickup = 2 * bar.ticks <= bar.whole && i === 0 && bars.length > 1;
    return isPickup || bar.notes.every(({ pitch }) => !pitch) ? undefined : chords[i];
  });
}

/** The chords of the bars of one section. */
function chordsOf(bars: readonly MelodyBar[], key: string): Chord[] {
  const tonic = tonicOf(key);
  const chords = modeChords[keyParts(key).mode].map(({ root, kind }) => ({
    root: (tonic + root) % 12,
    kind,
  }));
  const gains = bars.map((bar, i) =>
    chords.map((each, place) => {
      const home = place === 0 && (i === 0 || i === bars.length - 1) ? HOME : 0;
      return fit(bar, each) - PREFERENCE * place + home;
    }),
  );
  // The best sum up to each bar and chord, and the chord before it.
  let best = gains[0] ?? [];
  const from: number[][] = [];
  for (const gain of gains.slice(1)) {
    const back = chords.map((_, to) => {
      const sums = best.map((sum, at) => sum + (at === to ? STAYING : 0));
      return sums.indexOf(Math.max(...sums));
    });
    best = gain.map((each, to) => each + best[back[to]] + (back[to] === to ? STAYING : 0));
    from.push(back);
  }
  const row: number[] = [best.indexOf(Math.max(...best))];
  for (const back of from.toReversed()) row.unshift(back[row[0]]);
  return row.map((at) => chords[at]);
}

/** The share of a bar whose notes are the chord's, less that whose notes are not. */
function fit(bar: MelodyBar, { root, kind }: Chord): number {
  const tones: readonly number[] = chordKinds[kind];
  let sum = 0;
  bar.notes.forEach(({ pitch, ticks }, i) => {
    if (!pitch) return;
    const above = (((midiNumber(pitch) - root) % 12) + 12) % 12;
    const weight = ticks / bar.whole + (i === 0 ? DOWNBEAT : 0);
    sum += tones.includes(above) ? weight : -weight / 2;
  });
  return sum;
}

/** The body with a name before the first note of each bar. */
export function withSymbols(body: string, names: readonly (string | undefined)[]): string {
  let text = '';
  let written = 0;
  let bar = 0;
  /** Where the bar in hand begins; undefined once it has had its name. */
  let start: number | undefined = 0;
  for (const { 0: part, index, groups = {} } of body.matchAll(PART)) {
    if (groups['line'] !== undefined || groups['ending'] !== undefined) start = index + part.length;
    else if (groups['field'] !== undefined && start !== undefined) start = index + part.length;
    else if (start !== undefined && (groups['letter'] !== undefined || groups['chord'] !== undefined)) {
      const at = start + /^\s*/.exec(body.slice(start, index))![0].length;
      const name = names[bar++];
      if (name !== undefined) {
        text += `${body.slice(written, at)}"${name}"`;
        written = at;
      }
      start = undefined;
    }
  }
  return text + body.slice(written);
}
