// Damages files of every kind that seqkit opens and counts how opening them ends:
//   npm run fuzz -- [kind...] [--cases 10000] [--seed 1] [--json]
// A kind's row is printed as it ends; Ctrl-C ends it with the row so far. Exits 1 where one crashes, hangs, ends in an error that is none of seqkit's, takes far more memory than its size
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

const columns = 'kind cases refused same noted other forged raw crash hang memory slowestMs'.split(' ');
let interrupted = false;
process.once('SIGINT', () => (interrupted = true));

if (!values.json) console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => '---').join('|')}|`);
const rows = [];
for (const name of names) {
  if (interrupted) break;
  const row = await fuzz(name);
  rows.push(row);
  if (!values.json) console.log(asLine(row));
}
if (values.json) console.log(JSON.stringify(rows));
else explain(rows);
const faults = rows.filter(
  (row) => row.raw + row.crash + row.hang + row.memory + (row.holds ? row.other : 0) > 0,
);
if (faults.length > 0) process.exitCode = 1;
if (interrupted) process.exitCode = 130;

async function fuzz(name) {
  const row = {
    kind: name,
    holds: kinds[name].holds,
    cases: 0,
    refused: 0,
    same: 0,
    noted: 0,
    other: 0,
    forged: 0,
  };
  Object.assign(row, { raw: 0, crash: 0, hang: 0, memory: 0, slowestMs: 0, examples: [] });
  let next = 0;
  while (next < cases && !interrupted) next = await life(name, next, row);
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
    if (isFault) fault(row, message);
    current = -1;
    from = message.index + 1;
  });
  return new Promise((resolve, reject) => {
    const stop = () => child.kill('SIGKILL');
    process.once('SIGINT', stop);
    child.on('close', () => {
      clearTimeout(timer);
      process.off('SIGINT', stop);
      rmSync(folder, { recursive: true });
      if (interrupted || from >= cases) return resolve(cases);
      if (current < 0) return reject(new Error(`${name} could not begin: ${stderr}`));
      row.cases++;
      row[hung ? 'hang' : 'crash']++;
      fault(row, { index: current, outcome: hung ? 'hang' : 'crash', error: stderr.slice(-600) });
      resolve(current + 1);
    });
  });
}

/** Told at once: a long run may be read while it goes on. */
function fault(row, example) {
  if (row.examples.length < 12) row.examples.push(example);
  if (!values.json) process.stderr.write(`${row.kind}: ${JSON.stringify(example)}\n`);
}

function asLine(row) {
  // Where the format has no digest, other numbers are no fault.
  const cells = columns.map((column) => (column === 'other' && !row.holds ? `(${row.other})` : row[column]));
  return `| ${cells.join(' | ')} |`;
}

function explain(table) {
  console.log(
    'other: opened, with other numbers than the whole file; in brackets where the format has no digest.',
  );
  console.log('noted: the same, with a note that the file has no digest, which the damage took away.');
  console.log('forged: the same, of a file whose digest was made anew after the damage.');
  for (const { kind, examples } of table) {
    for (const example of examples) console.log(`${kind}: ${JSON.stringify(example)}`);
  }
}
