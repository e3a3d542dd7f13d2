import { SeqkitError } from '../../base/errors.js';
import { choice, number, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { ClipSet } from '../clips/clips.js';
import { clipSet } from '../clips/clip-shapes.js';
import { clipRecordings, type TestRecording, type TestRecordingOptions } from './clip-recordings.js';

const testOptions = optionsSchema<TestRecordingOptions>('testRecordings', {
  signalToNoiseDb: optional(number({ min: -150, max: 150 })),
  seed: optional(wholeNumber()),
  wordEnd: optional(choice(['speech', 'clip'])),
});

/**
 * Turns clips into recordings to test on: each clip on its own, a second before and after it.
 *
 * @param options.signalToNoiseDb lays the set's backgrounds under the clips, so many dB below their speech
 * @throws SeqkitError `too-little-data` where there are no backgrounds to lay under
 */
export function testRecordings(clips: ClipSet, options: TestRecordingOptions = {}): Generator<TestRecording> {
  clipSet.parse(clips, 'testRecordings: clips');
  const { signalToNoiseDb } = testOptions.parse(options);
  const { backgrounds } = clips;
  if (signalToNoiseDb !== undefined && backgrounds.length === 0) {
    throw new SeqkitError('There are no backgrounds to lay under the clips.', {
      code: 'too-little-data',
      hint: 'Put recordings of noise into backgrounds/.',
    });
  }
  return clipRecordings(clips, testOptions.parse(options));
}
