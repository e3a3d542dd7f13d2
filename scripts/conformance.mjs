// Makes the table of docs/numerics.md: runs the tests that hold seqkit to outside numbers, and
// writes down the largest error of each kind. `node scripts/conformance.mjs [--check]`; with
// --check nothing is written: it prints the table, and ends with status 1 where the page's is another.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = [
  'test/rnn/training/gradient-check.test.ts',
  'test/rnn/layer-cases.test.ts',
  'test/rnn/golden-torch.test.ts',
  'test/rnn/golden-torch-layers.test.ts',
  'test/rnn/training/golden-optimizers.test.ts',
  'test/rnn/training/class-weights.test.ts',
  'test/rnn/losses/golden-torch-losses.test.ts',
  'test/rnn/losses/own-loss.test.ts',
  'test/rnn/lengths.test.ts',
  'test/rnn/own-cell.test.ts',
  'test/rnn/loop-cells.test.ts',
  'test/rnn/frozen-layers.test.ts',
  'test/rnn/time-distributed.test.ts',
  'test/rnn/onnx.test.ts',
  'test/rnn/keras.test.ts',
  'test/rnn/keras-layers.test.ts',
  'test/rnn/onnx-cells.test.ts',
];
const [begin, end] = ['<!-- conformance: begin -->', '<!-- conformance: end -->'];

const folder = mkdtempSync(join(tmpdir(), 'seqkit-conformance-'));
try {
  const file = join(folder, 'comparisons.jsonl');
  const { status } = spawnSync('npx', ['vitest', 'run', ...tests], {
    cwd: root,
    env: { ...process.env, SEQKIT_CONFORMANCE: file },
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) process.exit(1);
  const table = tableOf(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  const page = join(root, 'docs/numerics.md');
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.split(begin)[0], text.split(end)[1]];
  if (process.argv.includes('--check')) {
    console.log(table);
    const stale = differences(text.slice(before.length, -after.length), table);
    for (const line of stale) console.error(line);
    if (stale.length > 0) {
      console.error('docs/numerics.md is out of date: run node scripts/conformance.mjs.');
      process.exitCode = 1;
    }
  } else {
    writeFileSync(page, `${before}${begin}\n\n${table}\n\n${end}${after}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** A line for each source and engine: how many cases, how many numbers compared, the largest error. */
function tableOf(comparisons) {
  const lines = new Map();
  for (const { source, engine, title, measure, error, limit } of comparisons) {
    const key = `${source} | ${engine}`;
    const line = lines.get(key) ?? { titles: new Set(), measure, error: 0, worst: '', limit: 0 };
    line.titles.add(title);
    if (error >= line.error) Object.assign(line, { error, worst: title });
    line.limit = Math.max(line.limit, limit);
    lines.set(key, line);
  }
  // Sorted, for tests run side by side in whatever order.
  const sorted = [...lines].sort(([a], [b]) => a.localeCompare(b));
  const rows = sorted.map(
    ([key, { titles, measure, error, worst, limit }]) =>
      `| ${key} | ${titles.size} | ${error.toExponential(1)} ${measure} (${worst}) | ${limit.toExponential(0)} |`,
  );
  return [
    '| held to | engine | cases | largest error, and where | allowed |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/**
 * Where the page's table says other than the run: lines, cases and limits alike, an error not ten times
 * the page's. The last digits of errors differ from machine to machine, and so does the case that is worst.
 */
function differences(page, table) {
  const [written, found] = [rowsOf(page), rowsOf(table)];
  const lines = [];
  for (const [key, row] of found) {
    const old = written.get(key);
    if (!old) lines.push(`${key}: not on the page`);
    else if (old.cases !== row.cases) lines.push(`${key}: ${row.cases} cases, ${old.cases} on the page`);
    else if (old.allowed !== row.allowed)
      lines.push(`${key}: ${row.allowed} allowed, ${old.allowed} on the page`);
    else if (row.error > 10 * old.error) lines.push(`${key}: error ${row.error}, ${old.error} on the page`);
  }
  for (const key of written.keys()) {
    // These are read from data that a clone need not have.
    const mayMiss = /^(ONNX|Keras)/.test(key);
    if (!found.has(key) && !mayMiss) lines.push(`${key}: on the page alone`);
  }
  return lines;
}

/** The lines of a table by source and engine, whatever the width of its columns. */
function rowsOf(table) {
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    rows.map(([, source, engine, cases, error, allowed]) => [
      `${source}, ${engine}`,
      { cases, error: parseFloat(error), allowed },
    ]),
  );
}
