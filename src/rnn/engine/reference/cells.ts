import { entryOf } from '../../program/choices.js';
import { activate, slope } from './activations.js';
import type { ReferenceKernels } from './kernel.js';
import { get, set } from './view.js';

export const cells: ReferenceKernels<'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward'> = {
  lstmForward({ z, previousC }, { gates, c, squashed, h }, { recurrentActivation, activation }) {
    const recurrent = entryOf(activate, recurrentActivation, 'activation');
    const main = entryOf(activate, activation, 'activation');
    const H = h.cols;
    for (let n = 0; n < h.rows; n++) {
      for (let j = 0; j < H; j++) {
        const i = recurrent(get(z, n, j));
        const f = recurrent(get(z, n, H + j));
        const g = main(get(z, n, 2 * H + j));
        const o = recurrent(get(z, n, 3 * H + j));
        const newC = f * get(previousC, n, j) + i * g;
        [i, f, g, o].forEach((gate, k) => set(gates, n, k * H + j, gate));
        set(c, n, j, newC);
        set(squashed, n, j, main(newC));
        set(h, n, j, o * main(newC));
      }
    }
  },

  lstmBackward(
    { gates, previousC, squashed, dh, dc },
    { dz, dPreviousC },
    { recurrentActivation, activation },
  ) {
    const recurrentSlope = entryOf(slope, recurrentActivation, 'activation');
    const mainSlope = entryOf(slope, activation, 'activation');
    const H = dh.cols;
    for (let n = 0; n < dh.rows; n++) {
      for (let j = 0; j < H; j++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((k) => get(gates, n, k * H + j));
        const squashedC = get(squashed, n, j);
        const gradientH = get(dh, n, j);
        const gradientC = get(dc, n, j) + gradientH * o * mainSlope(squashedC);
        const previous = get(previousC, n, j);
        set(dPreviousC, n, j, gradientC * f);
        set(dz, n, j, gradientC * g * recurrentSlope(i));
        set(dz, n, H + j, gradientC * previous * recurrentSlope(f));
        set(dz, n, 2 * H + j, gradientC * i * mainSlope(g));
        set(dz, n, 3 * H + j, gradientH * squashedC * recurrentSlope(o));
      }
    }
  },

  gruForward({ x, recurrent, previousH }, { gates, h }, { recurrentActivation, activation }) {
    const gate = entryOf(activate, recurrentActivation, 'activation');
    const main = entryOf(activate, activation, 'activation');
    const H = h.cols;
    for (let n = 0; n < h.rows; n++) {
      for (let j = 0; j < H; j++) {
        const z = gate(get(x, n, j) + get(recurrent, n, j));
        const r = gate(get(x, n, H + j) + get(recurrent, n, H + j));
        const candidate = main(get(x, n, 2 * H + j) + r * get(recurrent, n, 2 * H + j));
        [z, r, candidate].forEach((gate, k) => set(gates, n, k * H + j, gate));
        set(h, n, j, z * get(previousH, n, j) + (1 - z) * candidate);
      }
    }
  },

  gruBackward(
    { gates, recurrent, previousH, dh },
    { dx, dRecurrent, dPreviousH },
    { recurrentActivation, activation },
  ) {
    const gateSlope = entryOf(slope, recurrentActivation, 'activation');
    const mainSlope = entryOf(slope, activation, 'activation');
    const H = dh.cols;
    for (let n = 0; n < dh.rows; n++) {
      for (let j = 0; j < H; j++) {
        const [z, r, candidate] = [0, 1, 2].map((k) => get(gates, n, k * H + j));
        const gradient = get(dh, n, j);
        const dZ = gradient * (get(previousH, n, j) - candidate) * gateSlope(z);
        const dCandidate = gradient * (1 - z) * mainSlope(candidate);
        const dR = dCandidate * get(recurrent, n, 2 * H + j) * gateSlope(r);
        [dZ, dR, dCandidate].forEach((value, k) => set(dx, n, k * H + j, value));
        [dZ, dR, dCandidate * r].forEach((value, k) => set(dRecurrent, n, k * H + j, value));
        set(dPreviousH, n, j, get(dPreviousH, n, j) + gradient * z);
      }
    }
  },
};
