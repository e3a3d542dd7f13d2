import { Blob } from 'node:buffer';
import { createRequire } from 'node:module';
import { describeTrigger } from '../dist/audio/trigger-description.js';
import { steppingNetwork, triggerNetwork } from '../dist/audio/trigger-network.js';
import { triggerPreset } from '../dist/audio/advanced.js';
import { toModule, toOnnx } from '../dist/exchange/index.js';
import { round } from './character-model.mjs';

export const options = { preset: 'standard', clip: 10, seconds: 3 };

const RUNTIMES = ['onnxruntime-web', 'onnxruntime-node'];

/**
 * A detector as it comes from training, and as ONNX: how large its files are, and what a clip and a live step take of one
 * core. onnxruntime-node is measured where it is installed, or lies in the folder ORT_DIR.
 */
export async function measure({ preset: name, clip, seconds }) {
  const preset = triggerPreset(name);
  const network = triggerNetwork(preset.network, { engine: 'wasm', threads: 1, seed: 1 });
  const { bands, hopSamples, sampleRate } = preset.features;
  const { kernelFrames, strideFrames } = preset.network;
  const steps = Math.floor(((clip * sampleRate) / hopSamples - kernelFrames) / strideFrames) + 1;
  const frames = kernelFrames + (steps - 1) * strideFrames;
  await network.build([frames, bands]);
  const saved = network.toBytes(
    describeTrigger({ words: ['computer'], settings: preset, trainedOn: undefined }),
  );
  const blob = new Blob([saved]);
  const [whole, step, int8] = [
    await toOnnx(blob),
    await toOnnx(blob, { step: true }),
    await toOnnx(blob, { int8: true }),
  ];
  const x = Float32Array.from({ length: frames * bands }, (_, i) => Math.sin(i * 0.7));
  const row = x.subarray(0, strideFrames * bands);
  const result = {
    bench: 'exported',
    ...{
      preset: name,
      clip,
      frames,
      bands,
      steps,
      parameters: network.countParameters(),
      node: process.version,
    },
    kB: {
      safetensors: saved.length / 1000,
      onnx: whole.bytes.length / 1000,
      'onnx, int8': int8.bytes.length / 1000,
      // One over embeddings needs the embedding too, which no module holds.
      ...(preset.features.kind !== 'embedding' && {
        'JavaScript module': (await toModule(blob, { precision: 'float32' })).length / 1000,
      }),
    },
    runtimes: {},
  };
  const tensor = { data: x, shape: [1, frames, bands] };
  // Live, as detect and listen run it: all that a step sees is one row.
  const live = await steppingNetwork(network, preset.network, bands);
  const stepper = live.stepper();
  const seen = x.slice(0, kernelFrames * bands);
  result.runtimes.seqkit = {
    clipMs: await cost(() => network.predict(tensor), seconds),
    stepMicroseconds: 1000 * (await cost(() => stepper.step(seen), seconds)),
  };
  await live.dispose();
  for (const package_ of RUNTIMES) {
    const ort = runtime(package_);
    if (!ort) continue;
    if (ort.env?.wasm) ort.env.wasm.numThreads = 1;
    const settings = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
    const sessions = [];
    for (const { bytes } of [whole, step]) sessions.push(await ort.InferenceSession.create(bytes, settings));
    const [ofClip, ofStep] = sessions;
    const input = whole.description.inputs[0].name;
    const given = { [input]: new ort.Tensor('float32', x, [1, frames, bands]) };
    const { inputs, states } = step.description;
    const feeds = { [inputs[0].name]: new ort.Tensor('float32', row.slice(), [1, strideFrames, bands]) };
    for (const { input: into, dims } of states) {
      const shape = dims.map((size) => (typeof size === 'number' ? size : 1));
      const zeros = new Float32Array(shape.reduce((a, b) => a * b, 1));
      feeds[into] = new ort.Tensor('float32', zeros, shape);
    }
    const next = async () => {
      const made = await ofStep.run(feeds);
      for (const { input: into, output } of states) feeds[into] = made[output];
    };
    result.runtimes[package_] = {
      clipMs: await cost(() => ofClip.run(given), seconds),
      stepMicroseconds: 1000 * (await cost(next, seconds)),
    };
  }
  await network.dispose();
  return result;
}

/** Milliseconds of processor time of a call, the best of some rounds: other programs do not count. */
async function cost(call, seconds) {
  await call();
  let [best, calls] = [Infinity, 1];
  for (let spent = 0; spent < seconds * 1000;) {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) await call();
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    spent += Math.max(took, 1);
    best = Math.min(best, took / calls);
    if (took < 100) calls *= 2;
  }
  return best;
}

function runtime(package_) {
  for (const folder of [process.env.ORT_DIR, import.meta.dirname].filter(Boolean)) {
    try {
      return createRequire(`${folder}/`)(package_);
    } catch {
      // It is not there.
    }
  }
  process.stderr.write(`${package_} is left out: it is not installed\n`);
  return undefined;
}

export function* table({ preset, clip, steps, parameters, kB, runtimes, node }) {
  yield `a detector of the preset ${preset}, ${parameters} numbers, one thread, Node ${node}`;
  for (const [name, size] of Object.entries(kB)) yield `  ${name.padEnd(20)} ${round(size, 0)} kB`;
  for (const [name, { clipMs, stepMicroseconds }] of Object.entries(runtimes)) {
    const clips = `${round(clipMs)} ms a clip of ${clip} s (${steps} steps)`;
    yield `  ${name.padEnd(20)} ${clips}, ${round(stepMicroseconds, 0)} microseconds a live step`;
  }
}
