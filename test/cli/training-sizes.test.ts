import { describe, expect, it } from 'vitest';
import { trainingSizes } from '../../src/cli/trigger/training-sizes.js';

const byDefault = { quick: false, spoken: 150 };
const untyped = { isSpokenTyped: false, isVoiced: true, isAdapted: false };

describe('what train-trigger speaks and mixes', () => {
  it('is 520 clips and 40 minutes by voices, and as many examples as the preset has', () => {
    expect(trainingSizes(byDefault, untyped)).toEqual({
      ...{ voices: 520, voicedMinutes: 40, spoken: 150, examples: undefined, thresholdExamples: undefined },
    });
  });

  it('is less with --quick', () => {
    expect(trainingSizes({ ...byDefault, quick: true }, untyped)).toEqual({
      ...{ voices: 180, voicedMinutes: 12, spoken: 12, examples: 900, thresholdExamples: 480 },
    });
  });

  it('is less where a model goes on with the takes of one person, but for its threshold', () => {
    expect(trainingSizes(byDefault, { ...untyped, isAdapted: true })).toEqual({
      ...{ voices: 180, voicedMinutes: 12, spoken: 12, examples: 900, thresholdExamples: undefined },
    });
  });

  it('is what was typed, with --quick too', () => {
    for (const quick of [true, false]) {
      const asked = { quick, voices: 300, spoken: 7, examples: 700 };
      expect(trainingSizes(asked, { ...untyped, isSpokenTyped: true })).toEqual({
        ...{ voices: 300, voicedMinutes: 7, spoken: 7, examples: 700 },
        thresholdExamples: quick ? 480 : undefined,
      });
    }
  });

  it('has no voices of a folder of recordings, where none are asked for', () => {
    for (const quick of [true, false]) {
      expect(trainingSizes({ ...byDefault, quick }, { ...untyped, isVoiced: false }).voices).toBe(0);
    }
  });
});
