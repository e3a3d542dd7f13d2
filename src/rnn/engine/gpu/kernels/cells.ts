import { X, Y } from '../kernel-source.js';
import type { Lowerings } from '../lowering.js';
import { activate, slope } from './activations.js';

/**
 * A call costs a launch whatever its size, so the outputs of one cell step are columns side
 * by side of one matrix where their kernels would repeat little of each other's work.
 */
export const cells: Lowerings<'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward'> = {
  lstmForward(plan, { z, previousC }, { gates, c, h }, { recurrentActivation, activation }) {
    const H = h.cols;
    const activated = plan.call(gates.rows, 4 * H, { z: plan.read(z) }, (at) => {
      return `
        const z0 = ${at.z(Y, X)};
        if (${X} >= ${2 * H} && ${X} < ${3 * H}) { return ${activate[activation]('z0')}; }
        return ${activate[recurrentActivation]('z0')};`;
    });
    const previous = plan.read(previousC);
    plan.write(gates, activated);
    // Columns: c, h.
    const states = plan.call(h.rows, 2 * H, { gates: plan.read(gates), previous }, (at) => {
      return `
        let j = ${X};
        if (${X} >= ${H}) { j = ${X} - ${H}; }
        const c = ${at.gates(Y, `j + ${H}`)} * ${at.previous(Y, 'j')}
          + ${at.gates(Y, 'j')} * ${at.gates(Y, `j + ${2 * H}`)};
        if (${X} < ${H}) { return c; }
        return ${at.gates(Y, `j + ${3 * H}`)} * ${activate[activation]('c')};`;
    });
    plan.write(c, states);
    plan.write(h, states, H);
  },

  lstmBackward(
    plan,
    { gates, previousC, c, dh, dc },
    { dz, dPreviousC },
    { recurrentActivation, activation },
  ) {
    const H = dh.cols;
    const inputs = {
      gates: plan.read(gates),
      previous: plan.read(previousC),
      c: plan.read(c),
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
        const c0 = ${at.c(Y, 'j')};
        const squashed = ${activate[activation]('c0')};
        const dc0 = ${at.dc(Y, 'j')} + dh0 * o * ${slope[activation]('squashed')};
        if (part === 0) { return dc0 * g * ${slope[recurrentActivation]('i')}; }
        if (part === 1) { return dc0 * ${at.previous(Y, 'j')} * ${slope[recurrentActivation]('f')}; }
        if (part === 2) { return dc0 * i * ${slope[activation]('g')}; }
        if (part === 3) { return dh0 * squashed * ${slope[recurrentActivation]('o')}; }
        return dc0 * f;`;
    });
    plan.write(dz, gradients);
    plan.write(dPreviousC, gradients, 4 * H);
  },

  gruForward(plan, { x, recurrent, previousH }, { gates, h }, { recurrentActivation, activation }) {
    const H = h.cols;
    const previous = plan.read(previousH);
    const inputs = { x: plan.read(x), recurrent: plan.read(recurrent) };
    const activated = plan.call(gates.rows, 3 * H, inputs, (at) => {
      const sum = (col: string): string => `${at.x(Y, col)} + ${at.recurrent(Y, col)}`;
      return `
        if (${X} < ${2 * H}) { return ${activate[recurrentActivation](sum(X))}; }
        const r = ${activate[recurrentActivation](sum(`${X} - ${H}`))};
        return ${activate[activation](`${at.x(Y, X)} + r * ${at.recurrent(Y, X)}`)};`;
    });
    plan.write(gates, activated);
    const newH = plan.call(h.rows, H, { gates: plan.read(gates), previous }, (at) => {
      return `
        const z = ${at.gates(Y, X)};
        return z * ${at.previous(Y, X)} + (1 - z) * ${at.gates(Y, `${X} + ${2 * H}`)};`;
    });
    plan.write(h, newH);
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
          return dh0 * (${at.previous(Y, 'j')} - candidate) * ${slope[recurrentActivation]('z')};
        }
        const dCandidate = dh0 * (1 - z) * ${slope[activation]('candidate')};
        if (part === 2) { return dCandidate; }
        if (part === 5) { return dCandidate * r; }
        return dCandidate * ${at.recurrent(Y, `j + ${2 * H}`)} * ${slope[recurrentActivation]('r')};`;
    });
    plan.write(dx, gradients);
    plan.write(dRecurrent, gradients, 3 * H);
    plan.write(dPreviousH, gradients, 6 * H);
  },
};
