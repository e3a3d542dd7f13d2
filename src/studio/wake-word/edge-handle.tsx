import { useRef } from 'preact/hooks';

/** What a key moves an edge by, in seconds; with Shift. */
const STEP = 0.01;
const LONG_STEP = 0.05;

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
  const handle = useRef<HTMLDivElement>(null);
  const move = (to: number): void => onMove(Math.max(min, Math.min(max, Math.round(to * 1000) / 1000)));
  const step = (event: KeyboardEvent): void => {
    const by = event.shiftKey ? LONG_STEP : STEP;
    const places: Readonly<Record<string, number>> = {
      ...{
        ArrowLeft: seconds - by,
        ArrowDown: seconds - by,
        ArrowRight: seconds + by,
        ArrowUp: seconds + by,
      },
      ...{ Home: min, End: max },
    };
    if (!Object.hasOwn(places, event.key)) return;
    event.preventDefault();
    move(places[event.key]);
  };
  return (
    <div
      ref={handle}
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
      onKeyDown={step}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const { left, width } = event.currentTarget.parentElement!.getBoundingClientRect();
        move(((event.clientX - left) / width) * total);
      }}
    />
  );
}
