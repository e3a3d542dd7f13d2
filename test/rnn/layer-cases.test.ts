import { describe, expect, it } from 'vitest';
import * as rnn from '../../src/rnn/index.js';
import { gradientLayers } from '../../src/rnn/gradient-check/gradient-cases.js';
import { layerCases } from './layer-cases.js';
import { expectRightGradients, expectSameAsReference, titles } from './layer-runs.js';

// All of the gradients, and gpu.js, are in layer-cases.long.test.ts.
describe('gradients equal finite differences in float64, some of each array', () => {
  it.each(titles)('%s', (title) => expectRightGradients(title, 4));
});

describe('three steps on wasm equal those on reference', () => {
  it.each(titles)('%s', (title) => expectSameAsReference(title, 'wasm'));
});

describe('nothing is left out', () => {
  const kinds = Object.entries(rnn)
    .filter(([, value]) => typeof value === 'function' && value.prototype instanceof rnn.Layer)
    .map(([name]) => name)
    // Merges extend the one, cells go into the other.
    .filter((name) => !['MergeLayer', 'Recurrent'].includes(name));
  const withInner = (layers: readonly rnn.Layer[]): rnn.Layer[] =>
    layers.flatMap((layer) => [layer, ...withInner(layer.innerLayers)]);

  it('of the layers, in these cases', () => {
    const found = new Set(
      Object.values(layerCases).flatMap(({ graph }) => withInner(graph().layers).map(({ kind }) => kind)),
    );
    expect(kinds.filter((kind) => !found.has(kind))).toEqual([]);
  });

  it('of the layers, in gradcheck', () => {
    expect(kinds.filter((kind) => !gradientLayers.includes(kind))).toEqual([]);
  });

  it('of the losses, in these cases', () => {
    const choices = Object.values(layerCases).flatMap(({ loss }) => loss);
    const found = choices.map((loss) => (typeof loss === 'string' ? loss : loss.name));
    expect(rnn.lossNames.filter((name) => !found.includes(name))).toEqual([]);
  });
});
