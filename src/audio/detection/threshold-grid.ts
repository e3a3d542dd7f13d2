/** Of a unit of log odds. */
const STEPS = 10;

/** Thresholds evenly spaced in log odds, from a half to a score: a sure network gives a word that comes close 0.9 and more. */
export function thresholdsTo(highest: number): number[] {
  const length = Math.floor(STEPS * Math.log(highest / (1 - highest))) + 1;
  return Array.from({ length }, (_, i) => 1 / (1 + Math.exp(-i / STEPS)));
}
