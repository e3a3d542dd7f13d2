/** So many rows are finished at a time; each later pair of rows loses its part along them in one pass. */
const GROUP = 4;

/**
 * Makes rows orthonormal in place, none more than there are numbers in a row: Gram and Schmidt in
 * the modified order (Golub and Van Loan, Matrix Computations, section 5.2.8). What is left of a
 * right angle is some units in the last place times the condition of the rows, below 1e-10 for
 * hundreds of random ones. It pauses after every few rows.
 */
export function* orthonormalizing(rows: readonly Float64Array[]): Generator<void, void> {
  const nothing = new Float64Array(rows[0]?.length ?? 0);
  for (let start = 0; start < rows.length; start += GROUP) {
    const own = rows.slice(start, start + GROUP);
    for (let k = 0; k < start; k += GROUP) {
      const finished = [rows[k], rows[k + 1], rows[k + 2], rows[k + 3]] as const;
      for (let i = 0; i < own.length; i += 2) removeParts(own[i], own[i + 1] ?? nothing, ...finished);
    }
    own.forEach((row, i) => {
      for (const before of own.slice(0, i)) {
        const overlap = dot(row, before);
        for (let k = 0; k < row.length; k++) row[k] -= overlap * before[k];
      }
      const norm = Math.sqrt(dot(row, row));
      for (let k = 0; k < row.length; k++) row[k] /= norm;
    });
    yield;
  }
}

/** Takes the parts along four orthonormal rows out of two others: eight sums side by side fill a core. */
function removeParts(
  v: Float64Array,
  w: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
): void {
  const { length } = v;
  let [va, vb, vc, vd, wa, wb, wc, wd] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < length; i++) {
    const x = v[i];
    const y = w[i];
    va += x * a[i];
    vb += x * b[i];
    vc += x * c[i];
    vd += x * d[i];
    wa += y * a[i];
    wb += y * b[i];
    wc += y * c[i];
    wd += y * d[i];
  }
  for (let i = 0; i < length; i++) {
    v[i] -= va * a[i] + vb * b[i] + vc * c[i] + vd * d[i];
    w[i] -= wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}
