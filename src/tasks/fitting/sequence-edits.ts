/** How many of something must be put in, left out or changed to make one sequence of another (Levenshtein 1966). */
export function sequenceEdits(from: readonly unknown[], to: readonly unknown[]): number {
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  from.forEach((token, i) => {
    const row = [i + 1];
    to.forEach((wanted, j) => {
      row.push(Math.min(above[j] + (token === wanted ? 0 : 1), above[j + 1] + 1, row[j] + 1));
    });
    above = row;
  });
  return above[to.length];
}
