import { describe, expect, it } from 'vitest';
import { writeTfjsGraph } from '../../../src/exchange/tfjs/to-tfjs.js';
import { LayerGraph } from '../../../src/rnn/graph/layer-graph.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import { describeLayer, makeLayer, prepareLayers } from '../../../src/rnn/graph/registry.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import { layerCases } from '../../rnn/layer-cases.js';
import { builtCase, comparedCases } from '../support/exported-cases.js';
import { tf, theirModel } from '../support/tfjs.js';

await prepareLayers();

/** What TensorFlow.js's layers lack, with what the first layer that has it is told. */
const REFUSED: Readonly<Record<string, string>> = {
  'global max pooling under a mask': 'takes masked sequences',
  'global average pooling under a mask, a short batch': 'takes masked sequences',
  'convolutions under a mask, a short batch': 'takes masked sequences',
  'convolutions over bands under a mask, a short batch': '(Conv2D) cannot go to TensorFlow.js: it has no',
  'convolutions and poolings over bands, strides': '(Conv2D) cannot go to TensorFlow.js: it has no',
  TimeDistributed: 'holds Residual, which is not one layer there',
  'a head on the absolute difference of masked sequences': 'takes masked sequences',
  'states of both directions under a mask, tokens twice': 'takes its first states as inputs',
  'leakyRelu, of Dense, SimpleRNN and by itself': 'the activation "leakyRelu" inside',
  'leakyRelu in LSTM and both GRUs': 'the activation "leakyRelu" inside',
  'geluTanh, of Dense, SimpleRNN and by itself': 'the activation "geluTanh"',
  'exponential of Dense': 'the activation "exponential"',
  'the largest of masked sequences, one of them all padding': 'takes masked sequences',
  'attention over masked sequences': '(Flatten) cannot go to TensorFlow.js: it takes masked sequences',
  'attention from masked sequences to others': '(Dot) cannot go to TensorFlow.js: it takes masked',
  'Attention from masked sequences to masked tokens, with its weights': '(Attention) cannot go',
  'AdditiveAttention from masked sequences to masked tokens, with its weights':
    '(AdditiveAttention) cannot go',
  'MultiHeadAttention from masked sequences to masked tokens, with its weights':
    '(MultiHeadAttention) cannot',
  'causal attention of masked sequences to themselves, all kinds one after the other':
    '(MultiHeadAttention) cannot',
  'causal attention of sequences without a mask to themselves, with dropout':
    '(MultiHeadAttention) cannot go',
  'norms without center or scale, then rows of length 1, masked, a short batch':
    '(UnitNormalization) cannot go',
  'LSTM with peepholes in both directions under a mask': 'has peepholes',
  'dropout inside an LSTM with peepholes, without bias, backwards, a short batch': 'has peepholes',
};

/** The same layers, but for GRUs that reset before the product: TensorFlow.js has no others. */
function resettingBefore(graph: LayerGraph): LayerGraph {
  const known = new Map<Layer, Layer>();
  for (const layer of graph.layers) known.set(layer, makeLayer(changed(describeLayer(layer))));
  if (graph instanceof LayerStack) return new LayerStack(graph.nodes.map(({ layer }) => known.get(layer)!));
  const nodes = graph.nodes.map(({ layer, inputs }) => ({ layer: known.get(layer)!, inputs }));
  return new LayerGraph({ inputs: graph.inputs, nodes, outputs: graph.outputs });
}

function changed(described: unknown): unknown {
  if (Array.isArray(described)) return described.map(changed);
  if (typeof described !== 'object' || described === null) return described;
  const { kind, options } = described as { kind?: string; options?: object };
  const isGru = kind === 'GRU' || kind === 'GRUCell';
  const all = isGru ? { ...described, options: { ...options, resetAfter: false } } : described;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, changed(value)]));
}

const compare = comparedCases();

describe('every layer in TensorFlow.js', () => {
  for (const [name, layerCase] of Object.entries(layerCases)) {
    const refusal = REFUSED[name];
    it(refusal ? `refuses ${name}` : name, async () => {
      const own = resettingBefore(layerCase.graph());
      const { inputs, model } = builtCase(layerCase, own);
      if (refusal) {
        expect(() => writeTfjsGraph(own, false)).toThrow(
          expect.objectContaining({ code: 'usage', message: expect.stringContaining(refusal) }),
        );
        return;
      }
      const written = writeTfjsGraph(own, false);
      const run = await theirModel({
        'model.json': new TextEncoder().encode(JSON.stringify(written.modelJson)),
        ...written.shards,
      });
      const found = run(
        inputs.map(({ data, shape }, i) =>
          tf.tensor(Float32Array.from(data), [...shape], written.inputs[i].type),
        ),
      );
      const expected = await model.predictAll((inputs.length > 1 ? inputs : inputs[0]) as never);
      expected.forEach((own, i) => compare(name, found[i], own));
      await model.dispose();
    });
  }
});
