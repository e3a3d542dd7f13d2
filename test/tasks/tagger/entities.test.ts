import { describe, expect, it } from 'vitest';
import { entitiesOf, tagFigures } from '../../../src/tasks/tagger/entities.js';

const words = (text: string): string[] => text.split(' ');

describe('entities as conlleval finds them', () => {
  it.each<[string, string, [string, number, number][]]>([
    [
      'IOB2',
      'B-a I-a O B-b B-b',
      [
        ['a', 0, 2],
        ['b', 3, 4],
        ['b', 4, 5],
      ],
    ],
    [
      'IOB1, where I begins',
      'I-a I-a B-a O I-b',
      [
        ['a', 0, 2],
        ['a', 2, 3],
        ['b', 4, 5],
      ],
    ],
    [
      'a change of type',
      'B-a I-b I-b I-a',
      [
        ['a', 0, 1],
        ['b', 1, 3],
        ['a', 3, 4],
      ],
    ],
    [
      'IOBES',
      'S-a B-b I-b E-b I-b E-b O',
      [
        ['a', 0, 1],
        ['b', 1, 4],
        ['b', 4, 6],
      ],
    ],
    ['types with hyphens', 'B-x-y I-x-y', [['x-y', 0, 2]]],
    ['none', 'O O', []],
  ])('in %s', (_, tags, wanted) => {
    expect(entitiesOf(words(tags))).toEqual(wanted.map(([type, start, end]) => ({ type, start, end })));
  });

  it('are counted by type and boundaries together', () => {
    // Worked by hand. There: a at 0-2, b at 3-4, a at 5-6; found: a at 0-2 (right), b at 3-5, b at 5-6.
    const right = [words('B-a I-a O B-b O B-a')];
    const found = [words('B-a I-a O B-b I-b B-b')];
    const figures = tagFigures(right, found);
    expect(figures.tokens).toBe(6);
    expect(figures.accuracy).toBeCloseTo(4 / 6, 12);
    expect(figures.entities).toEqual({ precision: 1 / 3, recall: 1 / 3, f1: 1 / 3, support: 3 });
    expect(figures.types['a']).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3, support: 2 });
    expect(figures.types['b']).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  });

  it('do not reach from one sequence into the next', () => {
    const figures = tagFigures([words('O B-a'), words('I-a')], [words('O B-a'), words('I-a')]);
    expect(figures.entities).toMatchObject({ f1: 1, support: 2 });
    expect(tagFigures([words('NOUN VERB')], [words('NOUN NOUN')])).toMatchObject({
      accuracy: 0.5,
      entities: undefined,
    });
  });
});
