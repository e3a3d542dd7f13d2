// Makes the table of docs/numerics.md: runs the tests that hold seqkit to outside numbers, and
// writes down the largest error of each kind. `node scripts/conformance.mjs [--check]`; with
// --check nothing is written, and the table is printed.
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
  'test/rnn/lengths.test.ts',
  'test/rnn/onnx.test.ts',
  'test/rnn/keras.test.ts',
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
  if (process.argv.includes('--check')) console.log(table);
  else {
    const page = join(root, 'docs/numerics.md');
    const text = readFileSync(page, 'utf8');
    const [before, after] = [text.split(begin)[0], text.split(end)[1]];
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
  const rows = [...lines].map(
    ([key, { titles, measure, error, worst, limit }]) =>
      `| ${key} | ${titles.size} | ${error.toExponential(1)} ${measure} (${worst}) | ${limit.toExponential(0)} |`,
  );
  return [
    '| held to | engine | cases | largest error, and where | allowed |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
