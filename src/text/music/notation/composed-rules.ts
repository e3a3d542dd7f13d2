import type { BarTime } from './bar-time.js';
import { isOrnament } from './ornaments.js';

/** What stands before a note of a tune that is made up, as far as it decides what may come. */
interface BeforeNote {
  readonly time: BarTime;
  /** The character before. */
  readonly last: string;
  /** Ornaments and the like that wait for their note ... */
  readonly waiting: number;
  /** ... and the ornaments and grace notes among them. */
  readonly ornaments: number;
  readonly graces: number;
  /** Whether a fermata or staccato dot is among them. */
  readonly held: boolean;
}

export const HELD_AND_BROKEN = 'a broken rhythm of a note that is held or cut short';

/**
 * What players take differently, or wrong, though the standard allows it: read, but never made up.
 * @param c what would come next, where a note may begin; no pitch
 * @returns what is wrong with it, if anything
 */
export function composedFault(c: string, before: BeforeNote): string | undefined {
  const { time, last, waiting, ornaments, graces, held } = before;
  if (c === 'z') return ornaments + graces > 0 ? 'an ornament of a rest' : undefined;
  if ('^_='.includes(c)) return undefined;
  if (isOrnament(c)) {
    if (graces > 0) return 'an ornament after grace notes';
    return (held || '.H'.includes(c)) && time.broken ? HELD_AND_BROKEN : undefined;
  }
  if (waiting > 0 && !mayWait(c, before)) return 'an ornament without its note';
  if (c === '!' && time.broken) return 'a mark within a broken rhythm';
  if (c === ' ' && time.tuplet && time.tuplet.ticks === undefined) return 'a space within a tuplet';
  if (c === ')' && (time.tuplet !== undefined || ' (-'.includes(last)))
    return 'a slur that ends and never began';
  return undefined;
}

/**
 * Whether what begins so may stand between an ornament or chord symbol and its note: chord symbols come first, then
 * ornaments or grace notes, and neither of these before a chord.
 */
function mayWait(c: string, { last, ornaments, graces }: BeforeNote): boolean {
  if (c === '(') return last === '"';
  // Ornaments of one letter stand right before the note.
  if (c === '!') return graces === 0 && !isOrnament(last);
  return '["{'.includes(c) && ornaments + graces === 0;
}
