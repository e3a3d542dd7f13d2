import { listOf, number, text, wrongValue, type Schema } from '../../../base/schema/index.js';
import { CopyCheck, type CopyReport } from '../../sampling/copy-check.js';
import type { ComposedTune } from './music-model.js';
import { playFaults } from '../playback/playing.js';
import { readTunes } from '../notation/read-tunes.js';
import { parseWarnings } from '../playback/tune-files.js';
import type { Tune } from '../notation/tune.js';
import { tuneList } from '../notation/tune-values.js';

/** What was composed, in figures. */
export interface ComposedReport {
  readonly tunes: number;
  /** How many abcjs parses without a warning. */
  readonly parse: number;
  /** How many play: as MIDI each note begins at its time, and the last ends when all add up. */
  readonly play: number;
  /** Of those that parse, how many have bars that add up to the meter. */
  readonly barsAddUp: number;
  /** The probability that the constraint removed, the mean over all characters of bodies. */
  readonly removed: number;
  /** How much of it for what would have copied too much of the training. */
  readonly removedCopies: number;
  /** How many bars were drawn anew, since the constraint took too much from them. */
  readonly redrawnBars: number;
  /** As `removed`, with what it took from these bars: the mean over the choices that stand and those that were given up. */
  readonly removedInAll: number;
  /** Bar lines with notes before them; zeros where there are no tunes. */
  readonly bars: { readonly min: number; readonly max: number; readonly mean: number };
  /** Stretches of eight characters in the bodies: different ones, and all. */
  readonly distinctEightGrams: number;
  readonly eightGrams: number;
  /** Where training tunes were given. */
  readonly copies?: CopyReport;
}

const composed: Schema<ComposedTune> = {
  expected: 'a tune that compose made',
  parse(value, name) {
    if (typeof value !== 'object' || value === null) throw wrongValue(name, this.expected, value);
    const tune = value as Record<string, unknown>;
    for (const field of ['abc', 'text']) text.parse(tune[field], `${name}.${field}`);
    for (const field of ['removed', 'characters']) number({ min: 0 }).parse(tune[field], `${name}.${field}`);
    return value as ComposedTune;
  },
};
const composedList = listOf(composed);

/**
 * Figures of composed tunes: how many parse, play and have bars that add up, how much the constraint did, and
 * how much repeats itself or what was learnt.
 * @param training the tunes that were trained on, to tell what is copied from them
 */
export async function describeTunes(
  tunes: readonly ComposedTune[],
  training?: readonly Tune[],
): Promise<ComposedReport> {
  composedList.parse(tunes, 'describeTunes: tunes');
  if (training !== undefined) tuneList.parse(training, 'describeTunes: training');
  let parse = 0;
  let play = 0;
  let barsAddUp = 0;
  let removed = 0;
  let removedCopies = 0;
  let characters = 0;
  const redrawn = { bars: 0, choices: 0, removed: 0 };
  const bars: number[] = [];
  const bodies = tunes.map((tune) => tune.text.replace(/^(?:[A-Z]:.*\n)*/, '').trimEnd());
  for (const [i, tune] of tunes.entries()) {
    const parses = tune.plays ?? (await parseWarnings(tune.abc)).length === 0;
    if (parses) parse += 1;
    if (tune.plays ?? (await playFaults(tune.abc)).length === 0) play += 1;
    if (parses && readTunes(tune.abc).tunes.length === 1) barsAddUp += 1;
    removed += tune.removed * tune.characters;
    removedCopies += (tune.removedCopies ?? 0) * tune.characters;
    characters += tune.characters;
    if (tune.redrawn) {
      redrawn.bars += tune.redrawn.bars;
      redrawn.choices += tune.redrawn.choices;
      redrawn.removed += tune.redrawn.removed * tune.redrawn.choices;
    }
    bars.push(bodies[i].split(/[|:]+[\]1-2]?/).filter((bar) => /[A-Ga-gzx]/.test(bar)).length);
  }
  const grams = bodies.map((body) =>
    Array.from({ length: Math.max(0, body.length - 7) }, (_, i) => body.slice(i, i + 8)),
  );
  const check = new CopyCheck(bodies.join('\n\n'));
  for (const { body } of training ?? []) {
    check.read(body);
    check.break();
  }
  return {
    ...{ tunes: tunes.length, parse, play, barsAddUp },
    removed: characters === 0 ? 0 : removed / characters,
    removedCopies: characters === 0 ? 0 : removedCopies / characters,
    redrawnBars: redrawn.bars,
    removedInAll: characters === 0 ? 0 : (removed + redrawn.removed) / (characters + redrawn.choices),
    bars: {
      min: bars.reduce((min, count) => Math.min(min, count), bars[0] ?? 0),
      max: bars.reduce((max, count) => Math.max(max, count), 0),
      mean: bars.length === 0 ? 0 : bars.reduce((sum, count) => sum + count, 0) / bars.length,
    },
    distinctEightGrams: new Set(grams.flat()).size,
    eightGrams: grams.flat().length,
    ...(training && { copies: check.report() }),
  };
}
