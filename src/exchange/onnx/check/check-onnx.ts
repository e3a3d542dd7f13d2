import type { LayerGraph } from '../../../rnn/graph/layer-graph.js';
import { Model } from '../../../rnn/model/model.js';
import { openExported, type ModelSource } from '../../source/exported-model.js';
import type { OnnxDescription, OnnxExport } from '../to-onnx.js';
import { differenceOf, type OnnxDifference } from './onnx-difference.js';
import { onnxRuntime, openOnnx, type OpenOnnx, type OnnxRuntime } from './onnx-runtime.js';
import type { SoundDescription } from '../sound/sound-front.js';
import { ownScores, soundSample } from './sound-check.js';
import { countOf, endToEnd, EXAMPLES, piecesOf, sampleOf, stepsOf, type Sample } from './sample.js';

/** The input that says how long each sequence is. */
const LENGTHS = 'lengths';

/**
 * Runs an exported file on a sample and holds what comes out against the model's own numbers. A step model is given
 * the sample in pieces, its states handed on.
 * @param runtime the module onnxruntime-node or onnxruntime-web
 * @param model what was exported
 * @throws SeqkitError `bad-value` for what is no runtime; errors of the runtime as they are
 */
export async function checkOnnx(
  runtime: OnnxRuntime,
  model: ModelSource,
  { bytes, description }: OnnxExport,
): Promise<OnnxDifference> {
  onnxRuntime.parse(runtime, 'checkOnnx: runtime');
  if (description.sound) return checkSound(runtime, model, { bytes, description }, description.sound);
  const { graph } = await openExported(model, 'checkOnnx: model');
  const { inputs, outputs, step } = description;
  const run = await openOnnx(
    runtime,
    bytes,
    new Set(inputs.filter(({ type }) => type === 'int64').map(({ name }) => name)),
  );
  const lead = step ? leadOf(graph, description) : 0;
  const ports = inputs.filter(({ name }) => name !== LENGTHS);
  const steps = 2 * piecesOf(graph) + lead;
  const samples = ports.map((port, i) => sampleOf(port, steps, graph.tokensOf(i)));
  const own = new Model(graph, { engine: 'wasm', threads: 1 });
  try {
    const expected = await own.predictAll(samples.length > 1 ? samples : samples[0]);
    const feeds = Object.fromEntries(ports.map(({ name }, i) => [name, samples[i]]));
    const lengths = { data: new Float32Array(EXAMPLES).fill(steps), shape: [EXAMPLES] };
    const all = { ...feeds, ...(ports.length < inputs.length && { [LENGTHS]: lengths }) };
    const found = step
      ? await inPieces(run, all, { description, lead, size: piecesOf(graph) })
      : await run({ ...all, ...zeroStates(description) });
    return differenceOf(
      outputs.map(({ name }) => found[name].data),
      expected.map(({ data }) => data),
    );
  } finally {
    await own.dispose();
  }
}

/** The same of a file that takes sound. */
async function checkSound(
  runtime: OnnxRuntime,
  model: ModelSource,
  { bytes, description }: OnnxExport,
  sound: SoundDescription,
): Promise<OnnxDifference> {
  const { inputs, outputs, states } = description;
  const [samples, scores] = [inputs[0].name, outputs[0].name];
  const sample = soundSample(sound);
  const run = await openOnnx(runtime, bytes, new Set());
  const found: Sample[] = [];
  if (states.length === 0) found.push((await run({ [samples]: sample }))[scores]);
  else {
    const { scoreSamples } = sound;
    const before = states.find(({ input }) => input === 'sound_samples_in');
    const lead = before ? Number(before.dims[1]) : 0;
    let carried = zeroStates(description, 1);
    if (before) carried[before.input] = stepsOf(sample, 0, lead);
    // One score at a call, then two.
    for (let at = lead, count = 1; at < sample.data.length; at += count * scoreSamples, count = 3 - count) {
      const results = await run({ [samples]: stepsOf(sample, at, count * scoreSamples), ...carried });
      carried = Object.fromEntries(states.map(({ input, output }) => [input, results[output]]));
      found.push(results[scores]);
    }
  }
  return differenceOf([endToEnd(found).data], [await ownScores(model, sample)]);
}

/** Frames that a convolution at the input begins with, where it pads none. */
function leadOf({ nodes }: LayerGraph, { states }: OnnxDescription): number {
  const [{ layer }] = nodes;
  const { padding = 'valid' } = layer.options();
  const frames = states.find(({ input }) => input === `${layer.name}_frames_in`);
  return layer.kind === 'Conv1D' && padding === 'valid' && frames ? Number(frames.dims[1]) : 0;
}

function zeroStates({ states }: OnnxDescription, examples: number = EXAMPLES): Record<string, Sample> {
  return Object.fromEntries(
    states.map(({ input, dims }) => {
      const shape = dims.map((size) => (typeof size === 'number' ? size : examples));
      return [input, { data: new Float32Array(countOf(shape)), shape }];
    }),
  );
}

interface Pieces {
  readonly description: OnnxDescription;
  /** Time steps that stand for the first state of the convolution. */
  readonly lead: number;
  /** Time steps of a piece. */
  readonly size: number;
}

/** Runs a step model piece by piece; its outputs laid end to end again. */
async function inPieces(
  run: OpenOnnx,
  feeds: Readonly<Record<string, Sample>>,
  { description, lead, size }: Pieces,
): Promise<Record<string, Sample>> {
  const { inputs, outputs, states } = description;
  let carried = zeroStates(description);
  const [first] = inputs;
  const frames = states.find(({ input }) => input.endsWith('_frames_in'));
  if (lead > 0 && frames) carried[frames.input] = stepsOf(feeds[first.name], 0, lead);
  const [, time] = feeds[first.name].shape;
  const pieces: Record<string, Sample>[] = [];
  for (let at = lead; at < time; at += size) {
    const part = Object.fromEntries(Object.entries(feeds).map(([name, x]) => [name, stepsOf(x, at, size)]));
    const results = await run({ ...part, ...carried });
    carried = Object.fromEntries(states.map(({ input, output }) => [input, results[output]]));
    pieces.push(results);
  }
  return Object.fromEntries(
    outputs.map(({ name, dims }) => {
      const parts = pieces.map((piece) => piece[name]);
      return [name, dims.length > 2 ? endToEnd(parts) : parts.at(-1)!];
    }),
  );
}
