import { describe, expect, it } from 'vitest';
import { BufferRanges } from '../../../src/rnn/engine/gpu/plan/buffer-ranges.js';
import { PlanBuilder } from '../../../src/rnn/engine/gpu/plan/plan-builder.js';
import { windowOf, type Value } from '../../../src/rnn/engine/gpu/plan/plan.js';
import { ProgramBuilder, sliceColumns, sliceRows } from '../../../src/rnn/program/program.js';
import { expectSameAsReference, describeBackends } from './gpu-comparison.js';

let ids = 0;
const value = (rows: number, cols: number): Value => ({ id: ids++, rows, cols });

describe('BufferPieces', () => {
  const buffer = { name: 'b', kind: 'temporary', size: 12 } as const;

  it('cuts what a write covers, by whole rows', () => {
    const pieces = new BufferRanges(buffer);
    const [whole, middle] = [value(4, 3), value(2, 3)];
    pieces.write(0, windowOf(whole));
    pieces.write(3, windowOf(middle));
    expect(pieces.cover(0, 12)).toEqual([
      { start: 0, end: 3, window: { value: whole, row: 0, col: 0, rows: 1, cols: 3 } },
      { start: 3, end: 9, window: windowOf(middle) },
      { start: 9, end: 12, window: { value: whole, row: 3, col: 0, rows: 1, cols: 3 } },
    ]);
    expect(pieces.cover(4, 8)).toHaveLength(1);
  });

  it('cuts a single row by columns', () => {
    const pieces = new BufferRanges(buffer);
    const row = value(1, 12);
    pieces.write(0, windowOf(row));
    pieces.write(5, windowOf(value(1, 1)));
    expect(pieces.cover(0, 12).map(({ window }) => [window.col, window.cols])).toEqual([
      [0, 5],
      [0, 1],
      [6, 6],
    ]);
  });

  it('names a buffer that is read before it is written', () => {
    const pieces = new BufferRanges(buffer);
    pieces.write(0, windowOf(value(2, 3)));
    expect(() => pieces.cover(0, 9)).toThrow('"b" is read at element 6 before it is written');
  });

  it('refuses to write a part of a row', () => {
    const pieces = new BufferRanges(buffer);
    pieces.write(0, windowOf(value(4, 3)));
    expect(() => pieces.write(1, windowOf(value(1, 3)))).toThrow('cannot write a part of a row of "b"');
  });
});

describe('PlanBuilder', () => {
  /** A buffer of 10 rows of 2, each row a value of its own. */
  function inRows() {
    const plan = new PlanBuilder();
    const builder = new ProgramBuilder('p');
    const matrix = builder.temporary(10, 2);
    plan.declare(matrix.buffer, 2, false);
    for (let r = 0; r < 10; r++) {
      plan.write(
        sliceRows(matrix, r, 1),
        plan.call(1, 2, {}, () => `return ${r};`),
      );
    }
    return { plan, matrix, made: plan.calls.length };
  }

  it('reads a piece in place', () => {
    const { plan, matrix, made } = inRows();
    expect(plan.read(sliceRows(matrix, 4, 1)).value).toBe(plan.calls[4].output);
    expect(plan.calls).toHaveLength(made);
  });

  it('joins pieces once, seven at a time, for all who read them after', () => {
    const { plan, matrix, made } = inRows();
    const window = plan.read(matrix);
    expect(window).toMatchObject({ row: 0, rows: 10, cols: 2 });
    // Two groups, then the two of them.
    expect(plan.calls).toHaveLength(made + 3);
    expect(plan.read(sliceRows(matrix, 3, 4))).toEqual({ ...window, row: 3, rows: 4 });
    expect(plan.calls).toHaveLength(made + 3);
  });
});

describeBackends('views', (backend) => {
  it('of every kind read the numbers that the reference reads', async () => {
    const builder = new ProgramBuilder('views');
    const x = builder.declare('input', 'x', 15, 4);
    const work = builder.temporary(15, 4);
    for (let r = 0; r < 15; r += 3) {
      const factor = 1 + r;
      builder.run('affine', { x: sliceRows(x, r, 3) }, { y: sliceRows(work, r, 3) }, { factor, offset: 0 });
    }
    const out = (name: string, matrix: Parameters<typeof sliceRows>[0]): void => {
      const y = builder.declare('output', name, matrix.rows, matrix.cols);
      builder.run('copy', { x: matrix }, { y }, {});
    };
    out('rows across pieces', sliceRows(work, 2, 11));
    out('columns across pieces', sliceColumns(sliceRows(work, 1, 9), 1, 2));
    out('other widths', { ...work, offset: 3, rows: 9, cols: 5, rowStride: 6 });
    out('one row', { ...work, rows: 1, cols: 60, rowStride: 60 });
    // A piece over pieces, and a buffer of rows of several widths.
    builder.run('fill', {}, { y: sliceRows(work, 4, 5) }, { value: 2 });
    out('after a write across pieces', work);
    const mixed = builder.declare('state', 'mixed', 1, 12);
    builder.run('copy', { x: sliceRows(x, 0, 2) }, { y: { ...mixed, rows: 2, cols: 4, rowStride: 4 } }, {});
    builder.run('sum', { x }, { total: { ...mixed, offset: 9, cols: 1, rowStride: 1 } }, {});
    out('mixed widths', mixed);
    const values = {
      x: Array.from({ length: 60 }, (_, i) => i / 8),
      mixed: Array.from({ length: 12 }, (_, i) => i),
    };
    await expectSameAsReference(builder.finish(), values, { backend, tolerance: 0 });
  });
});
