import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import { activate, slope } from './activations.js';

/**
 * A call costs a launch whatever its size, so the outputs of one cell step are columns side
 * by side of one matrix where their kernels would repeat little of each other's work.
 */
export const cells: Lowerings<'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward'> = {
  lstmForward(plan, { z, previousC }, { gates, c, squashed, h }, { recurrentActivation, activation }) {
    const H = h.cols;
    const inputs = { z: plan.read(z), previous: plan.read(previousC) };
    // Columns: the gates in their four parts, c, squashed, h.
    const step = plan.call(h.rows, 7 * H, inputs, (at) => {
      const gate = (part: number): string => activate(recurrentActivation, at.z(Y, `j + ${part * H}`));
      return `
        const part = Math.floor((${X} + 0.5) / ${H});
        const j = ${X} - part * ${H};
        if (part === 2) { return ${activate(activation, at.z(Y, X))}; }
        if (part < 4) { return ${activate(recurrentActivation, at.z(Y, X))}; }
        const g = ${activate(activation, at.z(Y, `j + ${2 * H}`))};
        const c = ${gate(1)} * ${at.previous(Y, 'j')} + ${gate(0)} * g;
        if (part === 4) { return c; }
        const squashed = ${activate(activation, 'c')};
        if (part === 5) { return squashed; }
        return ${gate(3)} * squashed;`;
    });
    plan.write(gates, step);
    plan.write(c, step, 4 * H);
    plan.write(squashed, step, 5 * H);
    plan.write(h, step, 6 * H);
  },

  lstmBackward(
    plan,
    { gates, previousC, squashed, dh, dc },
    { dz, dPreviousC },
    { recurrentActivation, activation },
  ) {
    const H = dh.cols;
    const inputs = {
      gates: plan.read(gates),
      previous: plan.read(previousC),
      squashed: plan.read(squashed),
      dh: plan.read(dh),
      dc: plan.read(dc),
    };
    // Columns: dz in its four parts, dPreviousC.
    const gradients = plan.call(dh.rows, 5 * H, inputs, (at) => {
      return `
        const part = Math.floor((${X} + 0.5) / ${H});
        const j = ${X} - part * ${H};
        const i = ${at.gates(Y, 'j')};
        const f = ${at.gates(Y, `j + ${H}`)};
        const g = ${at.gates(Y, `j + ${2 * H}`)};
        const o = ${at.gates(Y, `j + ${3 * H}`)};
        const dh0 = ${at.dh(Y, 'j')};
        const squashed = ${at.squashed(Y, 'j')};
        const dc0 = ${at.dc(Y, 'j')} + dh0 * o * ${slope(activation, 'squashed')};
        if (part === 0) { return dc0 * g * ${slope(recurrentActivation, 'i')}; }
        if (part === 1) { return dc0 * ${at.previous(Y, 'j')} * ${slope(recurrentActivation, 'f')}; }
        if (part === 2) { return dc0 * i * ${slope(activation, 'g')}; }
        if (part === 3) { return dh0 * squashed * ${slope(recurrentActivation, 'o')}; }
        return dc0 * f;`;
    });
    plan.write(dz, gradients);
    plan.write(dPreviousC, gradients, 4 * H);
  },

  gruForward(plan, { x, recurrent, previousH }, { gates, h }, { recurrentActivation, activation }) {
    const H = h.cols;
    const inputs = { x: plan.read(x), recurrent: plan.read(recurrent), previous: plan.read(previousH) };
    // Columns: the gates in their three parts, h.
    const step = plan.call(h.rows, 4 * H, inputs, (at) => {
      const gate = (col: string): string =>
        activate(recurrentActivation, `${at.x(Y, col)} + ${at.recurrent(Y, col)}`);
      return `
        if (${X} < ${2 * H}) { return ${gate(X)}; }
        const part = Math.floor((${X} + 0.5) / ${H});
        const j = ${X} - part * ${H};
        const r = ${gate(`j + ${H}`)};
        const sum = ${at.x(Y, `j + ${2 * H}`)} + r * ${at.recurrent(Y, `j + ${2 * H}`)};
        const candidate = ${activate(activation, 'sum')};
        if (part === 2) { return candidate; }
        const z = ${gate('j')};
        return z * ${at.previous(Y, 'j')} + (1 - z) * candidate;`;
    });
    plan.write(gates, step);
    plan.write(h, step, 3 * H);
  },

  gruBackward(
    plan,
    { gates, recurrent, previousH, dh },
    { dx, dRecurrent, dPreviousH },
    { recurrentActivation, activation },
  ) {
    const H = dh.cols;
    const inputs = {
      gates: plan.read(gates),
      recurrent: plan.read(recurrent),
      previous: plan.read(previousH),
      dh: plan.read(dh),
      old: plan.read(dPreviousH),
    };
    // Columns: dx in its three parts, dRecurrent in its three parts, dPreviousH.
    const gradients = plan.call(dh.rows, 7 * H, inputs, (at) => {
      return `
        const part = Math.floor((${X} + 0.5) / ${H});
        const j = ${X} - part * ${H};
        const z = ${at.gates(Y, 'j')};
        const dh0 = ${at.dh(Y, 'j')};
        if (part === 6) { return ${at.old(Y, 'j')} + dh0 * z; }
        const r = ${at.gates(Y, `j + ${H}`)};
        const candidate = ${at.gates(Y, `j + ${2 * H}`)};
        if (part === 0 || part === 3) {
          return dh0 * (${at.previous(Y, 'j')} - candidate) * ${slope(recurrentActivation, 'z')};
        }
        const dCandidate = dh0 * (1 - z) * ${slope(activation, 'candidate')};
        if (part === 2) { return dCandidate; }
        if (part === 5) { return dCandidate * r; }
        return dCandidate * ${at.recurrent(Y, `j + ${2 * H}`)} * ${slope(recurrentActivation, 'r')};`;
    });
    plan.write(dx, gradients);
    plan.write(dRecurrent, gradients, 3 * H);
    plan.write(dPreviousH, gradients, 6 * H);
  },
};
