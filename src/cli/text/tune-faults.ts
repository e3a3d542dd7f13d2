import { describeFault, type FileFault } from './tune-input.js';

/**
 * Tunes that were left out, counted by reason, the most frequent first, with one example of each.
 */
export function describeFaults(faults: readonly FileFault[]): string[] {
  const kinds = new Map<string, FileFault[]>();
  for (const fault of faults) {
    const kind = kindOf(fault.reason);
    if (!kinds.has(kind)) kinds.set(kind, []);
    kinds.get(kind)!.push(fault);
  }
  return [...kinds.values()]
    .sort((a, b) => b.length - a.length)
    .map((alike) => {
      const example = describeFault(alike[0]);
      return alike.length === 1 ? example : `${alike.length} tunes for the like of ${example}`;
    });
}

/** A reason without what is a tune's own: what is quoted, and numbers. */
function kindOf(reason: string): string {
  return reason
    .replace(/"(?:[^"\\]|\\.)*"/g, '"')
    .replace(/\+[^ ]*\+/g, '+')
    .replace(/\d+(?:[./]\d+)*/g, '1')
    .slice(0, 60);
}
