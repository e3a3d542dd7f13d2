// Kills saving commands at each write, fsync, rename and unlink that they do, before, within and after it, runs them
// again, and says whether the end is the very file of an uninterrupted run. A row is printed as a command is done:
//   npm run kills -- [command...] [--every 1] [--json]
// Exits 1 where a file under its own name is torn, or another comes out.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commands, inputs, program } from './commands.mjs';

const shim = fileURLToPath(new URL('./kill-at.mjs', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(commands);
const top = mkdtempSync(join(tmpdir(), 'seqkit-kills-'));
const rows = [];
if (!values.json) {
  console.log('| command | operations | kills | same bytes | refused | torn or other | left behind |');
  console.log('|---|---|---|---|---|---|---|');
}
try {
  inputs(top);
  for (const name of names) {
    const row = killed(name, commands[name]);
    rows.push(row);
    if (values.json) continue;
    const { command, operations, kills, same, refused, torn, leftovers } = row;
    console.log(`| ${[command, operations, kills, same, refused, torn, leftovers].join(' | ')} |`);
    for (const fault of row.faults) process.stderr.write(`${command}: ${fault}\n`);
  }
} finally {
  rmSync(top, { recursive: true });
}
if (values.json) console.log(JSON.stringify(rows));
if (rows.some(({ refused, torn, leftovers }) => refused + torn + leftovers > 0)) process.exitCode = 1;

function run(folder, args, env = {}) {
  const { status, signal, stderr } = spawnSync(process.execPath, ['--import', shim, program, ...args], {
    ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } },
  });
  return { status, signal, stderr };
}

function copyOf(from) {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-kill-'));
  cpSync(from, folder, { recursive: true });
  return folder;
}

/** What stands under these names. */
function filesOf(folder, outs) {
  return outs.map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : undefined));
}

function killed(name, { args: typed, outs, before, anyBytes = false }) {
  const args = typed.split(' ');
  const row = {
    command: name,
    operations: 0,
    kills: 0,
    same: 0,
    refused: 0,
    torn: 0,
    leftovers: 0,
    faults: [],
  };
  const start = copyOf(top);
  if (before !== undefined) needed(before, run(start, before.split(' ')));
  const old = filesOf(start, outs);
  const untouched = new Set(readdirSync(start));
  const whole = copyOf(start);
  needed(name, run(whole, args, { SEQKIT_KILL_COUNT: join(whole, 'operations.json') }));
  const operations = JSON.parse(readFileSync(join(whole, 'operations.json'), 'utf8'));
  const expected = filesOf(whole, outs);
  if (expected.includes(undefined)) throw new Error(`${name} does not leave ${outs.join(', ')}`);
  const ends = new Set(readdirSync(whole));
  row.operations = operations.length;
  let turn = 0;
  for (let i = 1; i <= operations.length; i++) {
    for (const moment of ['before', 'within', 'after']) {
      if (moment === 'within' && !/write|append/i.test(operations[i - 1])) continue;
      if (turn++ % Number(values.every) !== 0) continue;
      trial(i, moment);
    }
  }
  for (const folder of [start, whole]) rmSync(folder, { recursive: true });
  return row;

  function trial(i, moment) {
    const folder = copyOf(start);
    const at = `${moment} operation ${i}, ${operations[i - 1]}`;
    const life = run(folder, args, { SEQKIT_KILL: `${i} ${moment}` });
    if (life.signal === 'SIGKILL') {
      row.kills++;
      const stand = filesOf(folder, outs);
      if (stand.some((file, n) => !isOld(file, n) && !isNew(folder, file, n))) fault('torn', `torn ${at}`);
      // Done is done: a second run would refuse to write over the whole file.
      const isDone = !/--force/.test(typed) && stand.every((file, n) => file && isNew(folder, file, n));
      const again = isDone ? { status: 0 } : run(folder, args);
      if (again.status !== 0)
        fault('refused', `${at}: ${again.stderr.trim().split('\n').slice(-3).join(' | ')}`);
      else if (filesOf(folder, outs).some((file, n) => !isNew(folder, file, n)))
        fault('torn', `other bytes ${at}`);
      else row.same++;
      const left = readdirSync(folder).filter((file) => !ends.has(file) && !untouched.has(file));
      if (again.stderr !== undefined && left.length > 0) fault('leftovers', `${at} left ${left.join(', ')}`);
    } else if (life.status !== 0) fault('refused', `${at}, not reached: ${life.stderr.slice(-200)}`);
    rmSync(folder, { recursive: true });
  }

  function isOld(file, n) {
    return file === undefined ? old[n] === undefined : (old[n]?.equals(file) ?? false);
  }

  function isNew(folder, file, n) {
    if (file === undefined) return false;
    return anyBytes ? run(folder, ['inspect', outs[n]]).status === 0 : expected[n].equals(file);
  }

  function fault(kind, text) {
    row[kind]++;
    if (row.faults.length < 10) row.faults.push(text);
  }
}

function needed(what, { status, stderr }) {
  if (status !== 0) throw new Error(`${what} fails by itself: ${stderr}`);
}
