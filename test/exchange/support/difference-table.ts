import { afterAll } from 'vitest';

/**
 * The largest difference by what was held against what. SEQKIT_EXCHANGE_TABLE=1 prints all of it as a table.
 * @param what heads the first column
 */
export function differenceTable(what = 'layers'): (name: string, difference: number) => void {
  const differences = new Map<string, number>();
  afterAll(() => {
    if (process.env['SEQKIT_EXCHANGE_TABLE'] === undefined) return;
    const rows = [...differences].map(([name, largest]) => `| ${name} | ${largest.toExponential(1)} |`);
    process.stdout.write(`${[`| ${what} | largest difference |`, '| --- | --- |', ...rows].join('\n')}\n`);
  });
  return (name, difference) => {
    differences.set(name, Math.max(difference, differences.get(name) ?? 0));
  };
}
