import { expect, it } from 'vitest';
import { checkRecorder } from '../../src/audio/detection/recorder-check.js';
import type { Listener } from '../../src/audio/detection/scored-recording.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';

const RATE = 16_000;
const settings = structuredClone(triggerPreset('standard'));
settings.firing = { threshold: 0.5, smoothSteps: 1, refractorySeconds: 1 };

/** Hears whatever is louder than a level: one score for each tenth of a second. */
function listener(level: number): Listener {
  const stream = () => {
    let tell: (step: { scores: number[] }) => void = () => undefined;
    return {
      on: (_: string, listen: typeof tell) => void (tell = listen),
      push(samples: Float32Array) {
        for (let at = 0; at + 1600 <= samples.length; at += 1600) {
          const loudest = samples.subarray(at, at + 1600).reduce((max, x) => Math.max(max, Math.abs(x)), 0);
          tell({ scores: [loudest > level ? 1 : 0] });
        }
      },
      flush: () => [],
      dispose: () => undefined,
    };
  };
  return { words: ['a'], settings, stream: stream as unknown as Listener['stream'] };
}

/** Two seconds of hiss, in the middle of which something is said. */
function clip(name: string, hiss: number) {
  const samples = Float32Array.from({ length: 2 * RATE }, (_, i) => (i % 2 === 0 ? hiss : -hiss));
  samples.fill(0.5, 14_000, 18_000);
  return { name, speaker: undefined, word: undefined, samples, speech: { start: 14_000, end: 18_000 } };
}

it('fires where the recorder is heard, not where the word was', () => {
  const clips = [clip('quiet', 0.01), clip('noisy', 0.2)];
  expect(checkRecorder(listener(0.1), clips, RATE)).toEqual({ clips: 2, fired: ['noisy'] });
  // The word itself is cut out.
  expect(checkRecorder(listener(0.4), clips, RATE)).toEqual({ clips: 2, fired: [] });
});

it('passes over recordings that hold little but the word', () => {
  const short = { ...clip('short', 0.3), speech: { start: 1_000, end: 31_000 } };
  expect(checkRecorder(listener(0.1), [short], RATE)).toEqual({ clips: 0, fired: [] });
});
