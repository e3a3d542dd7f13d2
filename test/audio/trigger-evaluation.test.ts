import { describe, expect, it } from 'vitest';
import { firingsOf, type ScoredRecording } from '../../src/audio/detection/scored-recording.js';
import {
  intersectionOverUnion,
  scoreSpans,
  suppressNonMaxima,
} from '../../src/audio/detection/time-spans.js';
import { thresholdOf, withThreshold } from '../../src/audio/detection/trigger-settings.js';
import { Random } from '../../src/base/math/random.js';
import { evaluateTrigger, tradeoffCurve } from '../../src/audio/detection/trigger-evaluation.js';
import { calibrateThreshold, calibrateThresholds } from '../../src/audio/detection/threshold-calibration.js';

const span = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds });

describe('spans of time', () => {
  it.each([
    [span(0, 2), span(1, 3), 1 / 3],
    [span(0, 1), span(1, 2), 0],
    [span(0, 4), span(1, 2), 1 / 4],
    [span(1, 2), span(1, 2), 1],
  ])('%j and %j overlap by %d', (a, b, overlap) => {
    expect(intersectionOverUnion(a, b)).toBeCloseTo(overlap, 12);
    expect(intersectionOverUnion(b, a)).toBeCloseTo(overlap, 12);
  });

  it('leave the best of those that overlap', () => {
    const spans = [
      { ...span(0, 1), score: 0.6 },
      { ...span(0.2, 1.2), score: 0.9 },
      { ...span(0.9, 1.9), score: 0.8 },
      { ...span(5, 6), score: 0.1 },
    ];
    expect(suppressNonMaxima(spans, 0.5).map(({ score }) => score)).toEqual([0.9, 0.8, 0.1]);
    expect(suppressNonMaxima(spans, 0.1).map(({ score }) => score)).toEqual([0.9, 0.1]);
  });

  it('match within the collar, each once', () => {
    const annotated = [span(1, 2), span(3, 4), span(7, 8)];
    // 1.2 is 200 ms late and counts, 1.1 is then one too many; 3.3 is too late; 6.9 is early.
    const scores = scoreSpans([span(1.2, 2), span(1.1, 2), span(3.3, 4), span(6.9, 7.9)], annotated, 0.2);
    expect(scores.precision).toBeCloseTo(2 / 4, 12);
    expect(scores.recall).toBeCloseTo(2 / 3, 12);
    expect(scores.f1).toBeCloseTo(4 / 7, 12);
    // The pairs are (1.1 to 2, 1 to 2) and (6.9 to 7.9, 7 to 8).
    expect(scores.meanOverlap).toBeCloseTo((0.9 + 0.9 / 1.1) / 2, 12);
  });
});

const firing = { threshold: 0.5, smoothSteps: 2, refractorySeconds: 0.5 };

/** Ten steps a second; `bursts` are [first step, steps, score]. */
function recordingOf(
  name: string,
  steps: number,
  bursts: [number, number, number][],
  ends: number[] = [],
): ScoredRecording {
  const scores = new Float32Array(steps);
  for (const [from, length, score] of bursts) scores.fill(score, from, from + length);
  return {
    name,
    seconds: steps / 10,
    words: ends.map((endSeconds) => ({ endSeconds })),
    triggers: ['go'],
    scores,
    stepsPerSecond: 10,
    firstStepSeconds: 0.1,
  };
}

/**
 * Events of a mean of three at a threshold, and how many of the words they can hit at best, by trying all ways:
 * nothing of the detector, the matching or the sweep is used.
 */
function countedPlainly({ scores, words }: ScoredRecording, threshold: number) {
  const times: number[] = [];
  const mean = (step: number) => [0, 1, 2].reduce((sum, back) => sum + (scores[step - back] ?? 0), 0) / 3;
  let last = -Infinity;
  scores.forEach((_, step) => {
    const rises = mean(step) >= threshold && (step === 0 || mean(step - 1) < threshold);
    if (!rises || step - last <= 5) return;
    last = step;
    times.push(0.1 + step / 10);
  });
  const most = (word: number, taken: readonly number[]): number => {
    if (word === words.length) return 0;
    const { endSeconds } = words[word];
    const fitting = times.filter(
      (time) => time >= endSeconds - 0.3 && time <= endSeconds + 0.8 && !taken.includes(time),
    );
    return Math.max(most(word + 1, taken), ...fitting.map((time) => 1 + most(word + 1, [...taken, time])));
  };
  return { hits: most(0, []), events: times.length, words: words.length };
}

describe('figures', () => {
  const said = recordingOf('said.wav', 200, [[50, 4, 1], [120, 3, 0.75], [160, 3, 0.25]], [5, 16]); // prettier-ignore
  const quiet = recordingOf('quiet.wav', 36_000 - 200, [[1000, 4, 0.875]]);

  it('say when it fired and for how long', () => {
    // Step 51 has a mean of 1, step 50 of 0.5; step 54 falls to 0.5 still, 55 to 0.
    expect(firingsOf(said, firing)).toEqual([
      { word: 'go', timeSeconds: 5.1, toldSeconds: 5.1, score: 0.5, endSeconds: expect.closeTo(5.6, 9) },
      {
        word: 'go',
        timeSeconds: expect.closeTo(12.2, 9),
        toldSeconds: expect.closeTo(12.2, 9),
        score: 0.75,
        endSeconds: expect.closeTo(12.4, 9),
      },
    ]);
  });

  it('count, and list every mistake with its time', () => {
    const evaluation = evaluateTrigger([said, quiet], firing);
    expect(evaluation).toMatchObject({ words: 2, found: 1, falseAlarms: 2, threshold: 0.5 });
    expect(evaluation.hours).toBeCloseTo(1, 9);
    expect(evaluation.mistakes).toEqual([
      { file: 'said.wav', kind: 'missed', word: 'go', timeSeconds: 16, score: 0.25 },
      {
        file: 'said.wav',
        kind: 'false-alarm',
        word: 'go',
        timeSeconds: expect.closeTo(12.2, 9),
        score: 0.75,
      },
      {
        file: 'quiet.wav',
        kind: 'false-alarm',
        word: 'go',
        timeSeconds: expect.closeTo(100.2, 9),
        score: 0.875,
      },
    ]);
    expect(evaluation.latencySeconds!.median).toBeCloseTo(0.1, 9);
    expect(evaluation.events.precision).toBeCloseTo(1 / 3, 12);
    expect(evaluation.events.recall).toBeCloseTo(1 / 2, 12);
    expect(evaluation.events.f1).toBeCloseTo(2 / 5, 12);
    // One span, 5.1 to 5.6, against 5 to 5.3636.
    expect(evaluation.events.meanOverlap).toBeCloseTo((5 + 4 / 11 - 5.1) / 0.6, 9);
    expect(evaluation.verdict).toBe(
      'Finds 1 of 2: between 9% and 91% of all; record more of the word to know better. ' +
        '2 false alarms in 1.0 h, 2.0 per hour and at most 6.3; record more background.',
    );
  });

  it('say what no false alarm proves', () => {
    const silence = recordingOf('silence.wav', 43_200, []);
    expect(evaluateTrigger([silence], firing).verdict).toBe(
      'No word was said, so nothing is known of misses. ' +
        'No false alarm in 1.2 h: at most 2.5 per hour; record more background.',
    );
  });

  it('trade misses against false alarms', () => {
    const curve = tradeoffCurve([said, quiet], firing, [0.1, 0.5, 0.8, 0.9, 1]);
    expect(curve.map(({ missed }) => missed)).toEqual([0, 0.5, 0.5, 0.5, 0.5]);
    expect(curve.map(({ falseAlarmsPerHour }) => Math.round(falseAlarmsPerHour))).toEqual([2, 2, 1, 0, 0]);
  });

  it('calibrate to the lowest threshold that keeps the rate', () => {
    expect(calibrateThreshold([said, quiet], firing, 1).threshold).toBe(0.755);
    expect(calibrateThreshold([said, quiet], firing, 2).threshold).toBe(0.005);
    expect(() => calibrateThreshold([said, quiet], firing, 0.5)).toThrow(
      '1.00 h of sound cannot show a rate of 0.5 false alarms an hour.',
    );
  });

  it('calibrate among the scores of a sure model too', () => {
    const sure = recordingOf('sure.wav', 36_000, [[1000, 4, 0.99], [2000, 4, 0.9985]]); // prettier-ignore
    expect(calibrateThreshold([sure], firing, 1).threshold).toBe(0.991);
  });

  it('do not calibrate where no threshold keeps the rate', () => {
    const certain = recordingOf('certain.wav', 36_000, [[1000, 4, 1], [2000, 4, 1]]); // prettier-ignore
    expect(() => calibrateThreshold([certain], firing, 1)).toThrow(
      'At every threshold, up to 1, there are more than 1 false alarms an hour: 2.0 at the least.',
    );
  });

  it('are at every threshold what counting without the detector gives', () => {
    const random = new Random(7);
    const recordings = Array.from({ length: 6 }, (_, n) => {
      const made = recordingOf(`${n}.wav`, 600, [], Array.from({ length: n }, () => random.uniform(1, 59)).sort((a, b) => a - b)); // prettier-ignore
      // A walk, so that runs above a threshold are of all lengths.
      let logit = -2;
      for (let step = 0; step < 600; step++) {
        logit = 0.8 * logit + random.normal() * 1.5 - 0.2;
        made.scores[step] = 1 / (1 + Math.exp(-logit));
      }
      return made;
    });
    const three = { threshold: 0.5, smoothSteps: 3, refractorySeconds: 0.5 };
    const { tradeoff, falseAlarms, found } = evaluateTrigger(recordings, three);
    expect(tradeoff).toHaveLength(81);
    for (const { threshold, missed, falseAlarmsPerHour } of [...tradeoff]) {
      const counts = recordings.map((one) => countedPlainly(one, threshold));
      const sum = (of: 'hits' | 'events' | 'words') => counts.reduce((total, count) => total + count[of], 0);
      expect(missed).toBeCloseTo(1 - sum('hits') / sum('words'), 12);
      expect(falseAlarmsPerHour).toBeCloseTo((sum('events') - sum('hits')) / (360 / 3600), 9);
    }
    const atHalf = recordings.map((one) => countedPlainly(one, 0.5));
    expect(found).toBe(atHalf.reduce((total, { hits }) => total + hits, 0));
    expect(falseAlarms).toBe(atHalf.reduce((total, { events, hits }) => total + events - hits, 0));
    expect(new Set(tradeoff.map(({ missed }) => missed)).size).toBeGreaterThan(5);
  });
});

describe('figures of several words', () => {
  const triggers = ['on', 'off'];
  /** Ten steps a second; `bursts` are [word, first step, steps, score]. */
  const several = (steps: number, bursts: [number, number, number, number][], words: [number, string][]) => {
    const scores = new Float32Array(2 * steps);
    for (const [word, from, length, score] of bursts) {
      for (let step = from; step < from + length; step++) scores[2 * step + word] = score;
    }
    return {
      ...recordingOf('two.wav', steps, []),
      triggers,
      scores,
      words: words.map(([endSeconds, word]) => ({ endSeconds, word })),
    };
  };
  // "on" at 5 s is heard; "off" at 10 s is taken for "on"; at 15 s both fire, "off" with more confidence.
  const recording = several(
    250,
    [[0, 50, 4, 1], [0, 100, 4, 0.75], [0, 150, 4, 0.75], [1, 151, 4, 1]],
    [[5, 'on'], [10, 'off'], [15, 'off']],
  ); // prettier-ignore
  const evaluation = evaluateTrigger([recording], firing);

  it('let the surer of two words fire', () => {
    expect(firingsOf(recording, firing).map(({ word, score }) => [word, score])).toEqual([
      ['on', 1],
      ['on', 0.75],
      ['off', 1],
    ]);
  });

  it('count the time that a word waits for a better one', () => {
    // "on" fires at 5.1 s as its mean of two comes to 0.5, 0.1 s after its end, and is told two steps later.
    const [first] = firingsOf(recording, firing);
    expect(first.timeSeconds).toBeCloseTo(5.1, 9);
    expect(first.toldSeconds).toBeCloseTo(5.3, 9);
    expect(evaluation.perWord!['on'].latencySeconds!.median).toBeCloseTo(0.3, 9);
  });

  it('leave out a span that a surer one of another word covers', () => {
    // Both words fire for half a second, "off" 0.4 s after "on", beyond the wait: two events of 0.6 and 1 s.
    const rivals = several(100, [[0, 50, 10, 0.75], [1, 54, 10, 1]], [[5, 'on']]); // prettier-ignore
    expect(firingsOf(rivals, firing).map(({ word }) => word)).toEqual(['on', 'off']);
    const { events, falseAlarms } = evaluateTrigger([rivals], firing);
    expect(falseAlarms).toBe(1);
    // From 5.1 to 6.2 and from 5.5 to 6.6 s: they share 0.7 of 1.5 s, under a half, so both stand.
    expect(events.precision).toBeCloseTo(1 / 2, 12);
    const longer = several(100, [[0, 50, 20, 0.75], [1, 54, 20, 1]], [[5, 'on']]); // prettier-ignore
    // From 5.1 to 7.2 and from 5.5 to 7.6 s: 1.7 of 2.5 s. "off" alone counts, and is no hit.
    expect(evaluateTrigger([longer], firing).events).toMatchObject({ precision: 0, recall: 0 });
  });

  it('stand for each word and for all', () => {
    expect(evaluation).toMatchObject({ words: 3, found: 2, falseAlarms: 1 });
    expect(evaluation.perWord).toMatchObject({
      on: { words: 1, found: 1, falseAlarms: 1 },
      off: { words: 2, found: 1, falseAlarms: 0 },
    });
    expect(evaluation.mistakes.map(({ kind, word, timeSeconds }) => [kind, word, timeSeconds])).toEqual([
      ['false-alarm', 'on', expect.closeTo(10.2, 9)],
      ['missed', 'off', 10],
    ]);
    expect(evaluation.perWord!['off'].mistakes).toEqual([evaluation.mistakes[1]]);
    // Two of three spans start within 200 ms of a word's end, each of the right word.
    expect(evaluation.events.precision).toBeCloseTo(2 / 3, 12);
    expect(evaluation.perWord!['off'].events.recall).toBeCloseTo(1 / 2, 12);
    expect(evaluation.perWord!['on'].tradeoff.at(-1)).toMatchObject({ missed: 0, falseAlarmsPerHour: 0 });
  });
});

describe('a threshold a word', () => {
  const words = ['yes', 'no'];
  /** Ten steps a second for an hour; [step, steps, score of yes, score of no]. */
  const hour = (bursts: [number, number, number, number][], said: [number, string][]): ScoredRecording => {
    const scores = new Float32Array(2 * 36_000);
    for (const [from, steps, yes, no] of bursts) {
      for (let step = from; step < from + steps; step++) scores.set([yes, no], 2 * step);
    }
    return {
      name: 'hour.wav',
      seconds: 3600,
      words: said.map(([endSeconds, word]) => ({ endSeconds, word })),
      triggers: words,
      scores,
      stepsPerSecond: 10,
      firstStepSeconds: 0,
    };
  };
  // A "yes" comes as 0.99 and its false alarms as 0.875; a "no" as 0.5 and its false alarms as 0.1875.
  const recording = hour(
    [
      [1000, 4, 0.99, 0],
      [2000, 4, 0, 0.5],
      [3000, 4, 0.875, 0],
      [4000, 4, 0.875, 0],
      [5000, 4, 0, 0.1875],
      [6000, 4, 0, 0.1875],
    ],
    [
      [100, 'yes'],
      [200, 'no'],
    ],
  );

  it('is calibrated for each by itself, where one for all leaves a word unheard', () => {
    // One threshold for all: above 0.875, where no "no" comes.
    const one = calibrateThreshold([recording], firing, 1);
    expect(one).toMatchObject({ threshold: 0.88, missed: 0.5, falseAlarmsPerHour: 0 });
    const each = calibrateThresholds([recording], firing, 1);
    expect(each['yes']).toMatchObject({ threshold: 0.88, missed: 0, falseAlarmsPerHour: 0 });
    expect(each['no']).toMatchObject({ threshold: 0.19, missed: 0, falseAlarmsPerHour: 0 });
    const set = withThreshold(firing, words, { yes: 0.88, no: 0.19 });
    const { found, falseAlarms, thresholds, perWord } = evaluateTrigger([recording], set);
    expect({ found, falseAlarms, thresholds }).toEqual({
      found: 2,
      falseAlarms: 0,
      thresholds: { yes: 0.88, no: 0.19 },
    });
    expect(perWord!['no']).toMatchObject({ found: 1, threshold: 0.19 });
    // The curve is of one threshold for all words, whatever each has.
    expect(evaluateTrigger([recording], set).tradeoff).toEqual(evaluateTrigger([recording], firing).tradeoff);
  });

  it('shares the false alarms by what each word misses, not in equal parts', () => {
    // Every "yes" comes as 0.99, above all that is none. Of four times "no" each is as sure as one false alarm more.
    const scores = [0.8, 0.6, 0.4, 0.2];
    const close = hour(
      [
        [1000, 4, 0.99, 0],
        ...[0.9, 0.7, 0.5].map((yes, n): [number, number, number, number] => [2000 + 500 * n, 4, yes, 0]),
        ...scores.map((no, n): [number, number, number, number] => [5000 + 500 * n, 4, 0, no]),
        ...scores.map((no, n): [number, number, number, number] => [8000 + 500 * n, 4, 0, no + 0.05]),
      ],
      [[100, 'yes'], ...scores.map((_, n): [number, string] => [500 + 50 * n, 'no'])],
    );
    // Four alarms an hour: all are for "no", that of 0.25 being the fourth; in equal parts it would be heard twice.
    const each = calibrateThresholds([close], firing, 4);
    expect(each['yes']).toMatchObject({ threshold: 0.9, missed: 0, falseAlarmsPerHour: 0 });
    expect(each['no']).toMatchObject({ missed: 0, falseAlarmsPerHour: 4 });
    expect(each['no'].threshold).toBe(0.005);
    const three = calibrateThresholds([close], firing, 3);
    expect(three['no']).toMatchObject({ threshold: 0.255, missed: 0.25, falseAlarmsPerHour: 3 });
    expect(three['yes']).toMatchObject({ missed: 0, falseAlarmsPerHour: 0 });
    // Where no word is said nothing is known of misses: an equal part each.
    const equal = calibrateThresholds([{ ...close, words: [] }], firing, 4);
    expect(words.map((word) => equal[word].falseAlarmsPerHour)).toEqual([2, 2]);
  });

  it('names the word of which no threshold keeps the rate', () => {
    const sure = hour(
      [
        [1000, 4, 0, 1],
        [2000, 4, 0, 1],
      ],
      [],
    );
    expect(() => calibrateThresholds([sure], firing, 1)).toThrow(
      'At every threshold, up to 1, there are more than 1 false alarms an hour, most of them of "no": 2.0 at the least.',
    );
  });

  it('is one number, or numbers by word, and others keep theirs', () => {
    const set = withThreshold({ ...firing, threshold: 0.7 }, words, { no: 0.2 });
    expect(words.map((word) => thresholdOf(set, word))).toEqual([0.7, 0.2]);
    const both = withThreshold(set, words, 0.4);
    expect(words.map((word) => thresholdOf(both, word))).toEqual([0.4, 0.4]);
    expect(withThreshold(firing, ['yes'], { yes: 0.3 })).toEqual({ ...firing, threshold: 0.3 });
  });

  it.each<[unknown, string]>([
    [{ maybe: 0.5 }, 'There is no word "maybe" to set a threshold for.'],
    [{ yes: 2 }, 'threshold["yes"] must be a number above 0 and of at most 1, not 2.'],
    [{ yes: '0.5' }, 'threshold["yes"] must be a number above 0 and of at most 1, not "0.5".'],
    [0, 'threshold must be a number above 0 and of at most 1, or an object with at least 1, each value'],
    ['0.5', 'each value a number above 0 and of at most 1, not "0.5".'],
    [null, 'each value a number above 0 and of at most 1, not null.'],
  ])('refuses %j', (threshold, message) => {
    expect(() => withThreshold(firing, words, threshold as number)).toThrow(message);
  });
});
