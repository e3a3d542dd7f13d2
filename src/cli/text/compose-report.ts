import type { FigureRow } from '../../text/music/analysis/figure-table.js';
import type { ComposedReport } from '../../text/music/composition/composed-report.js';
import type { ComposedTune } from '../../text/music/composition/music-model.js';
import type { TuneModel } from '../../text/music/composition/tune-model.js';
import type { Tune } from '../../text/music/notation/tune.js';
import { counted } from '../terminal/output.js';

/** Figures of composed tunes beside those of the model's training. @param training tunes that may have been copied */
export async function figuresBeside(
  composed: readonly ComposedTune[],
  { seen }: TuneModel,
  training: readonly Tune[] | undefined,
): Promise<FigureRow[]> {
  const { tuneFigures } = await import('../../text/music/analysis/tune-figures.js');
  const { figureTable } = await import('../../text/music/analysis/figure-table.js');
  const { readTunes } = await import('../../text/music/notation/read-tunes.js');
  const tunes = composed.flatMap(({ abc }) => readTunes(abc).tunes);
  const table = figureTable(tuneFigures(tunes), seen.figures);
  if (!training) return table;
  const { copyRows } = await import('../../text/music/analysis/figure-table.js');
  return [...table, ...copyRows(tunes, training)];
}

/** A table of figures beside the training's, a line each. */
export function tableLines(table: readonly FigureRow[]): string[] {
  const width = Math.max(...table.map(({ name }) => name.length));
  const row = (name: string, tunes: string, others: string): string =>
    `${name.padEnd(width)}  ${tunes.padStart(8)}  ${others.padStart(8)}`.trimEnd();
  return [row('', 'here', 'training'), ...table.map(({ name, tunes, others }) => row(name, tunes, others))];
}

/** What composed tunes are like, a line each. @param constraint whether it held */
export function reportLines(report: ComposedReport, constraint: boolean): string[] {
  const {
    tunes,
    parse,
    play,
    barsAddUp,
    removed,
    removedCopies,
    redrawnBars,
    removedInAll,
    bars,
    distinctEightGrams,
    eightGrams,
    copies,
  } = report;
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return [
    `${counted(tunes, 'tune')} of ${bars.min === bars.max ? '' : `${bars.min} to `}${counted(bars.max, 'bar')}: ${tunes === 1 ? oneTune(report) : `${parse} parse, ${play} play, ${barsAddUp} with bars that add up`}.`,
    ...(constraint
      ? [
          `The constraint removed ${percent(removed)} of the probability${removedCopies >= 5e-4 ? `, ${percent(removedCopies)} of it for copies` : ''}.`,
        ]
      : []),
    ...(redrawnBars > 0
      ? [
          `${counted(redrawnBars, 'bar')} ${redrawnBars === 1 ? 'was' : 'were'} drawn anew, since it took more than the share allowed from a choice; with what it took there it removed ${percent(removedInAll)}.`,
        ]
      : []),
    `Of ${counted(eightGrams, 'stretch', 'stretches')} of 8 characters ${distinctEightGrams} ${distinctEightGrams === 1 ? 'is' : 'are'} distinct.`,
    ...(copies
      ? [
          `The longest copy from the training tunes has ${counted(copies.longestLength, 'character')}: ${JSON.stringify(copies.longest)}; ${percent(copies.seenEightGrams)} of the stretches of 8 stand there.`,
        ]
      : []),
  ];
}

/** What a single tune is like. */
function oneTune({ parse, play, barsAddUp }: ComposedReport): string {
  const is = (yes: number, verb: string, not: string): string => (yes === 1 ? verb : not);
  return `it ${is(parse, 'parses', 'does not parse')} and ${is(play, 'plays', 'does not play')}; its bars ${is(barsAddUp, 'add', 'do not add')} up`;
}
