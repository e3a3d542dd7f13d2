/**
 * The number of edits between two words, each a run of letters: one put in, left out, changed, or two neighbours
 * swapped (Damerau 1964, in the form that edits no part twice); anything above `farthest` where it is more than that.
 */
export function editDistance(a: readonly string[], b: readonly string[], farthest: number): number {
  if (Math.abs(a.length - b.length) > farthest) return farthest + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let min = i;
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(change, above[j] + 1, current[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, before[j - 2] + 1);
      }
      current.push(edits);
      min = Math.min(min, edits);
    }
    if (min > farthest) return farthest + 1;
    before = above;
    above = current;
  }
  return above[b.length];
}
