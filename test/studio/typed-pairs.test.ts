import { expect, it } from 'vitest';
import { arrowed, FIRST_PAIRS, tabbed } from '../../src/studio/seq2seq/typed-pairs.js';
import { holdBack } from '../../src/studio/state/hold-back.js';
import { parsePairs } from '../../src/tasks/index.js';

it('reads pairs with arrows of any kind, and with tabs', () => {
  expect(parsePairs(tabbed('a b → c\n d->e \nf\tg -> h\ni => j'))).toEqual([
    ['a b', 'c'],
    ['d', 'e'],
    ['f', 'g -> h'],
    ['i', 'j'],
  ]);
  expect(() => parsePairs(tabbed('a → b\nalone'))).toThrow('line 2');
  expect(arrowed('a\tb\r\nc\td')).toBe('a → b\nc → d');
  expect(parsePairs(tabbed(FIRST_PAIRS))).toHaveLength(80);
});

it('holds about a fifth back, in step with no order of the examples', () => {
  expect(holdBack([1, 2, 3]).test).toEqual([]);
  for (const count of [10, 25, 80, 1000]) {
    const { train, test } = holdBack(Array.from({ length: count }, (_, i) => i));
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(test.length / count).toBeCloseTo(0.2, 1);
    // Of examples in tens, each place is trained on and, where there are many, tested on.
    if (count < 80) continue;
    for (let place = 0; place < 10; place++) {
      const share = test.filter((i) => i % 10 === place).length / (count / 10);
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(0.6);
    }
  }
});
