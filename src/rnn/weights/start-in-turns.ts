/** What works a weight's first numbers out, and pauses where others may have a turn. */
export type StartInTurns = Generator<void, Float64Array>;

/** The numbers, without a pause. */
export function finished(start: StartInTurns): Float64Array {
  for (;;) {
    const { done, value } = start.next();
    if (done) return value;
  }
}
