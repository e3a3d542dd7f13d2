import { CopyCheck, type CopyReport } from '../text/copy-check.js';
import type { ComposedTune } from '../text/music/music-model.js';
import { readTunes } from '../text/music/read-tunes.js';
import { parseWarnings } from '../text/music/tune-files.js';
import type { Tune } from '../text/music/tune.js';

/** What was composed, in figures. */
export interface ComposedReport {
  readonly tunes: number;
  /** How many abcjs parses without a warning. */
  readonly parse: number;
  /** Of those, how many have bars that add up to the meter. */
  readonly barsAddUp: number;
  /** The probability that the constraint removed, the mean over all characters of bodies. */
  readonly removed: number;
  /** Bar lines with notes before them. */
  readonly bars: { readonly least: number; readonly most: number; readonly mean: number };
  /** Stretches of eight characters in the bodies: different ones, and all. */
  readonly distinctEightGrams: number;
  readonly eightGrams: number;
  /** Where training tunes were given. */
  readonly copies?: CopyReport;
}

export async function describeTunes(
  tunes: readonly ComposedTune[],
  training: readonly Tune[] | undefined,
): Promise<ComposedReport> {
  let parse = 0;
  let barsAddUp = 0;
  let removed = 0;
  let characters = 0;
  const bars: number[] = [];
  const bodies = tunes.map(({ text }) => text.replace(/^(?:[A-Z]:.*\n)*/, '').trimEnd());
  for (const [i, tune] of tunes.entries()) {
    const parses = (await parseWarnings(tune.abc)).length === 0;
    if (parses) parse += 1;
    if (parses && readTunes(tune.abc).tunes.length === 1) barsAddUp += 1;
    removed += tune.removed * tune.characters;
    characters += tune.characters;
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
    ...{ tunes: tunes.length, parse, barsAddUp },
    removed: characters === 0 ? 0 : removed / characters,
    bars: {
      least: Math.min(...bars),
      most: Math.max(...bars),
      mean: bars.reduce((sum, count) => sum + count, 0) / bars.length,
    },
    distinctEightGrams: new Set(grams.flat()).size,
    eightGrams: grams.flat().length,
    ...(training && { copies: check.report() }),
  };
}
