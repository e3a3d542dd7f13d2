import { useEffect, useRef } from 'preact/hooks';

/** A score, and when it was given, in seconds. */
export type ScorePoint = readonly [seconds: number, score: number];

const SECONDS = 8;
const WIDTH = 720;
const HEIGHT = 220;

/**
 * The score as it comes, with a mark where the word was heard. It is drawn from a list that grows beside the page, so
 * that thirty scores a second change nothing else.
 */
export function ScoreCurve({
  points,
  fired,
}: {
  points: { readonly current: ScorePoint[] };
  fired: { readonly current: number[] };
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
      const y = (score: number): number => HEIGHT * (1 - score);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      context.strokeStyle = context.fillStyle = style.getPropertyValue('--accent');
      context.lineWidth = 1;
      for (const at of fired.current) {
        context.beginPath();
        context.arc(x(at), 9, 6, 0, 2 * Math.PI);
        context.fill();
        context.beginPath();
        context.moveTo(x(at), 15);
        context.lineTo(x(at), HEIGHT);
        context.stroke();
      }
      context.lineWidth = 3;
      context.beginPath();
      for (const [seconds, score] of points.current) context.lineTo(x(seconds), y(score));
      context.stroke();
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <canvas
      ref={canvas}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`The score of the last ${SECONDS} seconds; what was heard is listed below.`}
    />
  );
}

/** Forgets what is no longer shown. @param now seconds */
export function trim(points: ScorePoint[], fired: number[], now: number): void {
  while (points.length > 0 && points[0][0] < now - SECONDS) points.shift();
  while (fired.length > 0 && fired[0] < now - SECONDS) fired.shift();
}
