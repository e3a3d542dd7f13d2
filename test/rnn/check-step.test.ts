import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { ProgramBuilder, sliceColumns } from '../../src/rnn/program/program.js';
import { kernelOperands } from '../../src/rnn/program/kernel-operands.js';
import { kernelNames } from '../../src/rnn/engine/reference/reference-engine.js';

const [R, D, F] = [3, 4, 5];

/** What plain JavaScript may call. */
function run(kernel: string, inputs: unknown, outputs: unknown, settings: unknown): void {
  builder.run(kernel as 'fill', inputs as never, outputs as never, settings as never);
}
const builder = new ProgramBuilder('steps');
const [x, y, z] = [builder.temporary(R, D), builder.temporary(R, D), builder.temporary(R, F)];
const row = builder.temporary(1, D);
const plain = { transposeA: false, transposeB: false, accumulate: false };
const accumulate = false;

it('every kernel has its operands written down', () => {
  expect(Object.keys(kernelOperands).sort()).toEqual([...kernelNames].sort());
});

describe('a step that no engine could run is refused where it is written', () => {
  it.each<[string, () => void, string, string, string]>([
    [
      'a kernel that there is not',
      () => run('multipy', { a: x, b: x }, { y }, { accumulate }),
      ...(['usage', 'There is no kernel "multipy".', 'Is it multiply?'] as const),
    ],
    [
      'a name that every object has',
      () => run('constructor', {}, {}, {}),
      ...(['usage', 'There is no kernel "constructor".', ''] as const),
    ],
    [
      'no kernel',
      () => run(undefined as never, {}, {}, {}),
      ...(['usage', 'There is no kernel undefined.', ''] as const),
    ],
    [
      'an operand that is missing',
      () => run('multiply', { a: x, x: x }, { y }, { accumulate }),
      ...([
        'usage',
        'The kernel multiply needs a matrix as b, not undefined.',
        'multiply takes a, b, y.',
      ] as const),
    ],
    [
      'an operand that it has not',
      () => run('gemm', { a: x, b: builder.temporary(D, F), bais: row }, { c: z }, plain),
      ...(['usage', 'The kernel gemm has no operand "bais".', 'It takes a, b, bias, c.'] as const),
    ],
    [
      'a signal in place of its matrix',
      () => run('copy', { x: { matrix: x } }, { y }, {}),
      ...([
        'usage',
        'The kernel copy needs a matrix as x, not an object',
        'Take trace.weight(weight) of a weight',
      ] as const),
    ],
    [
      'no inputs',
      () => run('copy', null, { y }, {}),
      ...(['usage', 'The kernel copy needs a matrix as x, not undefined.', 'copy takes x, y.'] as const),
    ],
    [
      'a setting that is missing',
      () => run('multiply', { a: x, b: x }, { y }, {}),
      ...(['usage', 'The kernel multiply needs the setting accumulate.', '{ accumulate }'] as const),
    ],
    [
      'no settings',
      () => run('fill', {}, { y }, undefined),
      ...(['usage', 'The kernel fill needs the setting value.', '{ value }'] as const),
    ],
    [
      'one row for all',
      () => run('multiply', { a: x, b: row }, { y }, { accumulate }),
      ...([
        'bad-shape',
        'The kernel multiply got matrices that do not fit: a (R, C) is (3, 4), b (R, C) is (1, 4), y (R, C) is (3, 4).',
        'No kernel repeats rows or columns by itself.',
      ] as const),
    ],
    [
      'a product the wrong way round',
      () => run('gemm', { a: x, b: z }, { c: builder.temporary(D, F) }, plain),
      ...(['bad-shape', 'a (R, K) is (3, 4), b (K, C) is (3, 5), c (R, C) is (4, 5).', ''] as const),
    ],
    [
      'a transposed product that does not fit',
      () => run('gemm', { a: x, b: z }, { c: z }, { ...plain, transposeA: true }),
      ...(['bad-shape', 'a (K, R) is (3, 4), b (K, C) is (3, 5), c (R, C) is (3, 5).', ''] as const),
    ],
    [
      'columns side by side that are too many',
      () => run('concatenate', { a: x, b: z }, { y: builder.temporary(R, D + F + 1) }, { accumulate }),
      ...(['bad-shape', 'y (R, A+B) is (3, 10)', ''] as const),
    ],
    [
      'gates that are no four times the units',
      () =>
        run(
          'lstmForward',
          { z: builder.temporary(R, 3 * D), previousC: x },
          { gates: builder.temporary(R, 3 * D), c: y, squashed: y, h: y },
          { recurrentActivation: 'sigmoid', activation: 'tanh' },
        ),
      ...(['bad-shape', 'z (N, 4H) is (3, 12), previousC (N, H) is (3, 4)', ''] as const),
    ],
    [
      'some columns to write into',
      () => run('copy', { x: sliceColumns(x, 0, 2) }, { y: sliceColumns(y, 0, 2) }, {}),
      ...(['bad-shape', 'The kernel copy cannot write some columns of', 'by concatenate'] as const),
    ],
  ])('%s', (_, step, code, message, hint) => {
    const before = builder.finish().steps.length;
    const error = ((): unknown => {
      try {
        step();
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(SeqkitError);
    const found = error as SeqkitError;
    expect(found.code).toBe(code);
    expect(found.message).toContain(message);
    expect(found.hint ?? '').toContain(hint);
    expect(builder.finish().steps.length).toBe(before);
  });

  it('what fits is taken, with and without what may be left out', () => {
    const bias = builder.temporary(1, F);
    const kernel = builder.temporary(D, F);
    run('gemm', { a: x, b: kernel }, { c: z }, plain);
    run('gemm', { a: x, b: kernel, bias }, { c: z }, plain);
    run('gemm', { a: z, b: kernel }, { c: x }, { ...plain, transposeB: true });
    run('gemm', { a: x, b: z }, { c: kernel }, { ...plain, transposeA: true });
    run('concatenate', { a: x, b: z }, { y: builder.temporary(R, D + F) }, { accumulate });
    expect(builder.finish().steps.length).toBe(5);
  });
});
