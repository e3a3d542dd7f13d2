// The second of two scripts that train the speech embedding which ships (see speak.mjs): the network learns which word
// was said, from windows that hold it; its last vector before that choice is the embedding.
//
//   node scripts/speech-embedding/train.mjs clips --minutes 50 --out data/embedding/speech-embedding.safetensors
//
// The rate falls with the time, so the same seed gives another network on another machine.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeEmbedding } from '../../dist/audio/embedding/embedding-file.js';
import { EMBEDDING_BANDS as BANDS, EMBEDDING_LAYERS } from '../../dist/audio/embedding/embedding-network.js';
import { writeFileAtomic } from '../../dist/base/host/files.js';
import {
  AdamW,
  Conv2D,
  Dense,
  Dropout,
  GlobalAveragePooling1D,
  LeakyReLU,
  MaxPooling2D,
  Random,
  Sequential,
  SparseCategoricalCrossentropy,
  tensor,
} from '../../dist/rnn/index.js';
import { ChannelNormalization } from './channel-normalization.mjs';
import { FrameMixer, FRAMES } from './mix-frames.mjs';

const NOTICE =
  'A speech embedding trained by seqkit, in the shape of the network of Lin et al. (2020): on words said by espeak-ng, ' +
  'flite, festival and gnuspeech, on Speech Commands 0.02 by Google (CC BY 4.0, https://creativecommons.org/licenses/by/4.0/) ' +
  'and on the wake words of Picovoice (Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0). Under the licence of seqkit.';
const CLIP_NORM = 1;
/** What embeddings are multiplied by: they come to the range of Google's, so that the same settings suit both. */
const RANGE = 8;
/** Of the time, in which examples become as hard as they get. */
const EASY_SHARE = 0.4;
const REPORT_EVERY = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '50' },
    batch: { type: 'string', default: '32' },
    rate: { type: 'string', default: '1.5e-3' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'speech-embedding.safetensors' },
  },
});
const [minutes, batch, peak, threads, seed] = ['minutes', 'batch', 'rate', 'threads', 'seed'].map((name) =>
  Number(values[name]),
);
const random = new Random(seed);
const mixer = new FrameMixer(positionals[0], random.fork('mixing'));
const startedAt = performance.now();
const spent = () => (performance.now() - startedAt) / 60_000 / minutes;
/** A climb over the first hundredth, then half a cosine. */
const rate = () =>
  peak *
  Math.min(1, spent() / 0.01 + 0.02) *
  (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, spent()))));

const network = layersOf();
const head = [new GlobalAveragePooling1D(), new Dropout({ rate: 0.2 }), new Dense({ units: mixer.classes })];
const model = new Sequential([...network, ...head], { engine: 'wasm', threads, seed });
await model.build([FRAMES, BANDS]);
model.compile({
  optimizer: new AdamW({ learningRate: rate, weightDecay: 0.01, clipNorm: CLIP_NORM }),
  loss: new SparseCategoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }),
});
const heldOut = ['voices', 'people'].map((name) => ({
  name,
  ...mixer.batch(512, 'heldOut', name === 'people' ? 1 : 0),
}));
console.error(
  `${mixer.classes} classes, ${mixer.parts.train.all.length} clips by voices, ${mixer.parts.train.people.length} by people`,
);

let [steps, total] = [0, 0];
for (; spent() < 1; steps++) {
  mixer.difficulty = Math.min(1, spent() / EASY_SHARE);
  const { x, y } = mixer.batch(batch);
  total += await model.trainOnBatch(tensor(x, [batch, FRAMES, BANDS]), tensor(y, [batch]));
  if (steps % REPORT_EVERY === REPORT_EVERY - 1) {
    console.error(
      `${(spent() * minutes).toFixed(1)} min, step ${steps + 1}, loss ${(total / REPORT_EVERY).toFixed(3)}`,
    );
    total = 0;
  }
  if (steps % (5 * REPORT_EVERY) === 5 * REPORT_EVERY - 1) await report();
}
await report();
await model.dispose();

async function report() {
  for (const { name, x, y } of heldOut) {
    const { data } = await model.predict(tensor(x, [y.length, FRAMES, BANDS]));
    const right = y.reduce((sum, label, n) => {
      const row = data.subarray(n * mixer.classes, (n + 1) * mixer.classes);
      return sum + (row.indexOf(Math.max(...row)) === label ? 1 : 0);
    }, 0);
    console.error(`  ${name}: ${((100 * right) / y.length).toFixed(1)}% of ${y.length} words right`);
  }
  await mkdir(dirname(values.out), { recursive: true });
  await writeFileAtomic(values.out, encodeEmbedding({ weights: weightsOf(), notice: NOTICE }), {
    force: true,
  });
}

/** Without padding over time, and so without a lead; the weights are those of the stream. */
function layersOf() {
  return EMBEDDING_LAYERS.flatMap((layer) => {
    if (layer.kind === 'pooling')
      return [new MaxPooling2D({ poolSize: layer.size, channels: layer.channels })];
    const { name, filters, size, channels, isLast, slope, least } = layer;
    const own = {
      name,
      filters,
      kernelSize: size,
      channels,
      useBias: !isLast,
      kernelInitializer: 'heNormal',
    };
    const convolution = new Conv2D({ ...own, padding: 'valid', bandPadding: 'same' });
    return isLast
      ? [convolution]
      : [
          convolution,
          new ChannelNormalization(filters),
          new LeakyReLU({ negativeSlope: slope, minValue: least }),
        ];
  });
}

function numbersOf(layer) {
  return layer.getWeights().map(({ data }) => Float32Array.from(data));
}

/** Of the convolutions, with what normalizes them folded in. */
function weightsOf() {
  const weights = new Map();
  for (const [n, layer] of network.entries()) {
    if (!(layer instanceof Conv2D)) continue;
    const next = network[n + 1];
    const [kernel, bias] =
      next instanceof ChannelNormalization ? next.folded(...numbersOf(layer)) : numbersOf(layer);
    const factor = bias === undefined ? RANGE : 1;
    weights.set(
      `${layer.name}/kernel`,
      kernel.map((weight) => factor * weight),
    );
    if (bias !== undefined) weights.set(`${layer.name}/bias`, bias);
  }
  return weights;
}
