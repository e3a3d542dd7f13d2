import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import type { Random } from '../../src/base/math/random.js';

/** When the last of the random moments is, in milliseconds: time enough for some checkpoints. */
const longestLifeMs = 900;

/** How the lives of one run went. */
export interface Lives {
  /** Kills, each at its own moment. */
  kills: number;
  /** Of those: with a checkpoint half written, as the temporary file shows that was left behind. */
  killsInsideWrites: number;
  /** Checkpoints whose writing began, by life. */
  writes: number[];
  /** Files that stood complete in the folder after a kill, by life. */
  complete: string[][];
  /** What the last life, which came to its end, printed on stderr. */
  stderr: string;
}

/**
 * Runs a command that resumes again and again and kills it with SIGKILL: at a random moment, or, every
 * other time, as soon as the temporary file of a checkpoint appears. After enough kills it may end.
 * @param folder where it writes its checkpoints; must be there
 * @throws Error where it ends before it was killed often enough, or fails by itself
 */
export async function killUntilDone(
  args: readonly string[],
  {
    folder,
    random,
    kills,
    insideWrites,
  }: { folder: string; random: Random; kills: number; insideWrites: number },
): Promise<Lives> {
  const lives: Lives = { kills: 0, killsInsideWrites: 0, writes: [], complete: [], stderr: '' };
  while (lives.kills < kills || lives.killsInsideWrites < insideWrites) {
    if (lives.kills >= 5 * kills)
      throw new Error(`${lives.killsInsideWrites} kills of ${lives.kills} hit a write`);
    const before = temporaries(folder);
    const seen = new Set(before);
    const life = start(args);
    // Each write makes a file appear once. Every other life ends in the first, second or third; of the
    // rest half end at a random moment after they began to run, half at one after their first write.
    const way = lives.kills % 4;
    const lastWrite = way % 2 === 1 ? 1 + random.integer(3) : Infinity;
    const moment = random.uniform(100, longestLifeMs);
    let timer = way === 0 ? setTimeout(() => life.kill(), moment) : undefined;
    let writes = 0;
    const watcher = fs.watch(folder, (event, name) => {
      if (event !== 'rename' || !name?.endsWith('.tmp') || seen.has(name)) return;
      seen.add(name);
      writes++;
      if (writes === lastWrite) life.kill();
      else if (way === 2) timer ??= setTimeout(() => life.kill(), moment);
    });
    await life.ended.finally(() => watcher.close());
    clearTimeout(timer);
    const { signal, code, stderr } = await life.ended;
    if (signal !== 'SIGKILL')
      throw new Error(`it ended by itself after ${lives.kills} kills: ${code} ${stderr}`);
    lives.kills++;
    lives.writes.push(writes);
    // What an earlier life left does not count again.
    if (temporaries(folder).some((name) => !before.includes(name))) lives.killsInsideWrites++;
    lives.complete.push(fs.readdirSync(folder).filter((name) => name.endsWith('.safetensors')));
  }
  const { code, stderr } = await start(args).ended;
  if (code !== 0) throw new Error(`the last life failed: ${stderr}`);
  return { ...lives, stderr };
}

const temporaries = (folder: string): string[] =>
  fs.readdirSync(folder).filter((name) => name.endsWith('.tmp'));

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

function start(args: readonly string[]): { kill: () => void; ended: Promise<Ended> } {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return { kill: () => child.kill('SIGKILL'), ended };
}
