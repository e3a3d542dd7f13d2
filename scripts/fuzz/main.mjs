// Damages files of every kind that seqkit opens and counts how opening them ends:
//   npm run fuzz -- [kind...] [--cases 10000] [--seed 1] [--json]
// Exits 1 where one crashes, hangs, ends in an error that is none of seqkit's, takes far more memory than its size
// explains, or gives other numbers in silence though a digest guards them.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kinds } from './kinds.mjs';

/** Opening a file of some kilobytes that takes longer than this hangs. */
const LONGEST_MS = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const cases = Number(values.cases);
const names = positionals.length > 0 ? positionals : Object.keys(kinds);
for (const name of names) {
  if (Object.hasOwn(kinds, name)) continue;
  console.error(`There is no kind "${name}". The kinds are ${Object.keys(kinds).join(', ')}.`);
  process.exit(2);
}

const rows = [];
for (const name of names) rows.push(await fuzz(name));
if (values.json) console.log(JSON.stringify(rows));
else print(rows);
const faults = rows.filter(
  (row) => row.raw + row.crash + row.hang + row.memory + (row.holds ? row.other : 0) > 0,
);
if (faults.length > 0) process.exitCode = 1;

async function fuzz(name) {
  const row = { kind: name, holds: kinds[name].holds, cases: 0, refused: 0, same: 0, other: 0, forged: 0 };
  Object.assign(row, { raw: 0, crash: 0, hang: 0, memory: 0, slowestMs: 0, examples: [] });
  let next = 0;
  while (next < cases) next = await life(name, next, row);
  if (!values.json) process.stderr.write(`${name}: ${row.cases} cases\n`);
  return row;
}

/** One process that opens files until it is done, crashes or hangs; returns the next case to try. */
function life(name, from, row) {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-fuzz-'));
  const child = fork(
    new URL('./child.mjs', import.meta.url),
    [name, folder, String(from), String(cases), values.seed],
    { execArgv: ['--max-old-space-size=1024'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  let stderr = '';
  child.stderr.on('data', (data) => (stderr = (stderr + data).slice(-2000)));
  let [current, hung] = [-1, false];
  let timer;
  child.on('message', (message) => {
    clearTimeout(timer);
    if ('begins' in message) {
      current = message.begins;
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, LONGEST_MS);
      return;
    }
    row.cases++;
    row[message.outcome]++;
    if (message.memory > 0) row.memory++;
    row.slowestMs = Math.max(row.slowestMs, Math.round(message.ms));
    const isFault =
      message.outcome === 'raw' || message.memory > 0 || (message.outcome === 'other' && row.holds);
    if (isFault && row.examples.length < 12) row.examples.push(message);
    current = -1;
    from = message.index + 1;
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      clearTimeout(timer);
      rmSync(folder, { recursive: true });
      if (from >= cases) return resolve(cases);
      if (current < 0) return reject(new Error(`${name} could not begin: ${stderr}`));
      row.cases++;
      row[hung ? 'hang' : 'crash']++;
      row.examples.push({ index: current, outcome: hung ? 'hang' : 'crash', error: stderr.slice(-600) });
      resolve(current + 1);
    });
  });
}

function print(table) {
  const columns = [
    'kind',
    'cases',
    'refused',
    'same',
    'other',
    'forged',
    'raw',
    'crash',
    'hang',
    'memory',
    'slowestMs',
  ];
  console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => '---').join('|')}|`);
  for (const row of table) {
    const cells = columns.map((column) =>
      column === 'other' && !row.holds ? `(${row.other})` : row[column],
    );
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(
    'other: opened, with other numbers than the whole file; in brackets where the format has no digest.',
  );
  console.log('forged: the same, of a file whose digest was made anew after the damage.');
  for (const { kind, examples } of table) {
    for (const example of examples) console.log(`${kind}: ${JSON.stringify(example)}`);
  }
}
