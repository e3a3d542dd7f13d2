import { afterAll, beforeAll, expect, it } from 'vitest';
import { NextAt } from '../../src/studio/text/next-at.js';
import { ordinal, shownShare } from '../../src/studio/text/shown-character.js';
import { TextModel } from '../../src/text/index.js';

let model: TextModel;
beforeAll(async () => {
  model = new TextModel({ units: 6, layers: 1, engine: 'wasm', seed: 2 });
  await model.fit('the cat sat on the mat and the dog sat on the log. '.repeat(8), {
    ...{ epochs: 1, batchSize: 2, seqLength: 20, heldOut: 0 },
  });
});
afterAll(() => model.dispose());

/** What a session writes, with the probabilities before each character. */
function writes(prime: string, length: number) {
  const session = model.session();
  if (prime !== '') session.feed(prime);
  const expected: unknown[] = [];
  const characters = Array.from({ length }, () => {
    expected.push(session.predict({ temperature: 0.5 }));
    return session.next({ temperature: 0.5 });
  });
  session.dispose();
  return { written: { prime, characters, temperature: 0.5 }, expected };
}

it.each(['', 'the cat '])('tells what could have come at any character, begun with "%s"', async (prime) => {
  const { written, expected } = writes(prime, 50);
  const next = new NextAt(model, written);
  for (const index of [4, 5, 40, 3, 0, 49]) expect(await next.at(index)).toEqual(expected[index]);
  next.dispose();
});

it('answers nobody who has stopped waiting, and the others right', async () => {
  const { written, expected } = writes('a', 8);
  const characters = Array.from({ length: 60_000 }, (_, i) => written.characters[i % 8]);
  const next = new NextAt(model, { ...written, characters });
  const first = next.at(59_999, () => false);
  const second = next.at(7);
  expect(await first).toBeUndefined();
  expect(await second).toEqual(expected[7]);
  const third = next.at(59_999);
  next.dispose();
  expect(await third).toBeUndefined();
});

it('says shares and places as people do', () => {
  expect([1, 0.9996, 0.42, 0.0312, 0.0004, 0].map(shownShare)).toEqual([
    ...['100%', '>99%', '42%', '3.1%', '<0.1%', '0%'],
  ]);
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal)).toEqual([
    ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th'],
  ]);
});
