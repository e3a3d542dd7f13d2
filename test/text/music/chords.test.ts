import { describe, expect, it } from 'vitest';
import { askedProgression, keyOfProgression } from '../../../src/text/music/composition/progression.js';
import { chordKinds, chordName, readChord } from '../../../src/text/music/notation/chord-names.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import { writeBar } from '../../../src/text/music/form/write-bar.js';
import { stepOf } from '../../../src/text/music/form/melody.js';
import { WHOLE_TICKS } from '../../../src/text/music/notation/meter.js';
import { readMidi, readTunes, tuneMidi } from '../../../src/text/index.js';
import { key, line, meter, midiBytes, notes, trackName } from './midi/midi-bytes.js';
import { readScore } from '../../../src/text/music/midi/score.js';

const tune = (body: string, key = 'C') => `X:1\nT:A tune\nM:4/4\nL:1/8\nK:${key}\n${body}\n`;

/** The pitch classes that abcjs plays for a chord symbol. */
async function played(name: string): Promise<number[]> {
  const { parts } = readScore(await tuneMidi(tune(`"${name}"z8|"${name}"z8|]`)));
  const classes = parts.flatMap(({ notes }) => notes.map(({ pitch }) => pitch % 12));
  return [...new Set(classes)].sort((a, b) => a - b);
}

const tonesOf = (name: string): number[] => {
  const { root, kind } = readChord(name)!;
  return chordKinds[kind].map((tone) => (root + tone) % 12).sort((a, b) => a - b);
};

describe('chord symbols', () => {
  it.each(
    'C Dm F#m Bb G7 Ebmaj7 Am7 A-7 Bdim B°7 F#m7b5 Caug C+ Dsus4 Dsus G6 Em6 Abmaj7 Cm D7sus4'.split(' '),
  )('%s has the tones that abcjs plays', async (name) => {
    const tones = tonesOf(name);
    // The seventh of a suspended chord is passed over.
    if (name === 'D7sus4') expect(await played(name)).toEqual(expect.arrayContaining(tones));
    else expect(await played(name)).toEqual(tones);
  });

  it.each([
    ['Cmaj9', 'Cmaj7'],
    ['Cm11', 'Cm7'],
    ['C13', 'C7'],
    ['Cadd9', 'C'],
    ['D/F#', 'D'],
    ['CΔ', 'Cmaj7'],
    ['CM7', 'Cmaj7'],
    ['Cø', 'Cm7b5'],
    ['C♯m', 'C#m'],
    ['Cmin', 'Cm'],
    ['Cmaj', 'C'],
  ])('%s is read as %s', (written, plain) => expect(readChord(written)).toEqual(readChord(plain)));

  it.each(['', 'H', 'Swing', 'Fine', 'c', 'C?', 'D.C.', '1', 'Coda', 'Dolce'])('%j is none', (text) =>
    expect(readChord(text)).toBeUndefined(),
  );

  it('are spelled as the key has them', () => {
    const name = (root: number, key: string) => chordName({ root, kind: 'minorSeventh' }, key);
    const seventh = (root: number, key: string) => chordName({ root, kind: 'seventh' }, key);
    expect(['D', 'F', 'A', 'Eb', 'C'].map((key) => name(6, key))).toEqual([
      'F#m7',
      'Gbm7',
      'F#m7',
      'Gbm7',
      'F#m7',
    ]);
    expect(['F', 'Bb', 'Cm', 'D'].map((key) => seventh(10, key))).toEqual(['Bb7', 'Bb7', 'Bb7', 'Bb7']);
    expect([1, 3, 6, 8, 10].map((root) => seventh(root, 'C'))).toEqual(['Db7', 'Eb7', 'F#7', 'Ab7', 'Bb7']);
    const diminished = (root: number) => chordName({ root, kind: 'diminishedSeventh' }, 'C');
    expect([1, 3, 6, 8].map(diminished)).toEqual(['C#dim7', 'D#dim7', 'F#dim7', 'G#dim7']);
    for (const key of ['Gb', 'C#', 'Abm', 'G#dor', 'F#lyd', 'Dbphr']) {
      for (let root = 0; root < 12; root++) expect(readChord(name(root, key))?.root).toBe(root);
    }
  });
});

describe('a progression', () => {
  it('has the chords of each bar', () => {
    const names = (text: string) =>
      askedProgression(text).map((bar) => bar.map((chord) => chordName(chord, 'C')).join(' '));
    expect(names('Dm7 G7 | C | % | A7')).toEqual(['Dm7 G7', 'C', 'C', 'A7']);
    expect(names(' | Am | F |')).toEqual(['Am', 'F']);
  });

  it.each([
    ['', 'bar 1 is empty'],
    ['C | | G', 'bar 2 is empty'],
    ['% | C', '"%" is no chord'],
    ['C G Am F C', 'bar 1 has 5 chords; 4 is the most'],
    [new Array(65).fill('C').join('|'), 'it has 65 bars; 64 is the most'],
    ['C | Hm', '"Hm" is no chord'],
  ])('%j is refused', (text, reason) => expect(() => askedProgression(text)).toThrow(reason));

  it.each([
    ['Dm G7 | C | Am | F G', 'C'],
    ['Am | Dm | E7 | Am', 'Am'],
    ['D | G | A7 | D', 'D'],
    ['Bbmaj7 | Gm7 | Cm7 | F7', 'Bb'],
  ])('%j is in %s', (text, key) => expect(keyOfProgression(askedProgression(text))).toBe(key));
});

describe('chords of MIDI files', () => {
  it('are those that abcjs was told to play under the melody', async () => {
    const body = '"Dm7"A2FD A2c2|"G7"B2dB G2B2|"Cmaj7"e2cB G2E2|"C6"c4 e4|"Am"A8|"F#dim"c8|]\n';
    const { tune: read } = readMidi(await tuneMidi(tune(body)));
    expect([...read.body.matchAll(/"([^"]*)"/g)].map(([, name]) => name)).toEqual([
      ...['Dm7', 'G7', 'Cmaj7', 'C6', 'Am', 'F#dim'],
    ]);
    expect(read.body.replace(/"[^"]*"|\s/g, '')).toBe(body.replace(/"[^"]*"|\s/g, ''));
  });

  it('change within a bar where the accompaniment does, over a note that is tied there too', async () => {
    const chordsIn = async (abc: string): Promise<string> => {
      const { tune: read, remarks } = readMidi(await tuneMidi(abc));
      const names = [...read.body.matchAll(/"[^"]*"/g)];
      expect(remarks).toContain(`${names.length} chords of them written over the melody`);
      return read.body.replace(/\s/g, '');
    };
    const body = '"Dm7"A2F2"G7"B2d2|"C"e4"Am"c4|"F"c8|"G7"d4"C"e4|]';
    expect(await chordsIn(tune(body))).toBe(body);
    // The whole note is one, and is tied where the chord changes under it; the rest needs no tie.
    const long = await chordsIn(tune('"Dm"d4-"G7"d4|"C"d4"G7"z4|"C"c8|]'));
    expect(long).toBe('"Dm"d4-"G7"d4|"C"d4"G7"z4|"C"c8|]');
    const waltz = await chordsIn(tune('"G"B6|"C"e2g2"D7"f2|"G"g6|]').replace('M:4/4', 'M:3/4'));
    expect(waltz).toBe('"G"B6|"C"e2g2"D7"f2|"G"g6|]');
  });

  it('are one in a bar whose accompaniment walks to other tones', () => {
    // A bass from C over E and G to A, with the chord of C above.
    const bass = line([
      [48, 96],
      [52, 96],
      [55, 96],
      [57, 96],
    ]);
    const pad = [64, 67, 72].map((pitch) => ({ pitch, start: 0, length: 384 }));
    const melody = line([
      [84, 192],
      [79, 192],
      [84, 384],
    ]);
    const end = [48, 52, 55].map((pitch) => ({ pitch, start: 384, length: 384 }));
    const bytes = midiBytes([
      [trackName('Melody'), meter(4, 4), key(0), ...notes(melody)],
      [trackName('Piano'), ...notes([...bass, ...pad, ...end], 1)],
    ]);
    expect(readMidi(bytes).tune.body.replace(/\s/g, '')).toBe(`"C"c'4g4|"C"c'8|]`);
  });

  it('are none where one voice goes beside another', async () => {
    const { tunes } = readTunes(tune('V:1\nc2d2 e2f2|g8|]\nV:2\nC2D2 E2F2|G,8|]'));
    expect(tunes[0].voices).toHaveLength(1);
    const { tune: read } = readMidi(await tuneMidi(tune('V:1\nc2d2 e2f2|g8|]\nV:2\nC2D2 E2F2|G,8|]')));
    expect(read.body).not.toContain('"');
  });
});

it('a chord that begins within a note is written over a part of it, tied, which is one note again when it is read', () => {
  const note = { pitch: { step: stepOf('d', ''), alteration: 0 }, ticks: WHOLE_TICKS, tied: false };
  const chords = [
    { at: 0, name: 'D' },
    { at: WHOLE_TICKS / 2, name: 'A7' },
  ];
  const written = writeBar([note], { meter: '4/4', unit: '1/8', key: 'D' }, { chords });
  expect(written).toBe('"D"d4- "A7"d4');
  const [{ bars }] = readMelody(readTunes(tune(`${written}|]`, 'D')).tunes[0]).sections;
  expect(bars[0].notes).toEqual([note]);
  expect(bars[0].chords?.map(({ at }) => at)).toEqual([0, WHOLE_TICKS / 2]);
  // A rest needs no tie, and what has no plain parts stays whole.
  const rest = { ...note, pitch: undefined };
  const inBar = { meter: '4/4', unit: '1/8', key: 'D' };
  expect(writeBar([rest], inBar, { chords })).toBe('"D"z4 "A7"z4');
  expect(writeBar([note], inBar, { chords: [{ at: WHOLE_TICKS / 3, name: 'G' }] })).toBe('d8');
});
