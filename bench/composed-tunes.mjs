/**
 * Composes tunes and has two outside judges play them: abcjs, which ships with seqkit, and abc2midi (Debian's
 * abcmidi), each from the ABC alone. Without abc2midi its part is skipped, by name.
 *
 *   npm run build:ts
 *   node bench/composed-tunes.mjs <model> [count] [seed]
 *
 * The model is one that `seqkit train-music` made. Prints errors and warnings of abc2midi by kind, with the tune of
 * the first of each; exits with 1 where a tune is missing, does not play, or is an error to abc2midi.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openComposer, parseWarnings, playFaults, readMidi } from '../dist/text/index.js';

const [model, count = '1000', seed = '1'] = process.argv.slice(2);
if (model === undefined) {
  process.stderr.write('Give a model: node bench/composed-tunes.mjs <model> [count] [seed]\n');
  process.exit(2);
}

const fiddler = await openComposer(model);
const began = performance.now();
const tunes = [];
// As `seqkit compose --count` with as many side by side as it takes at once.
for (let from = 0; from < Number(count); from += 250) {
  const batch = Math.min(250, Number(count) - from);
  tunes.push(...(await fiddler.compose({ count: batch, seed: Number(seed) + from })));
}
const seconds = (performance.now() - began) / 1000;
const characters = tunes.reduce((sum, tune) => sum + tune.characters, 0);
const report = {
  asked: Number(count),
  composed: tunes.length,
  seconds: +seconds.toFixed(1),
  charactersPerSecond: Math.round(characters / seconds),
  abcjs: { unplayable: 0, warnings: 0 },
  abc2midi: undefined,
};

const kinds = new Map();
const folder = mkdtempSync(join(tmpdir(), 'composed-tunes-'));
const hasAbc2midi = spawnSync('abc2midi', ['-ver']).error === undefined;
if (hasAbc2midi) report.abc2midi = { withErrors: 0, withWarnings: 0, unreadable: 0 };
else process.stdout.write('skipped: abc2midi is not installed (apt-get install abcmidi)\n');
try {
  for (const { abc } of tunes) {
    if ((await playFaults(abc)).length > 0) report.abcjs.unplayable += 1;
    if ((await parseWarnings(abc)).length > 0) report.abcjs.warnings += 1;
    if (hasAbc2midi) judge(abc);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function judge(abc) {
  const [source, played] = [join(folder, 'tune.abc'), join(folder, 'tune.mid')];
  writeFileSync(source, abc);
  const { stdout, stderr, status } = spawnSync('abc2midi', [source, '-o', played], { encoding: 'utf8' });
  const lines = `${stdout}${stderr}`.split('\n');
  const found = { Error: new Set(), Warning: new Set() };
  for (const line of lines) {
    const [, kind, text] = /(Error|Warning) in line-char [-\d]+ : *(.*)/.exec(line) ?? [];
    if (kind !== undefined) found[kind].add(`${kind}: ${text.trim().replace(/\d+(\/\d+)?/g, 'N')}`);
  }
  if (status !== 0) found.Error.add(`Error: abc2midi ended with ${status}`);
  if (found.Error.size > 0) report.abc2midi.withErrors += 1;
  if (found.Warning.size > 0) report.abc2midi.withWarnings += 1;
  for (const kind of [...found.Error, ...found.Warning]) {
    if (!kinds.has(kind)) kinds.set(kind, { tunes: 0, abc });
    kinds.get(kind).tunes += 1;
  }
  try {
    readMidi(readFileSync(played));
  } catch {
    report.abc2midi.unreadable += 1;
  }
}

process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
for (const [kind, { tunes: times, abc }] of [...kinds].sort((a, b) => b[1].tunes - a[1].tunes)) {
  process.stdout.write(`${times} tunes: ${kind}\n`);
  if (kind.startsWith('Error')) process.stdout.write(`${abc}\n`);
}
const isWhole = report.composed === report.asked && report.abcjs.unplayable + report.abcjs.warnings === 0;
process.exitCode = isWhole && !report.abc2midi?.withErrors ? 0 : 1;
