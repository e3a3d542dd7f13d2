import { sliderHandlers } from '../parts/slider.js';

/** What a key moves an edge by, in seconds. */
const STEPS = { step: 0.01, longStep: 0.05 };

/** An edge on a sound, moved by dragging it or by keys. */
export function EdgeHandle({
  label,
  seconds,
  total,
  min,
  max,
  onMove,
}: {
  label: string;
  seconds: number;
  /** Of the whole sound. */
  total: number;
  min: number;
  max: number;
  onMove: (seconds: number) => void;
}) {
  return (
    <div
      class="edge"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={seconds}
      aria-valuetext={`${seconds.toFixed(2)} s`}
      // The policy of the page forbids styles in its text; this sets one by script.
      style={{ left: `${(100 * seconds) / total}%` }}
      {...sliderHandlers(
        seconds,
        { min, max, ...STEPS },
        {
          move: (to) => onMove(Math.max(min, Math.min(max, Math.round(to * 1000) / 1000))),
          follow({ currentTarget, clientX }) {
            const { left, width } = currentTarget.parentElement!.getBoundingClientRect();
            return ((clientX - left) / width) * total;
          },
        },
      )}
    />
  );
}
