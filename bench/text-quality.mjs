/**
 * How well a text is learnt, beside PyTorch: the same initial weights, batches, optimizer and steps, and
 * the loss of both on held-out text. Needs `npm run build` and python3-torch.
 *
 *   node bench/text-quality.mjs text.txt [--steps 2000] [--layers 2] [--units 128] [--batch 16]
 *     [--seq-length 64] [--learning-rate 0.008] [--seed 1] [--only seqkit|torch]
 *
 * 90% of the text is trained on, 5% held out, 5% kept for the test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TextModel, Vocabulary } from '../dist/text/index.js';
import { textNetwork } from '../dist/text/model/text-network.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '2000' },
    layers: { type: 'string', default: '2' },
    units: { type: 'string', default: '128' },
    batch: { type: 'string', default: '16' },
    'seq-length': { type: 'string', default: '64' },
    'learning-rate': { type: 'string', default: '0.008' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const [path] = positionals;
const [steps, layers, units, batchSize, seqLength, learningRate, seed] = [
  ...['steps', 'layers', 'units', 'batch', 'seq-length', 'learning-rate', 'seed'].map((name) =>
    Number(values[name]),
  ),
];
const shares = { heldOut: 0.05, test: 0.05 };
const text = readFileSync(path, 'utf8');
const network = { cell: 'lstm', layers, units, dropout: 0, residual: false, tied: false };

if (values.only !== 'torch') {
  const model = new TextModel({ ...network, seed, byteFallback: false, engine: 'wasm', threads: 1 });
  const losses = [];
  const history = await model.fit(text, {
    ...{ steps, batchSize, seqLength, learningRate, ...shares },
    onProgress: ({ step, loss }) => step <= 3 && losses.push(loss * step),
  });
  report('seqkit', {
    // Means of the first steps, undone.
    firstLosses: losses.map((sum, i) => sum - (losses[i - 1] ?? 0)),
    training: history.finalLoss,
    heldOut: history.heldOutLoss.at(-1),
    test: history.testLoss,
    seconds: history.seconds,
    steps: history.steps,
  });
  await model.dispose();
}
if (values.only !== 'seqkit') {
  const vocabulary = Vocabulary.of(text);
  const initial = await textNetwork(vocabulary, network, { seed, engine: 'wasm', threads: 1 });
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-quality-'));
  try {
    const weights = join(folder, 'initial.safetensors');
    writeFileSync(weights, initial.toBytes());
    const job = { text: path, weights, characters: vocabulary.characters, steps, layers, units };
    const { stdout, stderr, status } = spawnSync(
      '/usr/bin/python3',
      [
        fileURLToPath(new URL('text-quality.py', import.meta.url)),
        JSON.stringify({ ...job, batchSize, seqLength, learningRate, ...shares }),
      ],
      { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
    );
    if (status !== 0) throw new Error(stderr);
    report('torch', JSON.parse(stdout));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(what, figures) {
  console.log(JSON.stringify({ what, layers, units, seed, learningRate, batchSize, seqLength, ...figures }));
}
