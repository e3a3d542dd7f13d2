import { useEffect, useRef } from 'preact/hooks';

/** A score, and when it was given, in seconds. */
export type ScorePoint = readonly [seconds: number, score: number];

const SECONDS = 8;
const WIDTH = 720;
const HEIGHT = 150;

/**
 * The score as it comes, with the threshold as a line and a mark where the word was heard. It is drawn from a list that
 * grows beside the page, so that thirty scores a second change nothing else.
 */
export function ScoreCurve({
  points,
  fired,
  threshold,
}: {
  points: { readonly current: ScorePoint[] };
  fired: { readonly current: number[] };
  threshold: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      const context = canvas.current?.getContext('2d');
      if (!context) return;
      const style = getComputedStyle(document.documentElement);
      const now = points.current.at(-1)?.[0] ?? 0;
      const x = (seconds: number): number => WIDTH - ((now - seconds) / SECONDS) * WIDTH;
      const y = (score: number): number => HEIGHT - 6 - score * (HEIGHT - 12);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      context.lineWidth = 2;
      context.strokeStyle = style.getPropertyValue('--warm');
      context.setLineDash([6, 6]);
      context.beginPath();
      context.moveTo(0, y(threshold));
      context.lineTo(WIDTH, y(threshold));
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = style.getPropertyValue('--accent');
      for (const at of fired.current) {
        context.beginPath();
        context.arc(x(at), y(1), 5, 0, 2 * Math.PI);
        context.fill();
      }
      context.strokeStyle = style.getPropertyValue('--accent');
      context.beginPath();
      for (const [seconds, score] of points.current) context.lineTo(x(seconds), y(score));
      context.stroke();
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [threshold]);
  return (
    <canvas
      ref={canvas}
      class="score"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`The score of the last ${SECONDS} seconds, with the threshold at ${threshold.toFixed(2)}; what was heard is listed below.`}
    />
  );
}

/** Forgets what is no longer shown. */
export function trim(points: ScorePoint[]): void {
  const now = points.at(-1)?.[0] ?? 0;
  while (points.length > 0 && points[0][0] < now - SECONDS) points.shift();
}
