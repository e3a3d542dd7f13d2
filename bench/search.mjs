import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeyedVectors } from '../dist/embeddings/index.js';
import { writeFileAtomic } from '../dist/base/host/files.js';

export const options = {
  words: 400_000,
  dimensions: 300,
  topn: 10,
  threads: 2,
  rounds: 40,
  /** Also time numpy and torch, in turn with seqkit. */
  peers: false,
};

const python = '/usr/bin/python3';
const peerScript = fileURLToPath(new URL('search-peers.py', import.meta.url));
const childScript = fileURLToPath(new URL('search-child.mjs', import.meta.url));
/** The build of OpenBLAS with which PyTorch is fastest on two threads: with another, beating it proves little. */
const openblas = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/**
 * Exact nearest neighbours among random unit vectors. Each contestant is a process of its own over
 * the same file of numbers, and they take turns, one query a turn, so that all meet the same weather.
 */
export async function measure(settings) {
  const { words, dimensions, topn, threads, rounds, peers } = settings;
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-search-'));
  const contestants = [];
  try {
    const file = join(folder, 'vectors.safetensors');
    await writeVectors(file, words, dimensions);
    // While the system still writes it to the disk, the file opens two to four times as slowly.
    const written = openSync(file, 'r+');
    fsyncSync(written);
    closeSync(written);
    const child = (...args) => [process.execPath, [childScript, file, threads, topn, ...args].map(String)];
    const facts = [];
    // One after the other, so that each opens the file on an idle machine.
    const start = async (name, command, args) => {
      contestants.push(new Contestant(name, command, args));
      facts.push(await contestants.at(-1).next());
    };
    await start('seqkit float32', ...child('float32'));
    await start('seqkit int8, re-ranked', ...child('int8'));
    if (peers) {
      if (spawnSync(python, ['-c', 'import torch, numpy']).status !== 0) {
        throw new Error(`${python} has no torch or numpy: install python3-torch`);
      }
      for (const peer of ['numpy', 'torch', 'read']) {
        const args = [peerScript, peer, file, threads, topn].map(String);
        await start(peer === 'read' ? 'reading memory (C)' : peer, python, args);
      }
    }
    const rows = contestants.map(({ name }, i) => ({ name, ...facts[i], ms: [], answers: [] }));
    for (let round = 0; round < rounds; round++) {
      const query = (round * 7919 + 7) % words;
      for (const [i, contestant] of contestants.entries()) {
        const { ms, answers } = await contestant.ask(query);
        rows[i].ms.push(ms);
        rows[i].answers.push(answers);
      }
    }
    return {
      bench: 'search',
      words,
      dimensions,
      topn,
      threads,
      rounds,
      contestants: rows.map((row) =>
        summary(
          row,
          rows[0],
          rows.find(({ name }) => name === 'numpy'),
        ),
      ),
    };
  } finally {
    for (const contestant of contestants) contestant.end();
    rmSync(folder, { recursive: true });
  }
}

export function* table({ words, dimensions, topn, threads, rounds, contestants }) {
  yield `exact top-${topn} of ${words} x ${dimensions}, ${threads} threads, medians of ${rounds} rounds in turn`;
  const row = (...cells) =>
    `  ${cells[0].padEnd(24)}${cells
      .slice(1)
      .map((cell) => String(cell ?? '').padStart(13))
      .join('')}`;
  yield row('', 'ms', 'fastest ms', 'x numpy', 'recall', 'open ms', 'memory, x');
  for (const { name, medianMs, fastestMs, timesNumpy, recall, openMs, memoryRatio } of contestants) {
    yield row(name, medianMs, fastestMs, timesNumpy, recall, openMs, memoryRatio);
  }
}

function summary({ name, ms, answers, openMs, memoryRatio }, first, numpy) {
  const round = (value, digits = 2) => (value === undefined ? undefined : Number(value.toFixed(digits)));
  const median = middle(ms);
  const hits = answers.flatMap((words, i) => (words ?? []).filter((word) => first.answers[i].includes(word)));
  const asked = answers.flatMap((words, i) => (words === undefined ? [] : first.answers[i]));
  return {
    name,
    medianMs: round(median),
    fastestMs: round(Math.min(...ms)),
    timesNumpy: numpy === undefined ? undefined : round(middle(numpy.ms) / median),
    recall: asked.length === 0 ? undefined : hits.length / asked.length,
    openMs: round(openMs, 0),
    memoryRatio: round(memoryRatio),
  };
}

/** A process that answers a query a line: a row's number in, a line of JSON out. */
class Contestant {
  #lines = [];
  #waiting = [];
  #ended = false;
  #child;

  constructor(name, command, args) {
    this.name = name;
    const environment = { ...process.env };
    // Settings of OpenBLAS that would hold numpy back.
    delete environment.OPENBLAS_CORETYPE;
    delete environment.OPENBLAS_L2_SIZE;
    if (existsSync(openblas)) environment.LD_LIBRARY_PATH ??= openblas;
    environment.ATEN_CPU_CAPABILITY ??= 'avx512';
    this.#child = spawn(command, args, { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    let rest = '';
    this.#child.stdout.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const take = this.#waiting.shift();
        if (take === undefined) this.#lines.push(JSON.parse(line));
        else take.resolve(JSON.parse(line));
      }
    });
    this.#child.on('exit', () => {
      this.#ended = true;
      for (const { reject } of this.#waiting) reject(this.#early());
    });
  }

  next() {
    if (this.#lines.length > 0) return Promise.resolve(this.#lines.shift());
    if (this.#ended) return Promise.reject(this.#early());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #early() {
    return new Error(`${this.name} ended early`);
  }

  ask(query) {
    this.#child.stdin.write(`${query}\n`);
    return this.next();
  }

  end() {
    this.#child.stdin.end();
    this.#child.kill();
  }
}

/** Random unit vectors, the same for all, in a file of seqkit's own. */
async function writeVectors(path, count, width) {
  const data = new Float32Array(count * width);
  let state = 1;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let row = 0; row < count; row++) {
    const start = row * width;
    let squares = 0;
    for (let i = start; i < start + width; i += 2) {
      // Two normal numbers at a time (Box and Muller 1958).
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      data[i] = radius * Math.cos(angle);
      if (i + 1 < start + width) data[i + 1] = radius * Math.sin(angle);
    }
    for (let i = start; i < start + width; i++) squares += data[i] ** 2;
    for (let i = start; i < start + width; i++) data[i] /= Math.sqrt(squares);
  }
  const names = Array.from({ length: count }, (_, row) => `w${row}`);
  const vectors = KeyedVectors.fromRows(names, data);
  await writeFileAtomic(path, await vectors.toBytes('seqkit'));
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
