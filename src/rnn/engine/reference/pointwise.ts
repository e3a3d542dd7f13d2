import { dropoutBits } from '../../program/dropout-bits.js';
import { entryOf } from '../../program/choices.js';
import { activate, slope, slopeAt } from './activations.js';
import type { ReferenceKernels } from './kernel.js';
import { fillWith, get } from './view.js';

export const pointwise: ReferenceKernels<
  | 'fill'
  | 'copy'
  | 'concatenate'
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'affine'
  | 'scale'
  | 'clip'
  | 'logarithm'
  | 'divideByRoot'
  | 'scaleRows'
  | 'activate'
  | 'activateBackward'
  | 'activateInputBackward'
  | 'oneHot'
  | 'dropout'
> = {
  fill: (_, { y }, { value }) => fillWith(y, () => value),
  copy: ({ x }, { y }) => fillWith(y, (r, c) => get(x, r, c)),
  concatenate({ a, b }, { y }, { accumulate }) {
    fillWith(
      y,
      (r, c) => (accumulate ? get(y, r, c) : 0) + (c < a.cols ? get(a, r, c) : get(b, r, c - a.cols)),
    );
  },
  add: ({ a, b }, { y }) => fillWith(y, (r, c) => get(a, r, c) + get(b, r, c)),
  subtract: ({ a, b }, { y }) => fillWith(y, (r, c) => get(a, r, c) - get(b, r, c)),
  multiply({ a, b }, { y }, { accumulate }) {
    fillWith(y, (r, c) => (accumulate ? get(y, r, c) : 0) + get(a, r, c) * get(b, r, c));
  },
  affine: ({ x }, { y }, { factor, offset }) => fillWith(y, (r, c) => factor * get(x, r, c) + offset),
  scale: ({ x, factor }, { y }) => fillWith(y, (r, c) => get(x, r, c) * get(factor, 0, 0)),
  clip: ({ x }, { y }, { limit }) => fillWith(y, (r, c) => Math.min(limit, Math.max(-limit, get(x, r, c)))),
  logarithm: ({ x }, { y }) => fillWith(y, (r, c) => Math.log(get(x, r, c))),
  divideByRoot: ({ a, b }, { y }, { epsilon }) =>
    fillWith(y, (r, c) => get(a, r, c) / (Math.sqrt(get(b, r, c)) + epsilon)),
  scaleRows({ x, scale }, { y }, { divide, accumulate }) {
    fillWith(y, (r, c) => {
      const by = get(scale, r, 0);
      const factor = divide ? (by === 0 ? 0 : 1 / by) : by;
      return (accumulate ? get(y, r, c) : 0) + get(x, r, c) * factor;
    });
  },
  activate({ x }, { y }, { activation }) {
    const f = entryOf(activate, activation, 'activation');
    fillWith(y, (r, c) => f(get(x, r, c)));
  },
  activateBackward({ y, dy }, { dx }, { activation }) {
    const slopeOf = entryOf(slope, activation, 'activation');
    fillWith(dx, (r, c) => get(dy, r, c) * slopeOf(get(y, r, c)));
  },
  activateInputBackward({ x, dy }, { dx }, { activation }) {
    const slopeOf = entryOf(slopeAt, activation, 'activation');
    fillWith(dx, (r, c) => get(dy, r, c) * slopeOf(get(x, r, c)));
  },
  oneHot: ({ index }, { y }) => fillWith(y, (r, c) => +(get(index, r, 0) === c)),
  dropout({ x, keys }, { y }, { rate }) {
    const kept = 1 - rate;
    const keyList = Array.from({ length: keys.cols }, (_, i) => get(keys, 0, i));
    fillWith(y, (r, c) => {
      const unit = dropoutBits(r * y.cols + c, keyList) / 16777216;
      return unit < kept ? get(x, r, c) / kept : 0;
    });
  },
};
