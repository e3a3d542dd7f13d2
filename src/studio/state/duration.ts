/** A time as people say it: `4 s`, `2 min 05 s`. */
export function shownDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
}

/**
 * What is left of a work of which a share is done.
 * @param from the share that was done when it started
 */
export function timeLeft(startedMs: number, share: number, from = 0): string {
  if (share - from < 0.02) return '';
  const seconds = ((performance.now() - startedMs) / 1000) * ((1 - share) / (share - from));
  return `about ${shownDuration(seconds)} left`;
}
