import { editDistance } from '../edit-distance.js';

/** What is left of a name without case, underscores and the like: `hard_sigmoid` and `hardSigmoid` are one. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * The name that was probably meant: the same but for case and punctuation, else the fewest edits away, else the only
 * one that begins like it. Undefined where none is near.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (given.length > 100) return undefined;
  const wanted = bare(given);
  if (wanted === '') return undefined;
  const same = names.find((name) => bare(name) === wanted);
  if (same !== undefined) return same;
  const farthest = Math.min(3, Math.max(1, Math.floor(wanted.length / 3)));
  let nearest: string | undefined;
  let min = farthest + 1;
  for (const name of names) {
    const edits = editDistance(Array.from(wanted), Array.from(bare(name)), farthest);
    if (edits < min) [nearest, min] = [name, edits];
  }
  if (nearest !== undefined) return nearest;
  const longer = names.filter((name) => bare(name).startsWith(wanted) || wanted.startsWith(bare(name)));
  return longer.length === 1 && wanted.length > 2 ? longer[0] : undefined;
}
