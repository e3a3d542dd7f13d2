import { Button } from '../parts/button.js';
import { ScoreCurve, type ScorePoint } from './score-curve.js';
import { ThresholdLine } from './threshold-line.js';
import { adviceAt, longMeaning, shortMeaning, type HeldOutFigures } from './threshold-meaning.js';

/** Rates of lower thresholds may be so high that others would look like none. */
const LOWEST_SHOWN = 0.1;

/** The score as it comes, and beside it what each threshold comes to; the threshold is a line over both. */
export function ScorePanel({
  points,
  fired,
  threshold,
  figures,
  hint,
  onThreshold,
}: {
  points: { readonly current: ScorePoint[] };
  fired: { readonly current: number[] };
  threshold: number;
  /** Undefined where nothing was held back, or the model comes from elsewhere. */
  figures: HeldOutFigures | undefined;
  /** What there is to know besides. */
  hint: string | undefined;
  onThreshold: (threshold: number) => void;
}) {
  const meaning = figures && shortMeaning(figures, threshold);
  const advice = figures && adviceAt(figures, threshold);
  return (
    <div class="score-panel">
      <div class="scores">
        <div class="plots">
          <ScoreCurve points={points} fired={fired} />
          {figures && <Tradeoff figures={figures} />}
          <ThresholdLine threshold={threshold} meaning={meaning} onMove={onThreshold} />
        </div>
        {figures && (
          <p class="legend-of-scores">
            <span class="key key-2">misses</span>
            <span class="key key-1">false alarms</span>
          </p>
        )}
      </div>
      <p class="hint">
        Drag the line, or move it by keys.{' '}
        {figures
          ? `At ${threshold.toFixed(2)} it ${meaning}: ${longMeaning(figures, threshold)}`
          : 'A lower threshold hears more, and fires more often at other words.'}
        {hint}
      </p>
      {advice && (
        <div class="banner go-on" role="status">
          <p>{advice.text}</p>
          {advice.threshold !== undefined && (
            <div class="row">
              <Button onClick={() => onThreshold(advice.threshold!)}>
                Lower it to {advice.threshold.toFixed(2)}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

/** Misses and false alarms by threshold, which goes upwards as the scores beside it. */
function Tradeoff({ figures: { tradeoff } }: { figures: HeldOutFigures }) {
  const shown = tradeoff.filter(({ threshold }) => threshold >= LOWEST_SHOWN);
  const most = Math.max(...shown.map(({ falseAlarmsPerHour }) => falseAlarmsPerHour), 1e-9);
  const line = (share: (point: (typeof tradeoff)[number]) => number): string =>
    tradeoff
      .map((point) => `${(2 + 96 * Math.min(1, share(point))).toFixed(1)},${100 * (1 - point.threshold)}`)
      .join(' ');
  return (
    <svg
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      role="img"
      aria-label={`What thresholds come to: misses up to all, false alarms up to ${Math.round(most)} an hour`}
    >
      <polyline class="line line-1" points={line(({ falseAlarmsPerHour: rate }) => rate / most)} />
      <polyline class="line line-2" points={line(({ missed }) => missed)} />
    </svg>
  );
}
