import { describe, it } from 'vitest';
import { expectRightGradients, expectSameAsReference, titles } from './layer-runs.js';

describe('gradients equal finite differences in float64', () => {
  it.each(titles)('%s', (title) => expectRightGradients(title));
});

describe('three steps on gpu.js webasm equal those on reference', () => {
  it.each(titles)('%s', (title) => expectSameAsReference(title, 'gpu:webasm'));
});
