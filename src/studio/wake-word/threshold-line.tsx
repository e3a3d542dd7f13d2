import { sliderHandlers } from '../parts/slider.js';
import { nearestThreshold, THRESHOLDS } from './threshold-meaning.js';

const { min, max } = THRESHOLDS;
const RANGE = { ...THRESHOLDS, longStep: 0.1 };

/** A threshold as a line over scores from 0, below, to 1, above, moved by dragging it or by keys. */
export function ThresholdLine({
  threshold,
  meaning,
  onMove,
}: {
  threshold: number;
  /** What it comes to, in few words. */
  meaning: string | undefined;
  onMove: (threshold: number) => void;
}) {
  return (
    <div
      class="threshold"
      role="slider"
      tabIndex={0}
      aria-label="Threshold"
      aria-orientation="vertical"
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={threshold}
      aria-valuetext={meaning === undefined ? threshold.toFixed(2) : `${threshold.toFixed(2)}: ${meaning}`}
      style={{ top: `${100 * (1 - threshold)}%` }}
      {...sliderHandlers(threshold, RANGE, {
        move: (to) => onMove(nearestThreshold(to)),
        follow({ currentTarget, clientY }) {
          const { top, height } = currentTarget.parentElement!.getBoundingClientRect();
          return 1 - (clientY - top) / height;
        },
      })}
    >
      <span aria-hidden="true">{threshold.toFixed(2)}</span>
    </div>
  );
}
