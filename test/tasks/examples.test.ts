import { describe, expect, it } from 'vitest';
import { parseTable } from '../../src/tasks/examples/table.js';
import { heldOutSplit, kFolds } from '../../src/tasks/examples/splits.js';
import { readExamples } from '../../src/tasks/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('tables', () => {
  it('follow RFC 4180', () => {
    const { columns, rows } = parseTable('a,b\r\n"x, ""y""\nz",2\r\n\r\n,"3"', 'f.csv', 'csv');
    expect(columns).toEqual(['a', 'b']);
    expect(rows).toEqual([
      { line: 2, cells: ['x, "y"\nz', '2'] },
      { line: 5, cells: ['', '3'] },
    ]);
    expect(parseTable('a\tb\n"x\t,\n', 'f.tsv', 'tsv').rows).toEqual([{ line: 2, cells: ['"x', ','] }]);
  });

  it.each([
    ['', 'line 1: there is no header'],
    ['a,a\n1,2', 'line 1: the header names "a" twice'],
    ['a,b\n1,2\n"1\n2",3,4', 'line 3: it has 3 cells where the header has 2'],
    ['a,b\n1,x"y"', 'line 2: a quote stands within a cell'],
    ['a,b\n1,"xy', 'line 2: a cell begins with a quote, and nothing closes it'],
    ['a,b\n1,"x"y', 'line 2: something follows the closing quote'],
  ])('name the line of a fault: %j', (text, message) => {
    expect(() => parseTable(text, 'f.csv', 'csv')).toThrow(`f.csv, ${message}`);
  });

  it('become examples', async () => {
    const read = (text: string, options: object) => readExamples(bytes(text), options);
    expect(await read('text,label,who\nhi,1,me\n', { format: 'csv', group: 'who' })).toEqual([
      { text: 'hi', label: '1', group: 'me' },
    ]);
    expect(await read('a,b,c,label\n1,2.5,,x\n', { format: 'csv', steps: ['a', 'b', 'c'] })).toEqual([
      { sequence: [1, 2.5], label: 'x' },
    ]);
    expect(await read('s,label\n"1 2, 3",x\n', { format: 'csv', sequence: 's' })).toEqual([
      { sequence: [1, 2, 3], label: 'x' },
    ]);
    expect(await read('{"s":[[1,2],[3,4]],"label":true}\n\n', { format: 'jsonl', sequence: 's' })).toEqual([
      {
        sequence: [
          [1, 2],
          [3, 4],
        ],
        label: 'true',
      },
    ]);
    await expect(read('text,label\nhi,x', { format: 'csv', text: 'review' })).rejects.toThrow(
      'line 2: there is no column "review"',
    );
    await expect(read('text,label\nhi,\n', { format: 'csv' })).rejects.toThrow(
      'line 2: the column "label" is empty',
    );
    await expect(read('{"text":"a","label":"b"}\n[1]', { format: 'jsonl' })).rejects.toThrow(
      'line 2: it is no JSON',
    );
    await expect(read('a,b,label\n,2,x', { format: 'csv', steps: ['a', 'b'] })).rejects.toThrow(
      '"a" is empty',
    );
    await expect(read('s,label\n1 two,x', { format: 'csv', sequence: 's' })).rejects.toThrow(
      '"two" is no number',
    );
    await expect(read('text,label\n', { format: 'csv' })).rejects.toThrow('holds no examples');
    await expect(read('text,label\nhi,x', {})).rejects.toThrow('not told by its name');
  });
});

describe('splits', () => {
  const classes = Int32Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1));
  const ofClass = (places: readonly number[], c: number) => places.filter((i) => classes[i] === c).length;

  it('hold as large a share of each class back', () => {
    const { train, heldOut } = heldOutSplit({ classes, count: 2 }, 0.2, 1);
    expect([ofClass(heldOut, 0), ofClass(heldOut, 1)]).toEqual([6, 2]);
    expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual([...classes.keys()]);
    expect(heldOutSplit({ classes, count: 2 }, 0.2, 1).heldOut).toEqual(heldOut);
    expect(heldOutSplit({ classes, count: 2 }, 0.2, 2).heldOut).not.toEqual(heldOut);
  });

  it('cut folds with as many of each class, and each example in one', () => {
    const folds = kFolds({ classes, count: 2 }, 5, 1);
    expect(folds.map((fold) => [ofClass(fold, 0), ofClass(fold, 1)])).toEqual(Array(5).fill([6, 2]));
    expect(folds.flat().sort((a, b) => a - b)).toEqual([...classes.keys()]);
  });

  it('keep groups together, and leave no fold empty', () => {
    const groups = Array.from(classes, (c, i) => `${c} ${i % 3}`);
    const folds = kFolds({ classes, count: 2, groups }, 3, 1);
    for (const fold of folds) {
      const own = new Set(fold.map((i) => groups[i]));
      expect(fold).toHaveLength(groups.filter((group) => own.has(group)).length);
      expect([ofClass(fold, 0) > 0, ofClass(fold, 1) > 0]).toEqual([true, true]);
    }
    expect(kFolds({ classes, count: 2, groups }, 6, 1).every((fold) => fold.length > 0)).toBe(true);
    expect(() => kFolds({ classes, count: 2, groups }, 7, 1)).toThrow('of 6 groups, where 7 are needed');
  });
});
