import { SeqkitError } from '../../../../base/errors.js';
import { DROPOUT_KEY_COUNT } from '../../../program/kernels.js';
import type { Matrix } from '../../../program/program.js';
import { X, Y, literal } from '../plan/kernel-source.js';
import type { Readers } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import type { Window } from '../plan/plan.js';
import type { PlanBuilder } from '../plan/plan-builder.js';
import { activateBody, slope, slopeAtBody } from './activations.js';

/** y(r, c) from the elements (r, c) of inputs of its shape. */
function each<Inputs extends Partial<Record<string, Matrix>>>(
  plan: PlanBuilder,
  y: Matrix,
  inputs: Inputs,
  body: (at: Readers<Inputs>) => string,
): void {
  const windows = Object.entries(inputs as Record<string, Matrix>).map(([name, x]) => [name, plan.read(x)]);
  const read = Object.fromEntries(windows) as Record<keyof Inputs & string, Window>;
  plan.write(y, plan.call(y.rows, y.cols, read, body as (at: Readers<typeof read>) => string));
}

export const pointwise: Lowerings<
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
  fill: (plan, _, { y }, { value }) => each(plan, y, {}, () => `return ${literal(value)};`),
  copy: (plan, { x }, { y }) => each(plan, y, { x }, (at) => `return ${at.x(Y, X)};`),
  concatenate(plan, { a, b }, { y }, { accumulate }) {
    each(plan, y, { a, b, ...(accumulate && { old: y }) }, (at) => {
      const old = at.old ? `${at.old(Y, X)} + ` : '';
      return `
        if (${X} < ${a.cols}) { return ${old}${at.a(Y, X)}; }
        return ${old}${at.b(Y, `${X} - ${a.cols}`)};`;
    });
  },
  add: (plan, { a, b }, { y }) => each(plan, y, { a, b }, (at) => `return ${at.a(Y, X)} + ${at.b(Y, X)};`),
  subtract: (plan, { a, b }, { y }) =>
    each(plan, y, { a, b }, (at) => `return ${at.a(Y, X)} - ${at.b(Y, X)};`),
  multiply(plan, { a, b }, { y }, { accumulate }) {
    each(plan, y, { a, b, ...(accumulate && { old: y }) }, (at) => {
      return `return ${at.old ? `${at.old(Y, X)} + ` : ''}${at.a(Y, X)} * ${at.b(Y, X)};`;
    });
  },
  affine(plan, { x }, { y }, { factor, offset }) {
    each(plan, y, { x }, (at) => `return ${literal(factor)} * ${at.x(Y, X)} + ${literal(offset)};`);
  },
  scale(plan, { x, factor }, { y }) {
    each(plan, y, { x, factor }, (at) => `return ${at.x(Y, X)} * ${at.factor('0', '0')};`);
  },
  clip(plan, { x }, { y }, { limit }) {
    each(plan, y, { x }, (at) => {
      return `return Math.min(${literal(limit)}, Math.max(${literal(-limit)}, ${at.x(Y, X)}));`;
    });
  },
  logarithm: (plan, { x }, { y }) => each(plan, y, { x }, (at) => `return Math.log(${at.x(Y, X)});`),
  divideByRoot(plan, { a, b }, { y }, { epsilon }) {
    each(
      plan,
      y,
      { a, b },
      (at) => `return ${at.a(Y, X)} / (Math.sqrt(${at.b(Y, X)}) + ${literal(epsilon)});`,
    );
  },
  scaleRows(plan, { x, scale }, { y }, { divide, accumulate }) {
    each(plan, y, { x, scale, ...(accumulate && { old: y }) }, (at) => {
      const old = at.old ? `${at.old(Y, X)} + ` : '';
      const by = at.scale(Y, '0');
      if (!divide) return `return ${old}${at.x(Y, X)} * ${by};`;
      return `if (${by} === 0) { return ${at.old?.(Y, X) ?? '0'}; }\nreturn ${old}${at.x(Y, X)} / ${by};`;
    });
  },
  activate(plan, { x }, { y }, { activation }) {
    each(plan, y, { x }, (at) => `const x = ${at.x(Y, X)};\n${activateBody(activation, 'x')}`);
  },
  activateBackward(plan, { y, dy }, { dx }, { activation }) {
    each(plan, dx, { y, dy }, (at) => {
      return `const y = ${at.y(Y, X)};\nreturn ${at.dy(Y, X)} * ${slope(activation, 'y')};`;
    });
  },
  activateInputBackward(plan, { x, dy }, { dx }, { activation }) {
    each(plan, dx, { x, dy }, (at) => {
      return `const x = ${at.x(Y, X)};\nconst dy = ${at.dy(Y, X)};\n${slopeAtBody(activation, 'x')}`;
    });
  },
  oneHot(plan, { index }, { y }) {
    each(plan, y, { index }, (at) => `if (${at.index(Y, '0')} === ${X}) { return 1; }\nreturn 0;`);
  },

  dropout(plan, { x, keys }, { y }, { rate }) {
    if (y.rows * y.cols > 16777216) {
      throw new SeqkitError(
        `The gpu engine drops out of at most 16777216 numbers at once; ${y.rows} x ${y.cols} were given.`,
        { code: 'engine', hint: "Use a smaller batch or shorter sequences, or engine: 'wasm'." },
      );
    }
    const inputs = { x: plan.read(x), keys: plan.read(keys) };
    plan.write(
      y,
      plan.call(y.rows, y.cols, inputs, (at) => {
        const kept = literal(1 - rate);
        return `
          ${dropoutBits(`${Y} * ${y.cols} + ${X}`, (round) => at.keys('0', String(round)))}
          if (bits < ${Math.ceil((1 - rate) * 16777216)}) { return ${at.x(Y, X)} / ${kept}; }
          return 0;`;
      }),
    );
  },
};

/**
 * Statements that leave in `bits` the element's 24 random bits, as in dropout-bits.ts:
 * exact in float32, as every number in it stays below 2^24.
 */
function dropoutBits(element: string, key: (round: number) => string): string {
  const rounds = Array.from({ length: DROPOUT_KEY_COUNT }, (_, round) => {
    // The halves swap in place of moving: left and right change roles each round.
    const [source, target] = round % 2 === 0 ? ['right', 'left'] : ['left', 'right'];
    return `
          key = ${key(round)};
          s = ${modulo4096(`(${source} + key)`)};
          f = Math.floor(s * s / 64);
          f = ${modulo4096('f')};
          ${target} = ${modulo4096(`(${target} + f + key)`)};`;
  });
  return `
          const element = ${element};
          let left = Math.floor(element / 4096);
          let right = element - left * 4096;
          let key = 0;
          let s = 0;
          let f = 0;
          ${rounds.join('')}
          const bits = left * 4096 + right;`;
}

const modulo4096 = (x: string): string => `(${x} - Math.floor(${x} / 4096) * 4096)`;
