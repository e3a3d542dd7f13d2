import type { Interval } from '../../audio/detection/evaluation.js';
import type { Mistake, TriggerEvaluation } from '../../audio/detection/trigger-evaluation.js';
import { spokenWords } from '../clips/spoken-words.js';

/** One curve for each word. */
export async function tradeoffSvg(evaluation: TriggerEvaluation, words: readonly string[]): Promise<string> {
  const { tradeoffPlotSvg } = await import('../../report/tradeoff-plot.js');
  const { hours } = evaluation;
  const each = words
    .map((word) => ({ word, figures: evaluation.perWord?.[word] ?? evaluation }))
    .filter(({ figures }) => figures.words > 0);
  return tradeoffPlotSvg({
    title: `Misses and false alarms of ${spokenWords(words)}`,
    words: Math.max(0, ...each.map(({ figures }) => figures.words)),
    hours,
    curves: each.map(({ word, figures }) => ({
      label: word,
      points: figures.tradeoff,
      chosen: {
        missed: 1 - figures.shareFound,
        falseAlarmsPerHour: figures.falseAlarmsPerHour,
        label: `threshold ${figures.threshold}`,
      },
    })),
  });
}

/** The figures of each word, then those of all together with every mistake. */
export function evaluationLines(evaluation: TriggerEvaluation, words: readonly string[]): string[] {
  const each = Object.entries(evaluation.perWord ?? {}).flatMap(([word, figures]) => [
    ...figureLines(figures, spokenWords([word])),
    figures.verdict,
    '',
  ]);
  return [
    ...each,
    ...figureLines(evaluation, spokenWords(words)),
    `threshold     ${thresholdsOf(evaluation)}`,
    ...evaluation.mistakes.map((mistake) => mistakeLine(mistake, words)),
    evaluation.verdict,
  ];
}

/** One number, or of several words each where they differ. */
function thresholdsOf({ threshold, thresholds }: TriggerEvaluation): string {
  const each = Object.entries(thresholds ?? {});
  if (new Set(each.map(([, value]) => value)).size <= 1) return `${each[0]?.[1] ?? threshold}`;
  return each.map(([word, value]) => `${value} "${word}"`).join(', ');
}

/** How much sound figures stand on, such as `2.26 h` or `4.1 min`. */
export function soundLength(hours: number): string {
  return hours >= 0.1 ? `${hours.toFixed(2)} h` : `${(60 * hours).toFixed(1)} min`;
}

function figureLines(evaluation: TriggerEvaluation, word: string): string[] {
  const { words, found, falseAlarms, hours, events, latencySeconds: latency } = evaluation;
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const between = ({ low, high }: Interval, show: (x: number) => string) =>
    `95%: ${show(low)} to ${show(high)}`;
  const rate = (x: number) => x.toFixed(2);
  const lines: string[] = [];
  if (words > 0) {
    const interval = between(evaluation.shareFoundInterval, percent);
    lines.push(`found         ${found} of ${words} ${word}, ${percent(evaluation.shareFound)} (${interval})`);
  }
  const interval = between(evaluation.falseAlarmsPerHourInterval, rate);
  lines.push(
    `false alarms  ${falseAlarms} in ${soundLength(hours)}, ${rate(evaluation.falseAlarmsPerHour)} per hour (${interval})`,
  );
  if (words > 0) {
    const share = (x: number) => (Number.isNaN(x) ? 'none' : x.toFixed(2));
    lines.push(
      `events        precision ${share(events.precision)}, recall ${share(events.recall)}, F1 ${share(events.f1)} within ${1000 * events.collarSeconds} ms; overlap ${share(events.meanOverlap)}`,
    );
  }
  if (latency !== undefined) {
    const ms = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;
    lines.push(
      `latency       ${ms(latency.median)} after the end of the word (median), ${ms(latency.worstTenth)} or more for the slowest tenth`,
    );
  }
  return lines;
}

function mistakeLine({ file, kind, word, timeSeconds, score }: Mistake, words: readonly string[]): string {
  const what = kind === 'missed' ? 'missed      ' : 'false alarm ';
  const which = words.length === 1 ? '' : `  ${word}`;
  return `${what}  ${file}  ${timeSeconds.toFixed(2)} s  score ${score.toFixed(2)}${which}`;
}
