/** A threshold of one word, and what it costs and gives. */
export interface ThresholdOption {
  threshold: number;
  /** Share of the word that is missed, 0 to 1; NaN where it is not known. */
  missed: number;
  /** False alarms, a whole number. */
  alarms: number;
}

/**
 * Shares a number of false alarms among words, so that none is left unheard for the sake of others: the sum of the
 * squares of the shares missed is the least that there is. An equal part for each would be wasted on words that are found
 * without it, and too little for those that sound like others. Words of which nothing is known to be missed have
 * an equal part, and what makes no difference is shared equally.
 *
 * @param curves of each word, the thresholds ascending
 * @param most false alarms of all words together
 * @returns for each word the lowest threshold from which on none gives more than its share; undefined where the
 *   highest of all words give more than that together
 */
export function shareAlarms<Option extends ThresholdOption>(
  curves: readonly (readonly Option[])[],
  most: number,
): Option[] | undefined {
  if (curves.length === 0) return undefined;
  const rows = curves.map(cheapestFirst);
  const isKnown = rows.map((row) => !Number.isNaN(row[0].missed));
  const part = Math.floor(most / rows.length + 1e-9);
  // Of a word that was never said in the recordings: what an equal part buys.
  const chosen = rows.map((row, word) => (isKnown[word] ? 0 : lastWithin(row, part)));
  const spentOn = (word: number) => rows[word][chosen[word]].alarms;
  const known = [...rows.keys()].filter((word) => isKnown[word]);
  const unknown = [...rows.keys()].filter((word) => !isKnown[word]);
  const left = Math.floor(most + 1e-9) - unknown.reduce((sum, word) => sum + spentOn(word), 0);
  if (left < known.reduce((sum, word) => sum + rows[word][0].alarms, 0)) return undefined;
  const best = fewestMissed(
    known.map((word) => rows[word]),
    left,
  );
  known.forEach((word, n) => (chosen[word] = best[n]));
  spendRest(rows, chosen, Math.floor(most + 1e-9));
  return rows.map((row, word) => row[chosen[word]]);
}

/** For each number of alarms the lowest threshold from which on none gives more; the fewest alarms first. */
function cheapestFirst<Option extends ThresholdOption>(curve: readonly Option[]): Option[] {
  const row: Option[] = [];
  for (let i = curve.length - 1; i >= 0; i--) {
    const last = row.at(-1);
    if (last !== undefined && curve[i].alarms <= last.alarms)
      row[row.length - 1] = { ...curve[i], alarms: last.alarms };
    else row.push(curve[i]);
  }
  return row;
}

function lastWithin(row: readonly ThresholdOption[], alarms: number): number {
  return Math.max(
    0,
    row.findLastIndex((option) => option.alarms <= alarms),
  );
}

/** Which option of each row gives the least sum of squares, for so many alarms at most (a knapsack, Bellman 1957). */
function fewestMissed(rows: readonly (readonly ThresholdOption[])[], most: number): number[] {
  // By the number of alarms that the words so far have had: the least sum, and the options that give it.
  let sums: { sum: number; options: readonly number[] }[] = [{ sum: 0, options: [] }];
  for (const row of rows) {
    const next: typeof sums = [];
    sums.forEach(({ sum, options }, spent) => {
      row.forEach(({ missed, alarms }, option) => {
        const total = spent + alarms;
        if (total > most) return;
        const more = sum + missed ** 2;
        if (next[total] === undefined || more < next[total].sum) {
          next[total] = { sum: more, options: [...options, option] };
        }
      });
    });
    sums = next;
  }
  let best: { sum: number; options: readonly number[] } | undefined;
  // Fewer alarms first, so that more must give less.
  sums.forEach((entry) => {
    if (best === undefined || entry.sum < best.sum - 1e-12) best = entry;
  });
  return [...best!.options];
}

/** Lowers thresholds by what is left over, of the word with the fewest alarms first. */
function spendRest(rows: readonly (readonly ThresholdOption[])[], chosen: number[], most: number): void {
  const alarmsOf = (word: number) => rows[word][chosen[word]].alarms;
  for (;;) {
    const total = chosen.reduce((sum, _, word) => sum + alarmsOf(word), 0);
    const open = [...chosen.keys()].filter((word) => {
      const next = rows[word].at(chosen[word] + 1);
      return next !== undefined && total - alarmsOf(word) + next.alarms <= most;
    });
    if (open.length === 0) return;
    const word = open.reduce((fewest, other) => (alarmsOf(other) < alarmsOf(fewest) ? other : fewest));
    chosen[word]++;
  }
}
