import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../../src/base/host/package-file.js';
import { Random } from '../../../../src/base/math/random.js';
import { loadAbcjs } from '../../../../src/text/music/playback/abcjs.js';
import { barTicks, WHOLE_TICKS } from '../../../../src/text/music/notation/meter.js';
import { readMidi } from '../../../../src/text/music/midi/read-midi.js';
import { readTunes } from '../../../../src/text/music/notation/read-tunes.js';
import { tuneMidi } from '../../../../src/text/music/playback/tune-files.js';
import { writeTune } from '../../../../src/text/music/notation/tune.js';
import { judgeTune, wrongBars } from '../judge-tune.js';
import {
  chunk,
  key,
  line,
  meter,
  midiBytes,
  notes,
  tempo,
  text,
  trackName,
  type TimedEvent,
} from './midi-bytes.js';

/** What abcjs plays of a tune: pitches, starts and lengths, in 1/192 of a whole note. */
async function played(abc: string): Promise<string[]> {
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  const events = tune
    .setUpAudio()
    .tracks.flat()
    .filter(({ cmd }) => cmd === 'note');
  const round = (time: number): number => Math.round(time * 192);
  return events
    .map(({ pitch, start, duration }) => `${round(start)} ${pitch} ${round(start + duration) - round(start)}`)
    .sort((a, b) => Number.parseInt(a) - Number.parseInt(b) || a.localeCompare(b));
}

/** A tune through abcjs's MIDI and back. */
async function thereAndBack(abc: string): Promise<{ abc: string; remarks: readonly string[] }> {
  const { tune, remarks } = readMidi(await tuneMidi(abc));
  return { abc: writeTune(tune, 1), remarks };
}

const field = (abc: string, name: string): string => new RegExp(`^${name}:(.*)$`, 'm').exec(abc)![1];

describe('a tune through MIDI and back', () => {
  const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
  const some = tunes.filter((_, i) => i % 7 === 3);
  const own: readonly [string, string][] = [
    ['endings and a pickup', 'M:4/4\nL:1/8\nK:D\nDE|:A2GA GAGF|E4 D2AB|1 d8:|2 d4 d2 DE||A6|]\n'],
    ['a waltz with ties', 'M:3/4\nL:1/4\nK:Bb\nF|B2 d-|d2 c|B A- A/G/|F2|]\n'],
    ['6/8 with triplets and sixteenths', 'M:6/8\nL:1/8\nK:Em\nB|E2E G/A/BG|(3EFG A B3|e3- e2:|\n'],
    ['quarter triplets and swing', 'M:C|\nL:1/8\nK:F\n(3A2B2c2 f4|(3:2:2A2B (3:2:2c2d f4|\n'],
    ['accidentals', "M:4/4\nL:1/8\nK:Gm\nG^F=F_E =E=B_Bc|^c2 ^f2 =a2 _a2|^F2-F2 f2 F2|d,2^d2_d'2=d2|]\n"],
    ['chords', 'M:2/4\nL:1/8\nK:A\n[Ace]2 [A=c]2|[CE]4|A4|]\n'],
    ['rests', 'M:4/4\nL:1/8\nK:C\nG2 CD z EzF|z8|G2z2 z4|c8|]\n'],
    ['a change of key', 'M:4/4\nL:1/8\nK:D\nF8|c8|\nK:F\nB8|e8|]\n'],
    ['5/4', 'M:5/4\nL:1/8\nK:Am\nA2B2c2d2e2|A/B/c/d/ e3 f A4|]\n'],
    ['12/8 with a long tied note', 'M:12/8\nL:1/8\nK:G\nGAB c2d e3 d3|g12-|g5 f g6|]\n'],
  ];
  const all = [
    ...some.map((tune) => [`${tune.title}, a ${tune.type} in ${tune.key}`, writeTune(tune, 1)]),
    ...own.map(([title, abc]) => [title, `X:1\nT:${title}\n${abc}`]),
  ];

  it.each(all)('has the same notes, lengths and bars: %s', async (_, abc) => {
    const again = await thereAndBack(abc);
    expect(await played(again.abc), again.abc).toEqual(await played(abc));
    expect(again.remarks).toEqual([]);
    expect(field(again.abc, 'M')).toBe(field(abc, 'M'));
    const [there, back] = [await judgeTune(abc), await judgeTune(again.abc)];
    expect(back.warnings).toEqual([]);
    // The pickup, and whole bars from there.
    expect(back.bars[0].length).toBeCloseTo(there.bars[0].length, 6);
    expect(wrongBars(back, barTicks(field(abc, 'M')) / WHOLE_TICKS), again.abc).toEqual([]);
  });

  it('is written with the signature, unit and title of the file', async () => {
    const { abc } = await thereAndBack('X:1\nT:Füße\nM:3/4\nL:1/4\nK:Ador\nA B c|e2 d|A3|]\n');
    // A MIDI file knows major and minor: A dorian has the sharp of G.
    expect(abc).toBe('X:1\nT:Füße\nM:3/4\nL:1/8\nK:G\nA2 B2 c2|e4 d2|A6|]\n\n');
  });
});

const q = 96;
const scale = line([60, 62, 64, 65, 67, 69, 71, 72].map((pitch) => [pitch, q]));
const bodyOf = (bytes: Uint8Array): string => readMidi(bytes).tune.body;

describe('readMidi', () => {
  it('reads what the standard says, byte by byte', () => {
    // Running status, a note that ends by velocity 0, a chunk that is nobody's, RIFF around it all.
    const track = [
      [0, 0xff, 0x58, 4, 4, 2, 24, 8],
      [0, 0xff, 0x59, 2, 0xfe, 0],
      [0, 0x90, 70, 80],
      [0x81, 0x40, 70, 0],
      [0, 72, 80],
      [0x81, 0x40, 72, 0],
      [0x81, 0x40, 0xff, 0x2f, 0],
    ].flat();
    const header = chunk('MThd', [0, 0, 0, 1, 0, 96]);
    const bare = [...header, ...chunk('XFIH', [1, 2, 3]), ...chunk('MTrk', track)];
    const size = (length: number): number[] => [length & 255, length >> 8, 0, 0];
    const riff = [
      ...Buffer.from('RIFF'),
      ...size(bare.length + 12),
      ...Buffer.from('RMIDdata'),
      ...size(bare.length),
      ...bare,
    ];
    for (const bytes of [bare, riff]) {
      const { tune, remarks } = readMidi(Uint8Array.from(bytes), { title: 'From its file' });
      expect(tune).toEqual({
        ...{ title: 'From its file', type: '', meter: '4/4', unit: '1/8', key: 'Bb', body: 'B4 c4|]\n' },
      });
      expect(remarks).toEqual([]);
    }
  });

  it('takes the track that is named so, or lies highest, and names the others', () => {
    const low = notes(
      scale.map((note) => ({ ...note, pitch: note.pitch - 12 })),
      1,
    );
    const drums = notes(
      line([
        [36, q],
        [38, q],
        [36, q],
      ]),
      9,
    );
    const head = [meter(4, 4), key(0)];
    const three = (...names: string[]) =>
      midiBytes([head, [trackName(names[0]), ...low], [trackName(names[1]), ...notes(scale)], drums]);
    const high = readMidi(three('Cello', 'Fiddle'));
    expect(high.tune.body).toBe('C2D2 E2F2|G2A2 B2c2|]\n');
    expect(high.remarks).toEqual([
      'the melody is track 3 (Fiddle), channel 1',
      'track 2 (Cello), channel 2 left out, 8 notes',
      '3 notes of percussion left out',
    ]);
    const named = readMidi(three('Melody', 'Descant'));
    expect(named.tune.body).toBe('C,2D,2 E,2F,2|G,2A,2 B,2C2|]\n');
    // A few high notes are no melody.
    const bell = notes([{ pitch: 96, start: 0, length: q }], 2);
    expect(bodyOf(midiBytes([head, notes(scale), bell]))).toBe('C2D2 E2F2|G2A2 B2c2|]\n');
    expect(() => readMidi(midiBytes([drums]))).toThrow('it has no notes but percussion');
  });

  it('keeps the highest of what sounds together, and chords', () => {
    const over = [
      { pitch: 72, start: 0, length: 2 * q },
      { pitch: 55, start: 0, length: 4 * q },
      { pitch: 60, start: q, length: q },
      // A chord.
      { pitch: 67, start: 2 * q, length: q },
      { pitch: 64, start: 2 * q, length: q },
      // Goes on under a higher one, and is cut.
      { pitch: 60, start: 3 * q, length: 4 * q },
      { pitch: 76, start: 4 * q, length: 4 * q },
    ];
    const { tune, remarks } = readMidi(midiBytes([[meter(4, 4), key(0), ...notes(over)]]));
    expect(tune.body).toBe('c4 [GE]2C2|e8|]\n');
    expect(remarks).toEqual([
      '2 notes under the melody left out',
      '1 note cut short where a higher one begins',
    ]);
  });

  it('moves what is off the grid, and plays early or legato, back onto it', () => {
    const random = new Random(5);
    // Within 18 ms at 120 quarters a minute: 3.5 of 96 ticks.
    const shaken = (played: ReturnType<typeof line>) =>
      played.map((note, i) => {
        const shift = i === 0 ? 0 : Math.round(7 * random.uniform() - 3.5);
        return {
          ...note,
          start: note.start + shift,
          length: note.length + Math.round(8 * random.uniform() - 6),
        };
      });
    const tune = line([
      ...([
        [62, q / 2],
        [64, q / 2],
        [66, q],
        [67, q / 3],
        [69, q / 3],
        [71, q / 3],
        [73, q / 4],
        [74, 3 * (q / 4)],
      ] as const),
      ...([
        [74, 1.5 * q],
        [73, q / 2],
        [0, q],
        [69, q],
      ] as const),
    ]);
    const expected = 'DEF2 (3GABc/d3/2|d3c z2A2|]\n';
    const exact = readMidi(midiBytes([[meter(4, 4), key(2), ...notes(tune)]]));
    expect(exact.tune.body).toBe(expected);
    expect(exact.remarks).toEqual([]);
    for (let i = 0; i < 20; i++) {
      const live = readMidi(midiBytes([[meter(4, 4), key(2), ...notes(shaken(tune))]]));
      expect(live.tune.body).toBe(expected);
      expect(live.remarks.join()).toMatch(
        /^\d+ beginnings and ends of notes off the grid moved, by 0\.0\d+ of a whole note at most$/,
      );
    }
  });

  it('writes notes too short for a place of their own as grace notes', () => {
    const ornament = [
      { pitch: 71, start: 0, length: 4 },
      { pitch: 69, start: 4, length: 4 },
      { pitch: 67, start: 8, length: 4 * q - 8 },
    ];
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...notes(ornament)]]))).toBe('{BA}G8|]\n');
  });

  it('finds the pickup: in a short first meter, after a rest, and where the loud beats lie', () => {
    const expected = 'G2|C2D2 E2F2|G8|]\n';
    const tune: [number, number][] = [
      [67, q],
      [60, q],
      [62, q],
      [64, q],
      [65, q],
      [67, 4 * q],
    ];
    const short = [meter(1, 4), key(0), ...notes(line(tune)).slice(0, 2)];
    const rest = notes(
      line(tune)
        .slice(1)
        .map((note) => ({ ...note, start: note.start - q })),
    );
    expect(bodyOf(midiBytes([[...short, meter(4, 4), ...rest]]))).toBe(expected);
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...notes(line(tune, 3 * q))]]))).toBe(expected);
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...notes(line(tune, 11 * q))]]))).toBe(expected);
    const loud = line(tune).map((note) => ({ ...note, velocity: note.start % (4 * q) === q ? 105 : 85 }));
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...notes(loud)]]))).toBe(expected);
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...notes(line(tune))]]))).toBe('G2C2 D2E2|F2G6-|G2z6|]\n');
  });

  it('guesses key and meter where the file has none, and says so', () => {
    const minor = line([64, 66, 67, 69, 71, 72, 71, 64].map((pitch) => [pitch, q]));
    expect(readMidi(midiBytes([notes(minor)]))).toMatchObject({
      tune: { meter: '4/4', key: 'Em', body: 'E2F2 G2A2|B2c2 B2E2|]\n' },
      remarks: ['no meter in the file, taken to be 4/4', 'no key in the file, taken to be Em'],
    });
  });

  it('names what a tune cannot hold', () => {
    const words = ['la', 'la'].map((word) => text(5, word));
    const bend = [0, 0xe0, 0, 0x50] as const;
    const events = [meter(4, 4), key(0), tempo(), ...words, bend, ...notes(scale), tempo(), tempo(q)];
    const high = notes(
      line([
        [120, q],
        [60, q],
      ]),
    );
    expect(readMidi(midiBytes([events])).remarks).toEqual([
      ...['1 pitch bend left out', '2 syllables of lyrics left out', '2 changes of tempo left out'],
    ]);
    expect(readMidi(midiBytes([[meter(2, 4), key(0), ...high]]))).toMatchObject({
      tune: { body: "c''2 C2|]\n" },
      remarks: ['1 note beyond the range of ABC moved by octaves'],
    });
    const open = [
      meter(2, 4),
      key(0),
      [0, 0x90, 60, 80],
      [q, 0x80, 60, 0],
      [0, 0x90, 62, 80],
      text(1, 'end'),
    ] as const;
    expect(readMidi(midiBytes([[...open, [q, 0xff, 1, 0]]])).remarks).toEqual([
      '1 note without an end or a length',
    ]);
  });

  it('ends a note where the next of its pitch begins', () => {
    // Two beginnings at once, and one end: the first of them is over as it begins.
    const twice: TimedEvent[] = [
      [0, 0x90, 72, 90],
      [0, 0x90, 72, 90],
      [q, 0x80, 72, 0],
      ...notes(scale),
      ...notes(scale),
    ];
    const { tune, remarks } = readMidi(midiBytes([[meter(4, 4), key(0), ...twice]]));
    expect(tune.body).toBe('c2C2 D2E2|F2G2 A2B2|c2C2 D2E2|F2G2 A2B2|\nc2z6|]\n');
    expect(remarks).toEqual([]);
    const after = line([62, 64].map((pitch) => [pitch, q]));
    // A beginning while the same note sounds, and one end for both; then, as hands play, each with its own.
    const again = (ends: TimedEvent[]): string =>
      bodyOf(
        midiBytes([[meter(2, 4), key(0), [0, 0x90, 60, 80], [q, 0x90, 60, 80], ...ends, ...notes(after)]]),
      );
    expect(again([[q, 0x80, 60, 0]])).toBe('C2 C2|D2 E2|]\n');
    expect(
      again([
        [0, 0x80, 60, 0],
        [q, 0x80, 60, 0],
      ]),
    ).toBe('C2 C2|D2 E2|]\n');
    expect(
      again([
        [2, 0x80, 60, 0],
        [q - 2, 0x80, 60, 0],
      ]),
    ).toBe('C2 C2|D2 E2|]\n');
  });

  it('ends a note that never ends where the next begins, or with its phrase', () => {
    const stuck = (pitch: number): TimedEvent[] => [
      [0, 0x90, pitch, 80],
      // Four notes and a rest of a half, then two more.
      ...notes(
        line(
          [
            [64, q],
            [65, q],
            [67, q],
            [69, q],
            [0, 2 * q],
            [71, q],
            [72, q],
          ],
          q,
        ),
      ),
    ];
    for (const pitch of [60, 84]) {
      const { tune, remarks } = readMidi(midiBytes([[meter(4, 4), key(0), ...stuck(pitch)]]));
      expect(tune.body).toBe(`${pitch === 60 ? 'C' : "c'"}2E2 F2G2|A2z4B2|c2z6|]\n`);
      expect(remarks).toEqual(['1 note without an end or a length']);
    }
    const last = [...notes(scale.slice(0, 3)), [0, 0x90, 72, 80], [100 * q, 0xff, 1, 0]] as const;
    expect(bodyOf(midiBytes([[meter(4, 4), key(0), ...last]]))).toBe('C2D2 E2c2-|c6z2|]\n');
  });

  it('reads every track that is there, whatever the header says', () => {
    const low = notes(scale.map((note) => ({ ...note, pitch: note.pitch - 24 })));
    const tracks = [[meter(4, 4), key(0)], low, [trackName('Melody'), ...notes(scale)]];
    for (const said of [2, 9]) {
      const bytes = midiBytes(tracks);
      bytes[11] = said;
      const { tune, remarks } = readMidi(bytes);
      expect(tune.body).toBe('C2D2 E2F2|G2A2 B2c2|]\n');
      expect(remarks[0]).toBe(`3 tracks, though the header says ${said}`);
    }
  });

  it.each([
    ['an empty file', new Uint8Array(), 'it does not begin as a MIDI file does'],
    ['a RIFF file of sound', Uint8Array.from(Buffer.from('RIFF....WAVEfmt ')), 'it does not begin'],
    ['a cut one', midiBytes([notes(scale)]).subarray(0, 60), 'track 1 is cut off: '],
    [
      'a missing track',
      Uint8Array.from(chunk('MThd', [0, 1, 0, 2, 0, 96])),
      'should have 2 tracks, and 0 are there',
    ],
    [
      'a header only begun',
      Uint8Array.from([...Buffer.from('MThd'), 0, 0, 0, 6, 0]),
      'its header is cut off',
    ],
    ['no beats', midiBytes([notes(scale)], { perQuarter: 0 }), 'counted in frames'],
    ['frames', midiBytes([notes(scale)], { perQuarter: 0xe728 }), 'counted in frames'],
    ['format 2', midiBytes([notes(scale)], { format: 2 }), 'separate patterns'],
    [
      'wild bytes',
      midiBytes([[[0, 0xf4, 1, 2, 3]]]),
      'it is damaged: Unrecognised MIDI event type byte: 244',
    ],
    ['no notes', midiBytes([[meter(4, 4)]]), 'it has no notes but percussion'],
    [
      'a meter nobody knows',
      midiBytes([[meter(4, 32), ...notes(scale)]]),
      'the meter 4/32 is not understood',
    ],
    [
      'two meters',
      midiBytes([[meter(4, 4), ...notes(scale), meter(3, 4), ...notes(scale)]]),
      'its meter changes from 4/4 to 3/4 at bar 3',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readMidi(bytes)).toThrow(message);
  });

  it('never throws anything but its own errors, whatever is broken', async () => {
    const whole = await tuneMidi('X:1\nT:a\nM:4/4\nL:1/8\nK:D\nDE|A2GA GAGF|[EA]8|]\n');
    const random = new Random(7);
    let read = 0;
    for (let i = 0; i < 400; i++) {
      const bytes = Uint8Array.from(whole);
      for (let k = 0; k < 3; k++)
        bytes[14 + Math.floor(random.uniform() * (bytes.length - 14))] = Math.floor(256 * random.uniform());
      try {
        readMidi(bytes);
        read += 1;
      } catch (error) {
        expect(error).toMatchObject({ name: 'SeqkitError' });
      }
    }
    expect(read).toBeGreaterThan(20);
    expect(read).toBeLessThan(400);
  });
});
