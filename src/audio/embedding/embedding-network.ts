import { Conv2D } from '../../rnn/layers/conv2d.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { LeakyReLU } from '../../rnn/layers/leaky-relu.js';
import { MaxPooling2D } from '../../rnn/layers/pooling-2d.js';
import { LayerStack } from '../../rnn/graph/layer-stack.js';
import type { Network } from '../../rnn/model/network.js';
import { StackNetwork } from '../../rnn/model/stack-network.js';

/** How many numbers an embedding has. */
export const EMBEDDING_SIZE = 96;
/** Mel bands that go in. */
export const EMBEDDING_BANDS = 32;
/** How many frames an embedding sees. */
export const WINDOW_FRAMES = 76;
/** Frames from one embedding to the next: the product of all strides. */
export const HOP_FRAMES = 8;

/**
 * Frames of zeros that go before the first, so that the poolings begin where they do in a window of its own; and how
 * many outputs there are before the first that sees a whole window.
 */
export const LEAD_FRAMES = 4;
export const LEAD_OUTPUTS = (WINDOW_FRAMES + LEAD_FRAMES) / HOP_FRAMES - 1;

/** A layer of the network: a convolution, under a leaky rectifier unless it is the last, or a pooling. */
export type EmbeddingLayer =
  | {
      readonly kind: 'convolution';
      readonly name: string;
      /** Of its input. */
      readonly channels: number;
      readonly filters: number;
      readonly size: readonly [time: number, bands: number];
      readonly isLast: boolean;
      /** Of the rectifier below 0, and its least output. */
      readonly slope: number;
      readonly least: number;
    }
  | {
      readonly kind: 'pooling';
      readonly size: readonly [time: number, bands: number];
      readonly channels: number;
    };

/** [filters, time, bands] of convolutions, [time, bands] of poolings. */
const BLOCKS: readonly (readonly number[])[] = [
  ...[
    [24, 3, 3],
    [24, 1, 3],
    [24, 3, 1],
    [2, 2],
  ],
  ...[...fourOf(48), [1, 2]],
  ...[...fourOf(72), [2, 2]],
  ...[...fourOf(96), [1, 2]],
  ...[...fourOf(96), [2, 2]],
  [EMBEDDING_SIZE, 3, 1],
];

function fourOf(filters: number): number[][] {
  return [
    ...[
      [filters, 1, 3],
      [filters, 3, 1],
    ],
    ...[
      [filters, 1, 3],
      [filters, 3, 1],
    ],
  ];
}

/** From the input on. */
export const EMBEDDING_LAYERS: readonly EmbeddingLayer[] = layersOf(BLOCKS);

function layersOf(blocks: readonly (readonly number[])[]): EmbeddingLayer[] {
  const layers: EmbeddingLayer[] = [];
  let channels = 1;
  let index = 0;
  for (const block of blocks) {
    if (block.length === 2) {
      layers.push({ kind: 'pooling', size: [block[0], block[1]], channels });
      continue;
    }
    const [filters, time, bands] = block;
    const isLast = block === blocks.at(-1);
    const of = { name: `conv${index++}`, channels, filters, size: [time, bands] as const };
    layers.push({ kind: 'convolution', ...of, isLast, slope: 0.2, least: -0.4 });
    channels = filters;
  }
  return layers;
}

/** A weight of the network and its shape: kernels (time, bands, channels, filters), biases (filters). */
export interface EmbeddingWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** In the order of the layers: `conv0/kernel`, `conv0/bias`, ..., `conv19/kernel`, which has no bias. */
export const EMBEDDING_WEIGHTS: readonly EmbeddingWeight[] = EMBEDDING_LAYERS.flatMap((layer) => {
  if (layer.kind === 'pooling') return [];
  const { name, size, channels, filters, isLast } = layer;
  const kernel = { name: `${name}/kernel`, shape: [...size, channels, filters] };
  return isLast ? [kernel] : [kernel, { name: `${name}/bias`, shape: [filters] }];
});

/** How many numbers all weights are together. */
export const EMBEDDING_PARAMETERS = EMBEDDING_WEIGHTS.reduce(
  (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
  0,
);

/**
 * The network of Lin et al. (2020, "Training keyword spotters with limited and synthesized speech data"): 20
 * convolutions and 5 poolings over time and bands. It is causal here, so that it runs as a stream: output i sees frames
 * up to 8 i + 7, those before the first being padding.
 * @param weights by the names of `EMBEDDING_WEIGHTS`, of their shapes
 */
export async function embeddingNetwork(weights: ReadonlyMap<string, Float32Array>): Promise<Network> {
  const layers = EMBEDDING_LAYERS.flatMap((layer): Layer[] => {
    if (layer.kind === 'pooling')
      return [new MaxPooling2D({ poolSize: layer.size, channels: layer.channels })];
    const { name, filters, size, channels, isLast, slope, least } = layer;
    const own = { name, filters, kernelSize: size, channels };
    const convolution = new Conv2D({ ...own, padding: 'causal', useBias: !isLast });
    return isLast ? [convolution] : [convolution, new LeakyReLU({ negativeSlope: slope, minValue: least })];
  });
  const network = new StackNetwork(new LayerStack(layers), { engine: 'wasm' });
  await network.build([LEAD_FRAMES + WINDOW_FRAMES, EMBEDDING_BANDS]);
  for (const layer of layers) {
    if (layer instanceof Conv2D) layer.setWeights(layer.weights.map(({ name }) => weights.get(name)!));
  }
  return network;
}
