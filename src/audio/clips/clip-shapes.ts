import {
  listOf,
  objectWith,
  optional,
  someText,
  text,
  typedArray,
  wholeNumber,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';
import { fileBytes, finiteSamples, sampleRateHz } from '../signal/samples.js';

/** Files of a folder, as `ClipFile`. */
export const clipFiles = listOf(
  objectWith<{ path: string; bytes: Uint8Array }>('a file', { path: someText, bytes: fileBytes }),
);

/** Where speech lies, in samples. */
const speechEdges = objectWith<{ start: number; end: number }>(
  'the edges of speech',
  { start: wholeNumber({ min: 0 }), end: wholeNumber({ min: 0 }) },
  (edges, name) => {
    if (edges.end < edges.start)
      throw wrongValue(`${name}.end`, `at least its start, ${edges.start}`, edges.end);
  },
);

const spoken = {
  speaker: optional(text),
  word: optional(text),
  speech: speechEdges,
};

/** Recordings of a word with their numbers looked at, to be compared with each other. */
export const wordClips = listOf(
  objectWith('a clip', { word: optional(text), samples: finiteSamples, speech: speechEdges }),
);

const named = objectWith<{ load?: unknown }>('a clip', { name: someText });
const made = objectWith('a clip', { name: someText, samples: typedArray('Float32Array'), ...spoken });

/** A clip; of one that makes its sound when it is asked for, only its name is. */
export const clips: Schema<object[]> = listOf({
  expected: made.expected,
  parse(value: unknown, name: string) {
    const isMadeLater = typeof named.parse(value, name).load === 'function';
    return isMadeLater ? (value as object) : made.parse(value, name);
  },
});

/** Clips of all kinds. The samples themselves are not looked at: there are hours of them. */
export const clipSet = objectWith('clips as readClips gives them', {
  sampleRate: sampleRateHz,
  activates: clips,
  negatives: clips,
  backgrounds: clips,
  speech: optional(clips),
  lookAlikes: optional(clips),
  ownTakes: optional(clips),
  falseAlarms: optional(clips),
  rooms: optional(clips),
});
