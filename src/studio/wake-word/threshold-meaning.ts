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

const shownRate = (perHour: number): string =>
  perHour > 0 && perHour < 10 ? perHour.toFixed(1) : String(Math.round(perHour));
