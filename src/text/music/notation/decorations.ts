/** Marks that may hold spaces are told from music by a letter that no music holds. */
const UNMUSICAL = /[h-twIN]/;
/** What a chord of the oldest ABC holds, which stood between plus signs. */
const OLD_CHORD = /^[A-Ga-g^_=,'\d/]*[A-G][A-Ga-g^_=,'\d/]*$/;

/**
 * Where a decoration between signs ends, such as `!trill!` or `+trill+` (ABC 2.1, 4.14). A sign that no other
 * follows before a bar line, chord or space is none: `!` breaks a line in the older way.
 * @param at where its first sign stands
 * @returns the place of its last sign; undefined where it is no decoration
 */
export function decorationEnd(line: string, at: number): number | undefined {
  const sign = line[at];
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === sign) {
      // `+` is a decoration's name itself: `!+!` is found from its own signs, `++` is empty.
      const text = line.slice(at + 1, i);
      return text.includes(' ') && !UNMUSICAL.test(text) ? undefined : i;
    }
    if ('|[]:'.includes(line[i]) || i - at > LONGEST) return undefined;
  }
  return undefined;
}

/** No decoration has a longer name. */
const LONGEST = 48;

/** Whether what stands between plus signs is a chord, as it was in ABC before 1.6, and no decoration. */
export function isOldChord(text: string): boolean {
  return OLD_CHORD.test(text) && !/^D\.?[CS]\.?$/.test(text);
}
