// What an app does with seqkit, in a page and in Node alike; test/bundlers.long.test.ts holds the answers of each
// bundler's page against Node's.
import { Adam, Dense, LSTM, Sequential } from 'seqkit/rnn';
import { KeyedVectors, textCorpus, Word2Vec } from 'seqkit/embeddings';
import { TextModel } from 'seqkit/text';
import { decodeWav, TriggerModel } from 'seqkit/audio';

const digest = (numbers) => {
  // FNV-1a over the bytes: enough to tell equal from not.
  let hash = 0x811c9dc5;
  const { buffer, byteOffset, byteLength } = numbers;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16);
};

const sentence = 'the cat sat on the mat and the dog sat on the rug with the cat'.split(' ');
const corpus = Array.from({ length: 200 }, (_, i) => sentence.slice(i % 9).join(' ')).join('\n');

export async function bytesOf(file) {
  return new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file);
}

/** @param hear hands the samples of a recording to a stream of the model, in its own way */
export async function trigger(file, options, hear) {
  const model = await TriggerModel.load(await file('trigger.safetensors'), options);
  const { samples, sampleRate } = decodeWav(await bytesOf(await file('recording.wav')), 'recording.wav');
  const stream = model.stream({ sampleRate, threshold: 0.02 });
  const scores = [];
  const events = [];
  stream.on('score', ({ score }) => scores.push(score));
  stream.on('trigger', ({ word, timeSeconds }) => events.push([word, timeSeconds]));
  await hear(stream, samples, sampleRate);
  await model.dispose();
  return { scores: digest(Float32Array.from(scores)), count: scores.length, events };
}

/** What needs no more than to run what was trained elsewhere. */
export const inference = {
  async analogy(file) {
    const vectors = await KeyedVectors.load(await file('vectors.txt'));
    return vectors.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 3 });
  },

  trigger: (file) => trigger(file, {}, (stream, samples) => stream.push(samples)),

  async text(file) {
    const model = await TextModel.load(await file('text.safetensors'));
    return model.generate({ prime: 'the ', length: 40, temperature: 0.8, seed: 3 });
  },

  async predict() {
    const model = new Sequential([new LSTM({ units: 8, returnSequences: true }), new Dense({ units: 4 })], {
      seed: 7,
    });
    const x = { data: Float32Array.from({ length: 160 }, (_, i) => Math.sin(i * i)), shape: [1, 20, 8] };
    const { data } = await model.predict(x);
    await model.dispose();
    return digest(Float32Array.from(data));
  },
};

const training = {
  async network() {
    const model = new Sequential([new LSTM({ units: 64, returnSequences: true }), new Dense({ units: 4 })], {
      seed: 7,
    });
    model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });
    const x = {
      data: Float32Array.from({ length: 64 * 20 * 8 }, (_, i) => Math.sin(i * i)),
      shape: [64, 20, 8],
    };
    const y = { data: Float32Array.from({ length: 64 * 20 }, (_, i) => i % 4), shape: [64, 20] };
    const { loss } = await model.fit(x, y, { epochs: 2, batchSize: 32 });
    const weights = model.layers.flatMap((layer) => layer.getWeights());
    await model.dispose();
    return { loss, weights: weights.map(({ data }) => digest(Float32Array.from(data))) };
  },

  async words() {
    const model = new Word2Vec({ vectorSize: 16, minCount: 1, epochs: 2, seed: 5, workers: 1 });
    await model.fit(textCorpus(corpus));
    return model.wv.mostSimilar({ positive: ['cat'], topn: 3 });
  },

  /** On as many workers as there are, whose numbers are their own. */
  async crew() {
    const model = new Word2Vec({ vectorSize: 16, minCount: 1, epochs: 2, seed: 5 });
    const { words } = await model.fit(textCorpus(corpus));
    return words;
  },

  /** Of enough rows that threads help. */
  async search(file, { searched = async () => {} } = {}) {
    const vectors = await KeyedVectors.load(await file('many.safetensors'));
    const found = vectors.mostSimilar({ positive: ['w5'], topn: 3 });
    await searched();
    vectors.dispose();
    return found;
  },
};

/**
 * @param {(name: string) => Promise<Blob | Uint8Array>} file what is served, or lies, under a name
 * @param {Record<string, Function>} tasks
 * @param {{ searched?: () => Promise<void>, after?: (task: string) => void }} watch
 * @returns what each task answers, or how it failed
 */
export async function runApp(file, tasks = { ...inference, ...training }, watch = {}) {
  const answers = {};
  for (const [name, task] of Object.entries(tasks)) {
    answers[name] = await Promise.resolve()
      .then(() => task(file, watch))
      .catch(({ name: kind, code, message, hint }) => ({ error: `${kind} ${code}: ${message} ${hint}` }));
    watch.after?.(name);
  }
  return answers;
}
