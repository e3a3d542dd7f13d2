import { modulo } from './normalization.js';
import { logSumExp } from './losses.js';
import { X, Y, literal, type Readers } from '../plan/kernel-source.js';
import type { Lowerings } from '../plan/lowering.js';
import { windowOf, type Window } from '../plan/plan.js';
import { joinRows } from '../plan/rows.js';

/** The logarithm that stands for the probability 0, and what is below it for certain: drivers may know no infinity. */
const LOG_ZERO = literal(-1e9);
const NOTHING = literal(-1e8);

/** Statements that leave in `sum` the logarithm of the sum of exp of a, b and c. */
const LOG_SUM = `
        const top = Math.max(a, Math.max(b, c));
        let sum = ${LOG_ZERO};
        if (top > ${NOTHING}) {
          sum = top + Math.log(Math.exp(a - top) + Math.exp(b - top) + Math.exp(c - top));
        }`;

/** A statement that leaves in `name` the class of a state: a blank, or one of the labels between two. */
function classOf(name: string, label: (place: string) => string, state: string): string {
  return `
        const ${name}Half = Math.floor((${state}) / 2);
        let ${name} = 0;
        if ((${state}) - ${name}Half * 2 > 0.5) { ${name} = ${label(`${name}Half`)}; }`;
}

/** Whether a step counts: statements that return where it does not. */
function unlessKept(
  at: { mask?: (row: string, col: string) => string },
  row: string,
  otherwise: string,
): string {
  return at.mask ? `if (${at.mask(row, '0')} === 0) { return ${otherwise}; }` : '';
}

export const ctc: Lowerings<'ctc'> = {
  ctc(plan, { logits, targets, weights, mask }, outputs, { zeroInfinity }) {
    const N = targets.rows;
    const T = logits.rows / N;
    const S = outputs.forward.cols;
    const L = targets.cols;
    const [x, labels] = [plan.read(logits), plan.read(targets)];
    const total = logSumExp(plan, x);
    const masked: { mask?: Window } = mask ? { mask: plan.read(mask) } : {};
    const example = modulo(Y, N);

    // log softmax of each state's class: (T * N, S). States behind an example's own lead nowhere.
    const emitted = windowOf(
      plan.call(x.rows, S, { x, total, labels }, (at) => {
        const read = classOf('own', (place) => at.labels(example, place), X);
        return `${read}\nreturn ${at.x(Y, 'own')} - ${at.total(Y, '0')};`;
      }),
    );
    const counts = windowOf(
      plan.call(N, 1, { labels }, (at) => {
        return `
        let count = 0;
        for (let i = 0; i < ${L}; i++) { if (${at.labels(Y, 'i')} > 0) { count += 1; } }
        return count;`;
      }),
    );
    const ofStep = (window: Window, t: number): Window => ({ ...window, row: window.row + t * N, rows: N });
    const stepMask = (t: number): { mask?: Window } => (masked.mask ? { mask: ofStep(masked.mask, t) } : {});

    // Forward: (N, S + 1) a step, the last column 1 once a step has counted.
    const forward: Window[] = [];
    for (let t = 0; t < T; t++) {
      const inputs = { emitted: ofStep(emitted, t), ...stepMask(t) };
      const begin = (at: Readers<{ emitted: Window }>): string =>
        `if (${X} < 2) { return ${at.emitted(Y, X)}; }\nreturn ${LOG_ZERO};`;
      if (t === 0) {
        forward.push(
          windowOf(
            plan.call(N, S + 1, inputs, (at) => {
              return `
        if (${X} === ${S}) { ${unlessKept(at, Y, '0')} return 1; }
        ${unlessKept(at, Y, LOG_ZERO)}
        ${begin(at)}`;
            }),
          ),
        );
        continue;
      }
      const step = plan.call(N, S + 1, { ...inputs, before: forward[t - 1], labels }, (at) => {
        const label = (place: string): string => at.labels(Y, place);
        return `
        if (${X} === ${S}) { ${unlessKept(at, Y, at.before(Y, X))} return 1; }
        ${unlessKept(at, Y, at.before(Y, X))}
        if (${at.before(Y, String(S))} === 0) { ${begin(at)} }
        const a = ${at.before(Y, X)};
        let b = ${LOG_ZERO};
        let c = ${LOG_ZERO};
        if (${X} > 0) { b = ${at.before(Y, `${X} - 1`)}; }
        if (${X} > 2) {
          ${classOf('own', label, X)}
          ${classOf('other', label, `${X} - 2`)}
          if (own > 0 && own !== other) { c = ${at.before(Y, `${X} - 2`)}; }
        }
        ${LOG_SUM}
        return sum + ${at.emitted(Y, X)};`;
      });
      forward.push(windowOf(step));
    }

    // Backward: (N, S) a step, what may come after it.
    const backward: Window[] = [];
    for (let t = T - 1; t >= 0; t--) {
      if (t === T - 1) {
        const end = plan.call(N, S, { counts }, (at) => {
          return `
        const behind = 2 * ${at.counts(Y, '0')} - ${X};
        if (behind > -0.5 && behind < 1.5) { return 0; }
        return ${LOG_ZERO};`;
        });
        backward[t] = windowOf(end);
        continue;
      }
      const inputs = { emitted: ofStep(emitted, t + 1), after: backward[t + 1], labels, ...stepMask(t + 1) };
      const step = plan.call(N, S, inputs, (at) => {
        const label = (place: string): string => at.labels(Y, place);
        const of = (state: string): string => `${at.after(Y, state)} + ${at.emitted(Y, state)}`;
        return `
        ${unlessKept(at, Y, at.after(Y, X))}
        const a = ${of(X)};
        let b = ${LOG_ZERO};
        let c = ${LOG_ZERO};
        if (${X} + 1 < ${S}) { b = ${of(`${X} + 1`)}; }
        if (${X} + 2 < ${S}) {
          ${classOf('own', label, X)}
          ${classOf('other', label, `${X} + 2`)}
          if (other > 0 && own !== other) { c = ${of(`${X} + 2`)}; }
        }
        ${LOG_SUM}
        return sum;`;
      });
      backward[t] = windowOf(step);
    }

    const probability = windowOf(
      plan.call(N, 1, { last: forward[T - 1], counts }, (at) => {
        return `
        const count = ${at.counts(Y, '0')};
        if (${at.last(Y, String(S))} === 0) {
          if (count === 0) { return 0; }
          return ${LOG_ZERO};
        }
        const a = ${at.last(Y, '2 * count')};
        let b = ${LOG_ZERO};
        const c = ${LOG_ZERO};
        if (count > 0) { b = ${at.last(Y, '2 * count - 1')}; }
        ${LOG_SUM}
        return sum;`;
      }),
    );
    const weighing = { weights: plan.read(weights), probability };
    const losses = plan.call(N, 1, weighing, (at) => {
      return `
        const weight = ${at.weights(Y, '0')};
        if (weight === 0) { return 0; }
        if (${at.probability(Y, '0')} < ${NOTHING}) {
          ${zeroInfinity ? 'return 0;' : 'let huge = 1000000000;\nfor (let i = 0; i < 5; i++) { huge = huge * 1000000000; }\nreturn huge;'}
        }
        return -weight * ${at.probability(Y, '0')};`;
    });
    const scale = plan.call(N, 1, weighing, (at) => {
      return `if (${at.probability(Y, '0')} < ${NOTHING}) { return 0; }\nreturn ${at.weights(Y, '0')};`;
    });

    const all = { forward: windowOf(joinRows(plan, forward)), backward: windowOf(joinRows(plan, backward)) };
    const norm = plan.call(x.rows, 1, all, (at) => {
      return `
        let top = ${LOG_ZERO};
        for (let s = 0; s < ${S}; s++) { top = Math.max(top, ${at.forward(Y, 's')} + ${at.backward(Y, 's')}); }
        let total = 0;
        for (let s = 0; s < ${S}; s++) { total += Math.exp(${at.forward(Y, 's')} + ${at.backward(Y, 's')} - top); }
        return top + Math.log(total);`;
    });
    const shares = plan.call(x.rows, S, { ...all, norm: windowOf(norm) }, (at) => {
      return `return Math.exp(${at.forward(Y, X)} + ${at.backward(Y, X)} - ${at.norm(Y, '0')});`;
    });
    const found = { x, total, labels, shares: windowOf(shares), scale: windowOf(scale), ...masked };
    const gradient = plan.call(x.rows, x.cols, found, (at) => {
      return `
        const scale = ${at.scale(example, '0')};
        if (scale === 0) { return 0; }
        ${unlessKept(at, Y, '0')}
        let share = 0;
        for (let s = 0; s < ${S}; s++) {
          ${classOf('own', (place) => at.labels(example, place), 's')}
          if (own === ${X}) { share += ${at.shares(Y, 's')}; }
        }
        return scale * (Math.exp(${at.x(Y, X)} - ${at.total(Y, '0')}) - share);`;
    });
    plan.write(outputs.dLogits, gradient);
    plan.write(outputs.losses, losses);
    plan.write(outputs.forward, all.forward.value);
  },
};
