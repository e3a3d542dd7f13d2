import type { ParsedElement, ParsedTune } from './abcjs.js';

/** What stands on the staff of a tune, in order; notes have the length that a tuplet leaves them. */
export function elementsOf(tune: ParsedTune | undefined): ParsedElement[] {
  let tuplet = 1;
  const voice = tune?.lines.flatMap(({ staff }) => staff?.[0].voices[0] ?? []) ?? [];
  return voice.map((element) => {
    if (element.startTriplet !== undefined) tuplet = element.tripletMultiplier ?? 1;
    const { duration } = element;
    const own = duration === undefined ? element : { ...element, duration: duration * tuplet };
    if (element.endTriplet) tuplet = 1;
    return own;
  });
}
