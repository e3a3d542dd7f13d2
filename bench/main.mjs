/**
 * Times seqkit on this machine. Needs `npm run build`.
 *
 *   npm run --silent bench -- train-step --cell lstm --layers 2 --units 128 --batch 50 --seq-length 50 --vocab 65
 *   npm run --silent bench -- sampling --layers 2 --units 128
 *   npm run --silent bench -- gpu-table                          # wasm, WebGPU, PyTorch on the same GPU
 *   npm run --silent bench -- gpu-feeding --backend webgpu       # batches a pipeline, resident kernels
 *   npm run --silent bench -- listen --model trigger.safetensors     # share of one core
 *   npm run --silent bench -- streaming --units 128             # a GRU, one step at a call
 *   npm run --silent bench -- trigger --batch 16                # a step on 10 s spectrograms, and one clip
 *   npm run --silent bench -- mixing                            # training examples of trigger words, on all cores
 *   npm run --silent bench -- products                          # the matrix products of a training step
 *   npm run --silent bench -- memory --steps 5000               # resident memory, step after step
 *   npm run --silent bench -- peers --layers 2 --units 128      # beside PyTorch, where it is there
 *   npm run --silent bench -- against                           # every row beside PyTorch, onnxruntime and others
 *   npm run --silent bench -- search --peers                    # word vectors, beside numpy and PyTorch
 *   npm run --silent bench -- exported                          # a detector as ONNX, its sizes and speed beside ours
 *   npm run --silent bench -- loading --words 400000            # time and memory of reading vectors
 *   npm run --silent bench -- digest                            # loading vectors with a look at their digest, and without
 *   npm run --silent bench -- word2vec --workers 1,2            # training word vectors, beside gensim and fastText
 *
 * Each takes --json, for one line of JSON.
 */
import { parseArgs } from 'node:util';

const benchmarks = {
  'train-step': () => import('./train-step.mjs'),
  sampling: () => import('./sampling.mjs'),
  'gpu-table': () => import('./gpu-table.mjs'),
  'gpu-feeding': () => import('./gpu-feeding.mjs'),
  listen: () => import('./listen.mjs'),
  streaming: () => import('./streaming.mjs'),
  trigger: () => import('./trigger.mjs'),
  mixing: () => import('./mixing.mjs'),
  products: () => import('./gemm.mjs'),
  memory: () => import('./memory.mjs'),
  peers: () => import('./peers.mjs'),
  against: () => import('./against.mjs'),
  search: () => import('./search.mjs'),
  exported: () => import('./exported.mjs'),
  loading: () => import('./loading.mjs'),
  digest: () => import('./digest.mjs'),
  word2vec: () => import('./word2vec.mjs'),
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(benchmarks, name ?? '')) {
  stop(`Give one of ${Object.keys(benchmarks).join(', ')}.`);
}
const { options, measure, table } = await benchmarks[name]();
const { json, ...settings } = readSettings({ ...options, json: false });
try {
  const result = await measure(settings);
  if (json) console.log(JSON.stringify(result));
  else for (const line of table(result)) console.log(line);
} catch (error) {
  stop(error.message);
}

/** The options as typed, each of the kind that its default is. */
function readSettings(defaults) {
  const flags = Object.entries(defaults).map(([key, value]) => [
    dashed(key),
    { type: typeof value === 'boolean' ? 'boolean' : 'string' },
  ]);
  let values;
  try {
    ({ values } = parseArgs({ args, options: Object.fromEntries(flags) }));
  } catch (error) {
    stop(error.message);
  }
  return Object.fromEntries(
    Object.entries(defaults).map(([key, fallback]) => {
      const typed = values[dashed(key)];
      if (typed === undefined || typeof fallback !== 'number') return [key, typed ?? fallback];
      const value = Number(typed);
      if (!(value > 0)) stop(`--${dashed(key)} takes a number above 0, not ${typed}.`);
      return [key, value];
    }),
  );
}

function dashed(key) {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function stop(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}
