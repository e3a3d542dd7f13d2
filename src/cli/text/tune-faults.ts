import { describeFault, type FileFault } from './tune-input.js';

/**
 * Tunes that were left out, counted by reason, the most frequent first: one example of each, and how many more there
 * are like it.
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
    .map(([first, ...more]) => {
      const others = more.length === 1 ? '1 more like it' : `${more.length} more like it`;
      return `${describeFault(first)}${more.length === 0 ? '' : ` (and ${others})`}`;
    });
}

/** A reason without what is a tune's own: what is quoted, and numbers. */
function kindOf(reason: string): string {
  return reason
    .replace(/"(?:[^"\\]|\\.)*"/g, '"')
    .replace(/\d+(?:[./]\d+)*/g, '1')
    .slice(0, 60);
}
