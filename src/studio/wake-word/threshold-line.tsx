import { nearestThreshold, THRESHOLDS } from './threshold-meaning.js';

/** What a key moves it by; with Shift, and by Page Up and Page Down. */
const { min, max, step } = THRESHOLDS;
const LONG_STEP = 0.1;

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
  const move = (to: number): void => onMove(nearestThreshold(to));
  const press = (event: KeyboardEvent): void => {
    const by = event.shiftKey ? LONG_STEP : step;
    const places: Readonly<Record<string, number>> = {
      ...{ ArrowUp: threshold + by, ArrowRight: threshold + by, PageUp: threshold + LONG_STEP },
      ...{ ArrowDown: threshold - by, ArrowLeft: threshold - by, PageDown: threshold - LONG_STEP },
      ...{ Home: min, End: max },
    };
    if (!Object.hasOwn(places, event.key)) return;
    event.preventDefault();
    move(places[event.key]);
  };
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
      onKeyDown={press}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const { top, height } = event.currentTarget.parentElement!.getBoundingClientRect();
        move(1 - (event.clientY - top) / height);
      }}
    >
      <span aria-hidden="true">{threshold.toFixed(2)}</span>
    </div>
  );
}
