import { expect, it } from 'vitest';
import { bestTune, figuresMissed } from '../../../src/text/music/composition/best-tune.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import { readTunes } from '../../../src/text/index.js';

/** Of a training like the Irish one. */
const training = { endOnTonic: 0.75, wholePhrases: 0.77, leaps: 0.05, range: 8 };
const phrase = 'D2F2 A2d2|A4 F4|G4 E4|';
const tune = (...lines: string[]) => {
  const { tunes, faults } = readTunes(`X:1\nT:t\nM:4/4\nL:1/8\nK:D\n${lines.join('')}\n`);
  expect(faults).toEqual([]);
  return readMelody(tunes[0]);
};
// An octave, at most an octave a step, eight bars, D at the end.
const fine = tune(phrase, 'A8|', phrase, 'D8|');
const onFifth = tune(phrase, 'A8|', phrase, 'A8|');
const short = tune(phrase, 'D8|');
// Leaps of 15 and 17 semitones in 18 steps, and so a range of 17.
const wide = tune(phrase, 'A8|', phrase, 'g4 D4|');

it('counts figures of the training that a tune misses, worked out by hand', () => {
  const missed = [fine, onFifth, short, wide].map((melody) => figuresMissed(melody, training));
  expect(missed).toEqual([0, 1, 1, 2]);
  // Where tunes of the training are so themselves, it is no matter.
  expect(figuresMissed(onFifth, { ...training, endOnTonic: 0.4 })).toBe(0);
  expect(figuresMissed(short, { ...training, wholePhrases: 0.5 })).toBe(0);
  expect(figuresMissed(wide, { ...training, leaps: 0.12 })).toBe(1);
  expect(figuresMissed(wide, { ...training, leaps: 0.12, range: 11 })).toBe(0);
});

it('keeps the likeliest a bar of those that miss the fewest, the first of equals', () => {
  const candidates = [
    [wide, 3],
    [onFifth, 5],
    [short, 5],
    [onFifth, 6],
  ] as const;
  const of = (pairs: readonly (readonly [typeof wide, number])[]): string =>
    bestTune(
      pairs.map(([melody, natsPerBar], i) => {
        const made = {
          title: `${i}`,
          abc: '',
          text: '',
          removed: 0,
          removedCopies: 0,
          characters: 1,
          plays: true as const,
        };
        return { melody, tune: { ...made, natsPerBar } };
      }),
      training,
    ).title;
  expect(of(candidates)).toBe('1');
  expect(of([...candidates, [fine, 9]])).toBe('4');
  expect(of([...candidates, [fine, 9], [fine, 8]])).toBe('5');
});
