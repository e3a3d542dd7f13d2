import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-privacy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dist = repositoryFile('dist/cli/command-line.js');
const isHere = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const needed = ['sox', 'espeak-ng'].filter((program) => !isHere(program, '--version'));
if (!existsSync(dist)) needed.push('dist (npm run build)');
/** Where the system lets one, all of it runs where there is no network at all, the programs that are called too. */
const canUnshare = isHere('unshare', '-rn', 'true');

/** Loaded first by the process and each of its threads: every way out of Node is put on record, and fails. */
const bar = path.join(folder, 'bar.mjs');
const log = path.join(folder, 'calls.txt');
writeFileSync(
  bar,
  `import dgram from 'node:dgram'; import dns from 'node:dns'; import fs from 'node:fs'; import http from 'node:http';
  import https from 'node:https'; import http2 from 'node:http2'; import net from 'node:net'; import tls from 'node:tls';
  import { isMainThread } from 'node:worker_threads';
  import { syncBuiltinESMExports } from 'node:module';
  const write = (line) => fs.appendFileSync(${JSON.stringify(log)}, line + '\\n');
  const barred = (name) => () => { write('CALL ' + name); throw new Error('the network: ' + name); };
  net.Socket.prototype.connect = barred('connect');
  net.Server.prototype.listen = barred('listen');
  dgram.createSocket = barred('createSocket');
  for (const name of Object.keys(dns).filter((key) => /^(lookup|resolve|reverse)/.test(key))) dns[name] = barred(name);
  for (const name of Object.keys(dns.promises).filter((key) => /^(lookup|resolve|reverse)/.test(key))) dns.promises[name] = barred(name);
  for (const module of [http, https]) { module.request = barred('request'); module.get = barred('get'); }
  http2.connect = barred('http2'); tls.connect = barred('tls');
  globalThis.fetch = barred('fetch'); globalThis.WebSocket = barred('WebSocket');
  syncBuiltinESMExports();
  write(isMainThread ? 'process' : 'thread');`,
);

/** Runs a module under the bar. */
function barred(script: string, input?: Uint8Array) {
  writeFileSync(log, '');
  // A file: threads take over --import, but not beside a script that is an argument.
  const file = path.join(folder, 'script.mjs');
  writeFileSync(file, script);
  const args = ['--import', bar, file];
  const command: [string, string[]] = canUnshare
    ? ['unshare', ['-rn', process.execPath, ...args]]
    : [process.execPath, args];
  const { status, stdout, stderr } = spawnSync(...command, { encoding: 'utf8', input, maxBuffer: 2 ** 28 });
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return { status, stdout, stderr, lines, calls: lines.filter((line) => line.startsWith('CALL')) };
}

describe('with every socket barred', () => {
  it.each([
    ['a connection', `import net from 'node:net'; net.connect(9)`, 'CALL connect'],
    ['a name', `import { lookup } from 'node:dns/promises'; await lookup('example.org')`, 'CALL lookup'],
    ['fetch', `await fetch('http://127.0.0.1:9')`, 'CALL fetch'],
    [
      'a thread',
      `import { Worker } from 'node:worker_threads';
       const thread = new Worker(new URL("data:text/javascript,await fetch('http://127.0.0.1:9')"));
       await new Promise((done) => thread.once('error', done))`,
      'CALL fetch',
    ],
  ])('the bar holds %s', (_, script, call) => {
    expect(barred(script).calls).toEqual([call]);
  });

  it.skipIf(needed.length > 0)(
    `clips are made, recorded and checked, trained on by two threads, looked at, tested and listened for${needed.length > 0 ? ` (${needed.join(', ')} not here)` : ''}`,
    () => {
      const clips = path.join(folder, 'clips');
      const model = path.join(folder, 'model.safetensors');
      const recording = repositoryFile('data/demo/recording.wav');
      for (const kind of ['negatives', 'backgrounds']) {
        const from = repositoryFile(`data/clips/${kind}`);
        mkdirSync(path.join(clips, kind), { recursive: true });
        for (const name of readdirSync(from).slice(0, 4)) {
          cpSync(path.join(from, name), path.join(clips, kind, name));
        }
      }
      const word = repositoryFile(`data/clips/activates/en+Alex_activate-1.wav`);
      const recorder = `sox "${word}" -t raw -r 16000 -e signed -b 16 -L -c 1 - pad 0.5 1`;
      const commands = [
        ['make-clips', 'hey robot', '--out', clips, '--voices', '3', '--takes', '1', '--negatives', '4'],
        ['record', 'hey robot', '--out', clips, '--count', '1', '--recorder', recorder],
        ['check-clips', clips],
        ['train-trigger', clips, '--out', model, '--word', 'hey robot', '--spoken', '1'].concat([
          '--examples',
          '32',
          '--epochs',
          '1',
          '--engine',
          'wasm',
          '--threads',
          '2',
        ]),
        ['show-clip', '1', clips, '--out', path.join(folder, 'one.wav'), '--spoken', '0', '--model', model],
        ['detect', model, recording],
        ['eval-trigger', model, clips],
        ['simulate-trigger', model, recording],
        ['listen', model, '--stdin'],
      ];
      const script = `const { run } = await import(${JSON.stringify(dist)});
        const ends = [];
        for (const args of ${JSON.stringify(commands)}) ends.push(await run(args));
        process.stderr.write('\\nends ' + ends.join(' '));`;
      const { status, stderr, lines, calls } = barred(script, readFileSync(recording).subarray(44));
      expect([status, stderr]).toEqual([0, expect.stringMatching(/\nends 0 0 0 0 0 0 0 0 0$/)]);
      expect(calls).toEqual([]);
      // The second thread was there, and barred too.
      expect(lines).toContain('thread');
    },
  );
});
