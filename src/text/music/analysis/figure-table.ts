import { readMelody } from '../form/read-melody.js';
import type { Tune } from '../notation/tune.js';
import { tuneCopies } from './tune-copies.js';
import { tuneDivergence, type TuneFigures } from './tune-figures.js';

/** One line of a table of figures: what it is, of the tunes, and of those that they are held against. */
export interface FigureRow {
  readonly name: string;
  readonly tunes: string;
  readonly others: string;
}

/** What tunes are like beside others, such as those that a model was trained on, for people to read. */
export function figureTable(tunes: TuneFigures, others: TuneFigures): FigureRow[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const plain = (value: number): string => value.toFixed(1);
  const row = (
    name: string,
    figure: (figures: TuneFigures) => number,
    write: (value: number) => string,
  ): FigureRow => ({ name, tunes: write(figure(tunes)), others: write(figure(others)) });
  const apart = tuneDivergence(tunes, others);
  const bits = (name: string, value: number): FigureRow => ({ name, tunes: value.toFixed(4), others: '' });
  return [
    row('tunes that end on the tonic', ({ endOnTonic }) => endOnTonic, percent),
    row('tunes of several sections', ({ severalSections }) => severalSections, percent),
    row('tunes with all sections of 8 or 16 bars', ({ wholePhrases }) => wholePhrases, percent),
    row('tunes with all sections played twice', ({ doubled }) => doubled, percent),
    row('bars taken up again', ({ barsTakenUp }) => barsTakenUp, percent),
    row('leaps over an octave', ({ leaps }) => leaps, percent),
    row('range in semitones', ({ range }) => range, plain),
    row('notes a bar', ({ notesPerBar }) => notesPerBar, plain),
    bits('pitch classes apart, bits', apart.pitchClasses),
    bits('intervals apart, bits', apart.intervals),
    bits('lengths apart, bits', apart.lengths),
  ];
}

/** How much of tunes is copied from others, in the same form. */
export function copyRows(tunes: readonly Tune[], from: readonly Tune[]): FigureRow[] {
  const copies = tuneCopies(tunes.map(readMelody), from.map(readMelody));
  const row = (name: string, here: string): FigureRow => ({ name, tunes: here, others: '' });
  return [
    row('longest copy, bars', copies.longestBars.toFixed(2)),
    row('longest copy of a tune, median, bars', copies.medianBars.toFixed(2)),
    row('8-grams of notes that stand in the training', `${(100 * copies.seenEightGrams).toFixed(1)}%`),
  ];
}
