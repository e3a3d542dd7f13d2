import { Adam, Dense, LSTM, Sequential } from 'seqkit/rnn';
import { readClipsAsync, TriggerModel } from 'seqkit/audio';
import { TextModel } from 'seqkit/text';
import { Word2Vec } from 'seqkit/embeddings';

export interface LstmJob {
  units: number;
  layers: number;
  batch: number;
  steps: number;
  batches: number;
}

/** How the page fared. */
export interface Liveliness {
  /** The longest task of the page's thread, ms; the browser tells of those from 50 ms on. */
  longestTaskMs: number;
  /** The longest time between two frames, ms. */
  longestFrameMs: number;
  ms: number;
}

/** A sequence that has something to learn, the same everywhere. */
function wave(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.37) + 0.1 * Math.sin(i * 7.1));
}

function lstm({ units, layers }: LstmJob): Sequential {
  const model = new Sequential(
    [
      ...Array.from({ length: layers }, () => new LSTM({ units, returnSequences: true })),
      new Dense({ units: 8 }),
    ],
    { seed: 2, engine: 'wasm' },
  );
  model.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
  return model;
}

/** Of a file's bytes, which are too many to be handed to the test. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function watched<Result>(task: () => Promise<Result>): Promise<Liveliness & { result: Result }> {
  let longestTaskMs = 0;
  let longestFrameMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
  });
  // What came before is told of too, to those who ask.
  await new Promise((resolve) => setTimeout(resolve, 100));
  observer.observe({ type: 'longtask' });
  let running = true;
  let last = performance.now();
  const frame = (): void => {
    const now = performance.now();
    longestFrameMs = Math.max(longestFrameMs, now - last);
    last = now;
    if (running) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const start = performance.now();
  const result = await task();
  const ms = performance.now() - start;
  running = false;
  await new Promise((resolve) => setTimeout(resolve, 100));
  observer.disconnect();
  return { longestTaskMs, longestFrameMs, ms, result };
}

/** Trains once to make everything ready, then again under watch. */
async function trainLstm(
  job: LstmJob,
  worker: boolean,
): Promise<{ first: Liveliness; then: Liveliness; digest: string; reports: number }> {
  const model = lstm(job);
  const { batch, steps, batches } = job;
  const N = batch * batches;
  const x = { data: wave(N * steps * 8), shape: [N, steps, 8] };
  const y = { data: wave(N * steps * 8 + 8).subarray(8), shape: [N, steps, 8] };
  let reports = 0;
  const fit = () => model.fit(x, y, { batchSize: batch, worker, onBatch: () => void reports++ });
  const first = await watched(fit);
  const then = await watched(fit);
  const digest = await digestOf(model.toBytes());
  await model.dispose();
  return { first, then, digest, reports };
}

const page = {
  trainLstm,

  async stopped(): Promise<{ stopped: boolean; batches: number }> {
    const model = lstm({ units: 16, layers: 1, batch: 4, steps: 8, batches: 1 });
    const x = { data: wave(4 * 8 * 8), shape: [4, 8, 8] };
    const stop = new AbortController();
    let batches = 0;
    const { stopped } = await model.fit(x, x, {
      ...{ epochs: 100_000, worker: true, signal: stop.signal },
      onBatch: () => void (++batches === 20 && stop.abort()),
    });
    await model.dispose();
    return { stopped, batches };
  },

  async text(text: string, worker: boolean) {
    const model = new TextModel({ cell: 'lstm', units: 24, layers: 1, seed: 3, engine: 'wasm' });
    let reports = 0;
    const { result: history, ...liveliness } = await watched(() =>
      model.fit(text, {
        ...{ batchSize: 8, seqLength: 16, steps: 40, worker },
        onProgress: () => void reports++,
      }),
    );
    const pieces: string[] = [];
    for await (const piece of model.stream({ length: 30 })) pieces.push(piece);
    const told = {
      digest: await digestOf(model.toBytes()),
      loss: history.finalLoss,
      written: pieces.join(''),
      reports,
    };
    const whole = model.generate({ length: 30 });
    await model.dispose();
    return { ...told, ...liveliness, whole };
  },

  async trigger(paths: string[], worker: boolean) {
    const model = new TriggerModel({ seed: 3, engine: 'wasm' });
    const files = paths.map(async (path) => ({
      path: path.slice(1),
      bytes: new Uint8Array(await (await fetch(path)).arrayBuffer()),
    }));
    const clips = await readClipsAsync(await Promise.all(files), 16_000);
    const liveliness = await watched(() => model.fit(clips, { examples: 16, epochs: 1, worker }));
    const digest = await digestOf(model.toBytes());
    await model.dispose();
    return { digest, ...liveliness };
  },

  async words(text: string) {
    const model = new Word2Vec({ vectorSize: 64, minCount: 1, epochs: 1, workers: 1 });
    const liveliness = await watched(() => model.fit([text.split(' ')]));
    await model.dispose();
    return liveliness;
  },

  /** What `auto` has chosen, and why. */
  async auto() {
    const reports: unknown[] = [];
    const model = new Sequential([new LSTM({ units: 8 }), new Dense({ units: 1 })], {
      onEngine: (report) => reports.push(report),
    });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await model.fit({ data: wave(64), shape: [4, 4, 4] }, { data: wave(4), shape: [4, 1] });
    await model.dispose();
    return reports;
  },
};

export type AlivePage = typeof page;
Object.assign(globalThis, { alivePage: page });
