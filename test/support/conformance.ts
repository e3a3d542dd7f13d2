import { appendFileSync } from 'node:fs';

/** One comparison with an outside source, for the table of docs/numerics.md. */
export interface Comparison {
  /** Whom it is held to, and what of it: a line of the table. */
  readonly source: string;
  readonly engine: string;
  readonly title: string;
  /** `absolute` difference, or the `relative` one of norms. */
  readonly measure: 'absolute' | 'relative';
  readonly error: number;
  /** What the test allows. */
  readonly limit: number;
}

/** Where `scripts/conformance.mjs` collects them, a line of JSON each. */
const file = process.env['SEQKIT_CONFORMANCE'];

/** Notes a comparison where the table is being made. */
export function recordComparison(comparison: Comparison): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(comparison)}\n`);
}
