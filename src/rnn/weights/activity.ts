import type { RegularizerOption } from './regularizer.js';
import type { Activity, Signal, Trace, Traced } from './trace.js';

/**
 * Lets the output of a layer join the loss, as its regularizer says.
 * @returns undefined where there is no regularizer, or the program has no loss
 */
export function regularizeActivity(
  trace: Trace,
  y: Signal,
  regularizer: RegularizerOption | undefined,
): Activity | undefined {
  return regularizer && trace.options.regularizeActivity?.(trace, y, regularizer);
}

/** As `regularizeActivity`, for a layer with one output. */
export function withActivityPenalty(
  trace: Trace,
  { y, backward }: Traced,
  regularizer: RegularizerOption | undefined,
): Traced {
  const activity = regularizeActivity(trace, y, regularizer);
  if (!activity) return { y, backward };
  return {
    y,
    backward(dy, wantsDx) {
      activity.addGradient(dy);
      return backward(dy, wantsDx);
    },
  };
}
