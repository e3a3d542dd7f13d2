import { inference, runApp, trigger } from './app.mjs';
import { Dense, LSTM, Sequential } from 'seqkit/rnn';
import { KeyedVectors } from 'seqkit/embeddings';

const file = async (name) => (await fetch(`/files/${name}`)).blob();

// Workers count once they have said a word: those that a policy forbids never do.
const spoken = new Set();
const live = new Set();
const memories = [];
const { Worker: PlainWorker } = globalThis;
globalThis.Worker = class extends PlainWorker {
  constructor(...args) {
    super(...args);
    live.add(this);
    this.addEventListener('message', () => spoken.add(this), { once: true });
  }
  terminate() {
    live.delete(this);
    super.terminate();
  }
};
const { Memory: PlainMemory } = WebAssembly;
WebAssembly.Memory = class extends PlainMemory {
  constructor(...args) {
    super(...args);
    memories.push(new WeakRef(this));
  }
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An AudioWorklet hands each of its blocks to the stream. */
function hearByWorklet(stream, samples, sampleRate) {
  const context = new OfflineAudioContext(1, samples.length, sampleRate);
  const buffer = context.createBuffer(1, samples.length, sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  return context.audioWorklet.addModule('/files/tap.js').then(async () => {
    const tap = new AudioWorkletNode(context, 'tap');
    let heard = 0;
    const all = new Promise((resolve) => {
      tap.port.onmessage = ({ data }) => {
        const block = data.subarray(0, Math.min(data.length, samples.length - heard));
        heard += block.length;
        if (block.length > 0) stream.push(block);
        if (heard === samples.length) resolve();
      };
    });
    source.connect(tap).connect(context.destination);
    source.start();
    await context.startRendering();
    await all;
  });
}

async function run() {
  const workers = {};
  const watch = {
    async searched() {
      // The search itself waits for no thread.
      for (let i = 0; i < 100 && crossOriginIsolated && spoken.size === 0; i++) await pause(20);
    },
    after(task) {
      if (spoken.size > 0) workers[task] = spoken.size;
      spoken.clear();
    },
  };
  const answers = await runApp(file, undefined, watch);
  const worklet = await runApp(file, { worklet: () => trigger(file, {}, hearByWorklet) }, watch);
  return { answers: { ...answers, ...worklet }, workers, live: live.size };
}

/** Models and vectors made and disposed of, so many times. */
async function mount(times) {
  const bytes = Object.fromEntries(
    await Promise.all(['trigger.safetensors', 'vectors.txt'].map(async (name) => [name, await file(name)])),
  );
  const x = { data: new Float32Array(32 * 40 * 8).fill(0.5), shape: [32, 40, 8] };
  const y = { data: new Float32Array(32 * 4).fill(0.5), shape: [32, 4] };
  let most = 0;
  for (let n = 0; n < times; n++) {
    const network = new Sequential([new LSTM({ units: 64 }), new Dense({ units: 4 })], {
      ...{ engine: 'wasm', seed: n },
    });
    network.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    await network.fit(x, y, { epochs: 1, batchSize: 32 });
    most = Math.max(most, live.size);
    await trigger(
      async (name) => bytes[name] ?? file(name),
      { engine: 'wasm' },
      (stream, samples) => stream.push(samples.subarray(0, 4000)),
    );
    const vectors = await KeyedVectors.load(bytes['vectors.txt']);
    vectors.mostSimilar({ positive: ['king'], topn: 1 });
    vectors.dispose();
    await network.dispose();
    spoken.clear();
  }
  for (let i = 0; i < 10; i++) {
    globalThis.gc?.();
    await pause(20);
  }
  const held = memories.map((ref) => ref.deref()).filter((memory) => memory !== undefined);
  const bytesHeld = held.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { most, live: live.size, made: memories.length, held: held.length, bytesHeld };
}

globalThis.app = {
  mount,
  reference: () =>
    runApp(file, {
      trigger: (from) => trigger(from, { engine: 'reference' }, (stream, samples) => stream.push(samples)),
    }),
  inference: () => runApp(file, inference),
};
const asked = new URL(location.href).searchParams.has('idle');
globalThis.copies = [...(globalThis.copies ?? []), asked ? undefined : run()];
