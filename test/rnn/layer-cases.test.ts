import { describe, it } from 'vitest';
import { expectRightGradients, expectSameAsReference, titles } from './layer-runs.js';

// All of the gradients, and gpu.js, are in layer-cases.long.test.ts.
describe('gradients equal finite differences in float64, some of each array', () => {
  it.each(titles)('%s', (title) => expectRightGradients(title, 4));
});

describe('three steps on wasm equal those on reference', () => {
  it.each(titles)('%s', (title) => expectSameAsReference(title, 'wasm'));
});
