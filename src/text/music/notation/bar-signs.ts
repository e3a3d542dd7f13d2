import type { BarLine } from './tune-bars.js';

/**
 * Where a run of bar signs ends that begins at a place of a line: `|`, `:`, thick ones (`[|`, `|]`) and dotted
 * ones (`.|`), runs that only spaces part among them, as in `:| |:`.
 * @returns the place after the run; the place itself where no bar sign begins there
 */
export function barSignsEnd(line: string, at: number): number {
  let end = at;
  let i = at;
  for (;;) {
    const c = line[i];
    const next = line[i + 1];
    if (c === '|' || c === ':' || (c === ']' && i > at && line[i - 1] !== ' ')) end = ++i;
    else if ((c === '[' && (next === '|' || next === ':')) || (c === '.' && next === '|')) end = ++i;
    else if (c === ' ' && i > at) i += 1;
    else return end;
  }
}

/**
 * What a run of bar signs means, in one spelling. The standard has readers be liberal (ABC 2.1, 4.8): colons on
 * the left end a repeat, those on the right begin one, a double or thick line ends a section. How often a
 * repeat is played, as `|::` says, is left away.
 * @returns undefined for what is no bar line: a single colon
 */
export function barLineOf(signs: string): BarLine | undefined {
  const lines = signs.replaceAll(' ', '').replaceAll('.', '');
  const closes = lines.startsWith(':');
  const opens = lines.endsWith(':');
  if (lines === ':') return undefined;
  if (closes && opens) return '::';
  if (closes) return ':|';
  if (opens) return '|:';
  // One that begins a line, or that is not to be seen.
  if (lines === '[|' || lines === '[|]') return '|';
  if (lines.endsWith(']')) return '|]';
  return lines.length > 1 ? '||' : '|';
}
