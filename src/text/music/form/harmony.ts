import { keyParts } from '../notation/signature.js';
import type { Tune } from '../notation/tune.js';
import { tuneValue } from '../notation/tune-values.js';
import { letterOf, midiNumber, stepOf, tonicOf, writtenBars, type MelodyBar } from './melody.js';
import { PART, readMelody } from './read-melody.js';

/** A chord of a key: the degree of its root above the tonic, in semitones and letters, and what kind it is. */
interface Chord {
  readonly semitones: number;
  readonly letters: number;
  readonly kind: '' | 'm';
}

/** The chords that accompany each mode, the tonic first, then in the order in which they are preferred. */
const modeChords: Readonly<Record<string, readonly Chord[]>> = {
  '': [chord(0, 0), chord(7, 4), chord(5, 3), chord(2, 1, 'm'), chord(9, 5, 'm')],
  lyd: [chord(0, 0), chord(2, 1), chord(7, 4), chord(9, 5, 'm')],
  mix: [chord(0, 0), chord(10, 6), chord(5, 3), chord(7, 4, 'm')],
  dor: [chord(0, 0, 'm'), chord(10, 6), chord(5, 3), chord(3, 2), chord(7, 4, 'm')],
  m: [chord(0, 0, 'm'), chord(10, 6), chord(8, 5), chord(5, 3, 'm'), chord(3, 2), chord(7, 4, 'm')],
  phr: [chord(0, 0, 'm'), chord(1, 1), chord(10, 6, 'm'), chord(3, 2)],
  loc: [chord(0, 0, 'm'), chord(1, 1), chord(5, 3, 'm')],
};

function chord(semitones: number, letters: number, kind: '' | 'm' = ''): Chord {
  return { semitones, letters, kind };
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
  const melody = readMelody(given);
  const names: (string | undefined)[] = [];
  for (const section of melody.sections) {
    const bars = writtenBars({ sections: [section] });
    const chords = chordsOf(bars, given.key);
    bars.forEach((bar, i) => {
      const isPickup = 2 * bar.ticks <= bar.whole && i === 0 && bars.length > 1;
      names.push(isPickup || bar.notes.every(({ pitch }) => !pitch) ? undefined : chords[i]);
    });
  }
  return { ...given, body: withSymbols(given.body.replace(/"[^"^_<>@][^"]*"/g, ''), names) };
}

/** The chords of the bars of one section. */
function chordsOf(bars: readonly MelodyBar[], key: string): string[] {
  const tonic = tonicOf(key);
  const chords = modeChords[keyParts(key).mode];
  const gains = bars.map((bar, i) =>
    chords.map((each, place) => {
      const home = place === 0 && (i === 0 || i === bars.length - 1) ? HOME : 0;
      return fit(bar, each, tonic) - PREFERENCE * place + home;
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
  return row.map((at) => nameOf(chords[at], key));
}

/** The share of a bar whose notes are the chord's, less that whose notes are not. */
function fit(bar: MelodyBar, { semitones, kind }: Chord, tonic: number): number {
  const tones = [0, kind === 'm' ? 3 : 4, 7];
  let sum = 0;
  bar.notes.forEach(({ pitch, ticks }, i) => {
    if (!pitch) return;
    const above = (((midiNumber(pitch) - tonic - semitones) % 12) + 12) % 12;
    const weight = ticks / bar.whole + (i === 0 ? DOWNBEAT : 0);
    sum += tones.includes(above) ? weight : -weight / 2;
  });
  return sum;
}

function nameOf({ semitones, letters, kind }: Chord, key: string): string {
  const step = stepOf(keyParts(key).letter, '') + letters;
  const alteration = tonicOf(key) + semitones - midiNumber({ step, alteration: 0 });
  return `${letterOf({ step })}${alteration > 0 ? '#' : alteration < 0 ? 'b' : ''}${kind}`;
}

/** The body with a name before the first note of each bar. */
function withSymbols(body: string, names: readonly (string | undefined)[]): string {
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
