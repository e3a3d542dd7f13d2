// Kills saving commands at each write, fsync, rename and unlink that they do, before, within and after it, runs them
// again, and says whether the end is the very file of an uninterrupted run:
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
try {
  inputs(top);
  for (const name of names) rows.push(killed(name, commands[name]));
} finally {
  rmSync(top, { recursive: true });
}
if (values.json) console.log(JSON.stringify(rows));
else {
  console.log(
    '| command | operations | kills | same bytes | refused | torn or other | left behind |\n|---|---|---|---|---|---|---|',
  );
  for (const row of rows) {
    console.log(
      `| ${row.command} | ${row.operations} | ${row.kills} | ${row.same} | ${row.refused} | ${row.torn} | ${row.leftovers} |`,
    );
  }
  for (const row of rows) for (const fault of row.faults) console.log(`${row.command}: ${fault}`);
}
if (rows.some(({ refused, torn, leftovers }) => refused + torn + leftovers > 0)) process.exitCode = 1;

function run(folder, args, env = {}) {
  const { status, signal, stderr } = spawnSync(process.execPath, ['--import', shim, program, ...args], {
    ...{ cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } },
  });
  return { status, signal, stderr };
}

function fresh() {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-kill-'));
  cpSync(top, folder, { recursive: true });
  return folder;
}

function killed(name, { args, out, old }) {
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
  const whole = fresh();
  if (old) run(whole, old);
  const before = old && readFileSync(join(whole, out));
  const untouched = new Set(readdirSync(whole));
  const { status, stderr } = run(whole, args, { SEQKIT_KILL_COUNT: join(whole, 'operations.json') });
  if (status !== 0) throw new Error(`${name} fails by itself: ${stderr}`);
  const operations = JSON.parse(readFileSync(join(whole, 'operations.json'), 'utf8'));
  const expected = readFileSync(join(whole, out));
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
  rmSync(whole, { recursive: true });
  if (!values.json) process.stderr.write(`${name}: ${row.kills} kills\n`);
  return row;

  function trial(i, moment) {
    const folder = fresh();
    const at = `${moment} operation ${i}, ${operations[i - 1]}`;
    if (old) run(folder, old);
    const life = run(folder, args, { SEQKIT_KILL: `${i} ${moment}` });
    if (life.signal === 'SIGKILL') {
      row.kills++;
      const path = join(folder, out);
      const stands = existsSync(path) ? readFileSync(path) : undefined;
      const isWhole =
        stands === undefined
          ? old === undefined
          : stands.equals(expected) || (before?.equals(stands) ?? false);
      if (!isWhole) fault('torn', `torn ${at}`);
      // Done is done: a second run would refuse to write over the whole file.
      const again = stands?.equals(expected) && !old ? { status: 0 } : run(folder, args);
      if (again.status !== 0)
        fault('refused', `${at}: ${again.stderr.trim().split('\n').slice(-3).join(' | ')}`);
      else if (!readFileSync(path).equals(expected)) fault('torn', `other bytes ${at}`);
      else row.same++;
      const left = readdirSync(folder).filter((file) => !ends.has(file) && !untouched.has(file));
      if (again.stderr !== undefined && left.length > 0) fault('leftovers', `${at} left ${left.join(', ')}`);
    } else if (life.status !== 0) fault('refused', `${at}, not reached: ${life.stderr.slice(-200)}`);
    rmSync(folder, { recursive: true });
  }

  function fault(kind, text) {
    row[kind]++;
    if (row.faults.length < 10) row.faults.push(text);
  }
}
