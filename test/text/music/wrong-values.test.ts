import { describe, expect, it } from 'vitest';
import {
  describeTunes,
  harmonize,
  isMidi,
  MusicModel,
  openComposer,
  parseWarnings,
  playFaults,
  readMidi,
  readTunes,
  tuneDivergence,
  tuneFigures,
  tuneCursor,
  tuneMidi,
  TuneModel,
  tuneSheet,
  tuneSound,
  writeTunes,
} from '../../../src/text/index.js';
import { SeqkitError } from '../../../src/base/errors.js';
import { tuneBytes } from './midi/midi-bytes.js';
import { wrongValues } from '../../support/wrong-values.js';

const abc = 'X:1\nT:t\nM:4/4\nL:1/8\nK:C\nC8|\n';
const tune = readTunes(abc).tunes[0];
const fields = ['title', 'type', 'meter', 'unit', 'key', 'body'];
const composeOptions = (
  'key meter type title opening count seed constrained maxBars signal temperature topK topP repetitionPenalty ' +
  'repetitionWindow'
).split(' ');

const composeTuneOptions = (
  'key meter type title form bars sections opening vary fill count seed bestOf signal temperature topK topP ' +
  'repetitionPenalty repetitionWindow'
).split(' ');

type Taker = (value: never) => unknown;

/** Each public function or method, given a wrong value where one of its arguments or options goes. */
const takers: readonly (readonly [title: string, take: Taker])[] = [
  ['readTunes', readTunes],
  ['writeTunes', writeTunes],
  ['writeTunes, a tune', (value) => writeTunes([value])],
  ...fields.map((field): [string, Taker] => [
    `writeTunes, ${field}`,
    (value) => writeTunes([{ ...tune, [field]: value }]),
  ]),
  ['isMidi', isMidi],
  ['readMidi', readMidi],
  ['readMidi, options', (value) => readMidi(tuneBytes(), value)],
  ['readMidi, title', (value) => readMidi(tuneBytes(), { title: value })],
  ['tuneMidi', tuneMidi],
  ['tuneSheet', tuneSheet],
  ['tuneSheet, options', (value) => tuneSheet(abc, value)],
  ['tuneSheet, width', (value) => tuneSheet(abc, { width: value })],
  ['tuneCursor', tuneCursor],
  ['tuneCursor, options', (value) => tuneCursor(abc, value)],
  ['tuneCursor, width', (value) => tuneCursor(abc, { width: value })],
  ['tuneSound', tuneSound],
  ['tuneSound, options', (value) => tuneSound(abc, value)],
  ['tuneSound, sampleRate', (value) => tuneSound(abc, { sampleRate: value })],
  ['parseWarnings', parseWarnings],
  ['playFaults', playFaults],
  ['describeTunes', describeTunes],
  ['describeTunes, a tune', (value) => describeTunes([value])],
  ['describeTunes, training', (value) => describeTunes([], value)],
  ['tuneMidi, options', (value) => tuneMidi(abc, value)],
  ['tuneMidi, tempo', (value) => tuneMidi(abc, { tempo: value })],
  ['tuneMidi, swing', (value) => tuneMidi(abc, { swing: value })],
  ['tuneMidi, instrument', (value) => tuneMidi(abc, { instrument: value })],
  ['tuneSound, tempo', (value) => tuneSound(abc, { tempo: value })],
  ['tuneSound, swing', (value) => tuneSound(abc, { swing: value })],
  ['tuneFigures', tuneFigures],
  ['tuneFigures, a tune', (value) => tuneFigures([value])],
  ['tuneDivergence', (value) => tuneDivergence(value, tuneFigures([tune]))],
  ['tuneDivergence, others', (value) => tuneDivergence(tuneFigures([tune]), value)],
  ['harmonize', harmonize],
  ['openComposer', openComposer],
  ['openComposer, options', (value) => openComposer(new Uint8Array(), value)],
  ['TuneModel.load', (value) => TuneModel.load(value)],
  ['TuneModel.fromBytes', (value) => TuneModel.fromBytes(value)],
  ['TuneModel.fit', (value) => new TuneModel({ units: 2, layers: 1 }).fit(value)],
  ['TuneModel.fit, a tune', (value) => new TuneModel({ units: 2, layers: 1 }).fit([value])],
  ['TuneModel.unlearntOf', (value) => new TuneModel({ units: 2, layers: 1 }).unlearntOf(value)],
  ['MusicModel.fit', (value) => new MusicModel({ units: 2, layers: 1 }).fit(value)],
  ['MusicModel.fit, a tune', (value) => new MusicModel({ units: 2, layers: 1 }).fit([value])],
];

/** What a value comes to: nothing, or what was thrown. */
async function thrownBy(take: Taker, value: unknown): Promise<unknown> {
  try {
    await take(value as never);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a value of a wrong kind', () => {
  it.each(takers)('given to %s is refused by name, or taken as what it is', async (_, take) => {
    let refused = 0;
    for (const [title, value] of wrongValues) {
      const thrown = await thrownBy(take, value);
      if (thrown === undefined) continue;
      refused += 1;
      expect(thrown, title).toBeInstanceOf(SeqkitError);
    }
    // Texts and numbers may be what is asked for: most are not.
    expect(refused).toBeGreaterThan(wrongValues.length / 2);
  });

  it.each([
    ['MusicModel', MusicModel, composeOptions],
    ['TuneModel', TuneModel, composeTuneOptions],
  ] as const)('given to compose of a %s as an option is refused by its name', async (_, Model, options) => {
    const model = new Model({ cell: 'gru', units: 2, layers: 1 });
    const many = Array.from({ length: 40 }, () => tune);
    await model.fit(many, { batchSize: 2, seqLength: 8, epochs: 1, heldOut: 0 });
    for (const option of options) {
      for (const [title, value] of wrongValues) {
        // Numbers that are in range would only make it compose.
        if (typeof value === 'number' && value > 0 && Number.isFinite(value)) continue;
        const thrown = await thrownBy((given) => {
          const asked = { signal: AbortSignal.abort(), [option]: given };
          return model instanceof MusicModel ? model.compose({ maxBars: 1, ...asked }) : model.compose(asked);
        }, value);
        if (thrown !== undefined) expect(thrown, `${option}: ${title}`).toBeInstanceOf(SeqkitError);
        else
          expect(['undefined', 'string', 'boolean', 'number'], `${option}: ${title}`).toContain(typeof value);
      }
    }
    for (const [title, value] of wrongValues) {
      const thrown = await thrownBy((given) => model.compose(given), value);
      if (thrown !== undefined) expect(thrown, title).toBeInstanceOf(SeqkitError);
    }
    await model.dispose();
  });

  it('names what it was, what was expected and what came', () => {
    expect(() => readTunes(3 as never)).toThrow('readTunes: text must be text in ABC, not 3.');
    expect(() => writeTunes([{ ...tune, title: 'a\nK:F' }])).toThrow(
      'writeTunes: tunes[0].title must be one line of text, not "a\\nK:F".',
    );
    expect(() => writeTunes([{ ...tune, meter: 'fast' }])).toThrow(
      'tunes[0].meter must be a meter such as "4/4"',
    );
    expect(() => readMidi('MThd' as never)).toThrow(
      "readMidi: bytes must be a MIDI file's bytes, a Uint8Array",
    );
  });

  it.each(['', 'X:1\n', 'K:', '|', '[', 'X:1\nK:C\n|2 ', 'X:1\nM:4/4\nK:C\nA8:|2 ', '\0', 'X:1\nK:C\n(3\n'])(
    'a text that is no tune, %j, is no fault of the program',
    async (text) => {
      for (const take of [tuneMidi, tuneSheet, tuneCursor, tuneSound, parseWarnings, playFaults, readTunes]) {
        const thrown = await thrownBy(take, text);
        if (thrown !== undefined) expect(thrown).toBeInstanceOf(SeqkitError);
      }
    },
  );
});
