import { likeliestOf } from '../../sampling/candidates.js';
import { figuresOf, type TuneFigures } from '../analysis/tune-figures.js';
import type { Melody } from '../form/melody.js';
import type { ComposedTune } from './music-model.js';

/** What figures of the training a tune is judged by. */
export type JudgingFigures = Pick<TuneFigures, 'endOnTonic' | 'wholePhrases' | 'leaps' | 'range'>;

/** So many semitones the range of a tune may be wider than the mean of the training's. */
export const WIDER = 6;

/** One of several tunes of which the best is kept. */
export interface TuneCandidate {
  readonly melody: Melody;
  readonly tune: ComposedTune;
}

/**
 * How many of four figures set a tune apart from those of a training: it does not end on the tonic, or has sections of
 * other lengths than 8 and 16 bars, each where more than half of the training's tunes do not; a greater share of its steps
 * are leaps over an octave; its range is more than `WIDER` semitones above the mean.
 */
export function figuresMissed(melody: Melody, training: JudgingFigures): number {
  const { endOnTonic, wholePhrases, leaps, range } = figuresOf([melody]);
  const missed = [
    training.endOnTonic > 0.5 && endOnTonic < 1,
    training.wholePhrases > 0.5 && wholePhrases < 1,
    leaps > training.leaps,
    range > training.range + WIDER,
  ];
  return missed.filter(Boolean).length;
}

/** Of some tunes the likeliest a bar to the model among those that miss the fewest figures of its training. */
export function bestTune(candidates: readonly TuneCandidate[], training: JudgingFigures): ComposedTune {
  const judged = candidates.map(({ melody, tune }) => ({ tune, missed: figuresMissed(melody, training) }));
  const fewest = judged.reduce((min, { missed }) => Math.min(min, missed), Infinity);
  return likeliestOf(
    judged.filter(({ missed }) => missed === fewest),
    ({ tune }) => tune.natsPerBar!,
  ).tune;
}
