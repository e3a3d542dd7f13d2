import type { TradeoffPoint } from '../../audio/index.js';
import { shownDuration } from '../state/duration.js';

/** How a model does on clips that it was not trained on. */
export interface HeldOutFigures {
  /** Of the word. */
  readonly clips: number;
  /** Of other sound. */
  readonly hours: number;
  /** Ascending by threshold. */
  readonly tradeoff: readonly TradeoffPoint[];
  readonly verdict: string;
}

export const isFigures = (value: unknown): value is HeldOutFigures => {
  const { clips, hours, tradeoff, verdict } = (value ?? {}) as Partial<HeldOutFigures>;
  return (
    [clips, hours].every(Number.isFinite) &&
    typeof verdict === 'string' &&
    Array.isArray(tradeoff) &&
    tradeoff.length > 0 &&
    tradeoff.every((point: unknown) => {
      const { threshold, missed, falseAlarmsPerHour } = (point ?? {}) as Partial<TradeoffPoint>;
      return [threshold, missed, falseAlarmsPerHour].every(Number.isFinite);
    })
  );
};

/** What may be chosen of a threshold, and by what it moves. */
export const THRESHOLDS = { min: 0.02, max: 0.98, step: 0.01 } as const;

/** All that may be chosen, ascending. */
export const allThresholds = (): number[] =>
  Array.from({ length: Math.round((THRESHOLDS.max - THRESHOLDS.min) / THRESHOLDS.step) + 1 }, (_, i) =>
    nearestThreshold(THRESHOLDS.min + i * THRESHOLDS.step),
  );

/** The one that may be chosen which is nearest. */
export const nearestThreshold = (score: number): number =>
  Math.round(100 * Math.min(THRESHOLDS.max, Math.max(THRESHOLDS.min, score))) / 100;

/** The figures at a threshold. */
export const pointAt = ({ tradeoff }: HeldOutFigures, threshold: number): TradeoffPoint =>
  tradeoff.reduce((best, each) =>
    Math.abs(each.threshold - threshold) < Math.abs(best.threshold - threshold) ? each : best,
  );

/** What a threshold comes to, in few words. */
export function shortMeaning(figures: HeldOutFigures, threshold: number): string {
  const { missed, falseAlarmsPerHour } = pointAt(figures, threshold);
  return `misses ${Math.round(100 * missed)}% of the words and has ${shownRate(falseAlarmsPerHour)} false alarms an hour`;
}

/** What a threshold comes to, with the counts behind it. */
export function longMeaning(figures: HeldOutFigures, threshold: number): string {
  const { missed, falseAlarmsPerHour } = pointAt(figures, threshold);
  const [misses, alarms] = [missed * figures.clips, falseAlarmsPerHour * figures.hours].map(Math.round);
  const heard = shownDuration(3600 * figures.hours);
  return `it missed ${misses} of ${figures.clips} held-out clips, and fired ${alarms === 1 ? 'once' : `${alarms} times`} in ${heard} of other speech.`;
}

/** A threshold at which so many words are missed is told to be too high, and another one to miss no more than that. */
const [TOO_MANY, FEW_ENOUGH] = [0.5, 1 / 3];

/** What to do where a model misses most of the words. */
export interface ThresholdAdvice {
  readonly text: string;
  /** A lower one that misses few; undefined where there is none. */
  readonly threshold: number | undefined;
}

/** @returns undefined where a threshold misses fewer than half of the words */
export function adviceAt(figures: HeldOutFigures, threshold: number): ThresholdAdvice | undefined {
  if (pointAt(figures, threshold).missed < TOO_MANY) return undefined;
  const better = figures.tradeoff.findLast(
    (point) => point.threshold < threshold && point.missed <= FEW_ENOUGH,
  )?.threshold;
  const told = `At ${threshold.toFixed(2)} it misses most of the words.`;
  return better === undefined
    ? {
        text: `${told} No lower threshold helps: record more clips of the word, by more voices, or train more thoroughly.`,
        threshold: undefined,
      }
    : { text: `${told} At ${better.toFixed(2)} ${longMeaning(figures, better)}`, threshold: better };
}

/** A rate in few digits. */
export const shownRate = (perHour: number): string =>
  perHour > 0 && perHour < 10 ? perHour.toFixed(1) : String(Math.round(perHour));
