import { makeLayer, prepareLayers } from '../rnn/graph/registry.js';
import type { Layer } from '../rnn/layers/layer.js';
import { LayerStack } from '../rnn/graph/layer-stack.js';
import type { Network } from '../rnn/model/network.js';
import { StackNetwork } from '../rnn/model/stack-network.js';
import type { NetworkSettings, TriggerPreset } from './detection/trigger-settings.js';
import { silentEmbeddings } from './embedding/embedding-features.js';
import type { SpeechEmbedding } from './embedding/speech-embedding.js';

/** What each layer does with the time steps of a window: leaves them, or makes one row of them. */
const WINDOW_LAYERS: Readonly<Record<string, 'steps' | 'row' | 'walk'>> = {
  Activation: 'steps',
  AveragePooling1D: 'steps',
  BatchNormalization: 'steps',
  Bidirectional: 'walk',
  Conv1D: 'steps',
  Dense: 'steps',
  Dropout: 'steps',
  Flatten: 'row',
  GRU: 'walk',
  GlobalAveragePooling1D: 'row',
  GlobalMaxPooling1D: 'row',
  LSTM: 'walk',
  LayerNormalization: 'steps',
  LeakyReLU: 'steps',
  MaxPooling1D: 'steps',
  SimpleRNN: 'walk',
};

/**
 * A network over windows, (N, windowFrames, bands) to logits (N, words), one window at a step: each of its layers goes
 * over the whole window of one step, from a state of zeros.
 *
 * @param trained a network of which `windowComplaint` has nothing to say
 */
export async function windowStepping(
  trained: Network,
  { windowFrames = 1 }: NetworkSettings,
  bands: number,
): Promise<Network> {
  const described = trained.layers.map((layer) => {
    const options: Record<string, unknown> = { ...layer.options() };
    delete options['name'];
    return { kind: 'TimeDistributed', options: { layer: { kind: layer.kind, options } } };
  });
  await prepareLayers(described);
  const layers = described.map((layer) => makeLayer(layer));
  const twin = new StackNetwork(new LayerStack(layers), { engine: trained.engine });
  await twin.build([1, windowFrames, bands]);
  twin.layers.forEach((layer, index) => {
    layer.setWeights(trained.layers[index].getWeights().map(({ data }) => data));
  });
  return twin;
}

/**
 * The windows that end at each step of sequences, (N, T, bands) to (N * T, windowFrames, bands). Before each sequence
 * there is silence.
 */
export function windowsOf(
  { data, shape }: { data: Float32Array; shape: number[] },
  { features, network: { windowFrames: frames = 1 } }: Pick<TriggerPreset, 'features' | 'network'>,
  embedding: SpeechEmbedding,
): { data: Float32Array; shape: number[] } {
  const [N, T, bands] = shape;
  const before = silentEmbeddings(frames - 1, features, (samples) => embedding.embed(samples).data);
  const windows = new Float32Array(N * T * frames * bands);
  const row = new Float32Array(before.length + T * bands);
  row.set(before);
  for (let n = 0; n < N; n++) {
    row.set(data.subarray(n * T * bands, (n + 1) * T * bands), before.length);
    for (let t = 0; t < T; t++) {
      windows.set(row.subarray(t * bands, (t + frames) * bands), (n * T + t) * frames * bands);
    }
  }
  return { data: windows, shape: [N * T, frames, bands] };
}

/**
 * What a network over windows has that no detector takes; undefined where it fits.
 * @param shape one example's, as its file has it
 * @param wanted (windowFrames, bands)
 */
export function windowComplaint(
  network: Network,
  words: number,
  shape: readonly (number | undefined)[],
  wanted: readonly (number | undefined)[],
): string | undefined {
  if (String(shape) !== String(wanted)) {
    return `its network takes (${shape.join(', ')}), expected (${wanted.join(', ')}).`;
  }
  let isRow = false;
  for (const [i, layer] of network.layers.entries()) {
    const does = Object.hasOwn(WINDOW_LAYERS, layer.kind) ? WINDOW_LAYERS[layer.kind] : undefined;
    if (does === undefined || layer.stateful) {
      return `layer ${i + 1} of its network is ${layer.stateful ? 'stateful' : `a ${layer.kind}`}, which no window goes through.`;
    }
    isRow ||= does === 'row' || (does === 'walk' && !givesSequences(layer));
    if (layer.getWeights().some(({ data }) => data.some((x) => !Number.isFinite(x)))) {
      return `a weight of its layer ${layer.name} is no finite number.`;
    }
  }
  const last = network.layers.at(-1);
  const outputs = last?.kind === 'Dense' ? last.getWeights()[0].shape[1] : undefined;
  if (isRow && outputs === words) return undefined;
  return `its network gives ${isRow ? `${outputs ?? 'other'} scores` : 'a score for each embedding'}, expected one for each of ${words} words from a Dense layer.`;
}

function givesSequences(layer: Layer): boolean {
  const [walker = layer] = layer.innerLayers;
  return walker.options()['returnSequences'] === true;
}
