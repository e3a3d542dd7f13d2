import { X, Y } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';

export const products: Lowerings<'gemm' | 'gather' | 'gatherBackward'> = {
  gemm(plan, { a, b, bias }, { c }, { transposeA, transposeB, accumulate }) {
    const depth = transposeA ? a.rows : a.cols;
    const inputs = {
      a: plan.read(a),
      b: plan.read(b),
      ...(bias && { bias: plan.read(bias) }),
      ...(accumulate && { c: plan.read(c) }),
    };
    const product = plan.call(c.rows, c.cols, inputs, (at) => {
      const start = [at.bias?.('0', X), at.c?.(Y, X)].filter((term) => term !== undefined);
      return `
        let total = ${start.join(' + ') || '0'};
        for (let k = 0; k < ${depth}; k++) {
          total += ${transposeA ? at.a('k', Y) : at.a(Y, 'k')} * ${transposeB ? at.b(X, 'k') : at.b('k', X)};
        }
        return total;`;
    });
    plan.write(c, product);
  },

  gather(plan, { table, index, bias }, { y }) {
    const inputs = {
      table: plan.read(table),
      index: plan.read(index),
      ...(bias && { bias: plan.read(bias) }),
    };
    const rows = plan.call(y.rows, y.cols, inputs, (at) => {
      const added = at.bias ? ` + ${at.bias('0', X)}` : '';
      return `return ${at.table(at.index(Y, '0'), X)}${added};`;
    });
    plan.write(y, rows);
  },

  gatherBackward(plan, { dy, order, offsets }, { dTable }, { accumulate }) {
    const inputs = {
      dy: plan.read(dy),
      order: plan.read(order),
      offsets: plan.read(offsets),
      ...(accumulate && { old: plan.read(dTable) }),
    };
    const gradient = plan.call(dTable.rows, dTable.cols, inputs, (at) => {
      return `
        let total = ${at.old?.(Y, X) ?? '0'};
        const first = ${at.offsets(Y, '0')};
        const end = ${at.offsets(`${Y} + 1`, '0')};
        for (let i = 0; i < ${dy.rows}; i++) {
          if (first + i >= end) { break; }
          total += ${at.dy(at.order('first + i', '0'), X)};
        }
        return total;`;
    });
    plan.write(dTable, gradient);
  },
};
