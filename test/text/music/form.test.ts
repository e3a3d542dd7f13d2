import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { BarFillings, seenFillings } from '../../../src/text/music/form/bar-fillings.js';
import { harmonize } from '../../../src/text/music/form/harmony.js';
import { midiNumber, writtenBars } from '../../../src/text/music/form/melody.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import {
  melodySymbols,
  noteOf,
  registerOf,
  styleOf,
  symbolsBefore,
} from '../../../src/text/music/form/tune-symbols.js';
import { writeMelody } from '../../../src/text/music/form/write-melody.js';
import { readTunes } from '../../../src/text/music/notation/read-tunes.js';
import type { Tune } from '../../../src/text/music/notation/tune.js';
import { loadAbcjs } from '../../../src/text/music/playback/abcjs.js';

const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));

function tuneOf(body: string, { meter = '4/4', key = 'D' } = {}): Tune {
  const read = readTunes(`X:1\nT:t\nM:${meter}\nL:1/8\nK:${key}\n${body}\n`);
  expect(read.faults).toEqual([]);
  return read.tunes[0];
}

/** What abcjs plays of a tune: pitches with their starts and lengths in whole notes, in MIDI's time. */
async function played({ meter, unit, key, body }: Tune): Promise<string[]> {
  const abc = `X:1\nM:${meter}\nL:${unit}\nK:${key}\n${body}`;
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  return tune
    .setUpAudio()
    .tracks.flat()
    .filter(({ cmd }) => cmd === 'note')
    .map(({ pitch, start }) => `${pitch}@${start.toFixed(4)}`);
}

describe('readMelody', () => {
  it('finds sections, repeats, endings and pickups', () => {
    const { sections } = readMelody(
      tuneOf('|:AB|c2d2 e2f2|g4 a2:|\n|:AB|c8|d8|1e6:|2f6||\nA8|B8|]', { key: 'C' }),
    );
    expect(
      sections.map(({ bars, first, second, repeated }) => [
        bars.length,
        first.length,
        second.length,
        repeated,
      ]),
    ).toEqual([
      [3, 0, 0, true],
      [3, 1, 1, true],
      [2, 0, 0, false],
    ]);
    expect(sections[0].bars[0].ticks).toBe(sections[0].bars[1].whole / 4);
  });

  it('hears key, accidentals of the bar, ties, triplets, broken rhythm and the top of chords', () => {
    const tune = tuneOf('F^GG (3ABc d>e z|[Ace]2-[Ace]2 F=F F2-|F8|', { key: 'D' });
    const notes = writtenBars(readMelody(tune)).flatMap((bar) => bar.notes);
    const eighth = 1680;
    expect(notes.map(({ pitch, ticks, tied }) => [pitch && midiNumber(pitch), ticks / eighth, tied])).toEqual(
      [
        [66, 1, false],
        [68, 1, false],
        [68, 1, false],
        ...[69, 71, 73].map((pitch) => [pitch, 2 / 3, false]),
        [74, 1.5, false],
        [76, 0.5, false],
        [undefined, 1, false],
        [76, 4, false],
        [66, 1, false],
        [65, 1, false],
        [65, 2, false],
        [65, 8, true],
      ],
    );
  });

  it('is heard by abcjs the same when it is written again', async () => {
    for (const tune of [...tunes, tuneOf('|:GA|^A2=A2 B>c (3def|g4 f2:|', { key: 'G' })]) {
      const body = writeMelody(readMelody(tune))!;
      expect(await played({ ...tune, body }), tune.body).toEqual(await played(tune));
    }
  });
});

describe('symbols of a tune', () => {
  it('tell form, places, bars taken up and degrees, worked out by hand', () => {
    const tune = tuneOf('|:D|DFA dAF|E3 G2A|DFA dAF|E3 D2:|', { meter: '6/8', key: 'D' });
    const n = (degree: number, eighths = 1): string => `${degree}:${1680 * eighths}`;
    const room = (eighths: number): string => `room ${1680 * eighths} by 5040`;
    expect(melodySymbols(readMelody({ ...tune, type: 'jig' }))).toEqual([
      ...['type jig', 'meter 6/8', 'tonic D', 'mode ', 'sections 1'],
      ...['section 1 last', 'twice', 'bars 4', 'pickup 1680', room(1), n(0)],
      ...['left 4', 'before 0', 'same 0', room(6), n(0), room(5), n(2), room(4), n(4)],
      ...[room(3), n(7), room(2), n(4), room(1), n(2)],
      ...['left 3', 'before 1', 'same 0', room(6), n(1, 3), room(3), n(3, 2), room(1), n(4)],
      ...['left 2', 'before 2', 'same 2', room(6), n(0), room(5), n(2), room(4), n(4)],
      ...[room(3), n(7), room(2), n(4), room(1), n(2)],
      ...['left 1 last', 'final 0', 'short', 'before 3', 'same 0'],
      ...['room 8400 of 10080 by 5040', 'final 0', n(1, 3)],
      ...['room 3360 of 5040 by 5040', 'final 0', n(0, 2)],
      'end',
    ]);
  });

  it('tell beats and no room to a model that was trained so', () => {
    const tune = tuneOf('|:D|DFA dAF|E3 D2:|', { meter: '6/8', key: 'D' });
    const symbols = melodySymbols(readMelody(tune), styleOf(['end', 'left 2', 'beats 1'])) as string[];
    expect(symbols.slice(-16).filter((symbol) => !/^\d:/.test(symbol))).toEqual([
      ...['left 2', 'same 0', 'beats 1', 'left 1 last', 'final 0', 'same 0', 'beats 1', 'end'],
    ]);
  });

  it('tell a bar that is short as no bar was as one that begins later', () => {
    const place = { meter: '6/8', at: 1680, from: 0, end: 5040, final: 'final 0' };
    const known = ['before 0', 'room 3360 by 5040', 'room 8400 by 5040'];
    expect(symbolsBefore(place, styleOf(known))).toEqual(['room 3360 by 5040', 'final 0']);
    expect(symbolsBefore(place, styleOf([...known, 'room 3360 of 8400 by 5040']))).toEqual([
      ...['room 3360 of 8400 by 5040', 'final 0'],
    ]);
  });

  it('are the same for a tune and for itself in another key, and are read back in any', () => {
    const inD = readMelody(tuneOf('|:DF^GA d=cBA|G2F2 E2D2:|', { key: 'D' }));
    const inF = readMelody(tuneOf('|:FA=Bc f_edc|B2A2 G2F2:|', { key: 'F' }));
    const bodyOf = (symbols: string[] | { reason: string }): string[] =>
      (symbols as string[]).filter((symbol) => !symbol.startsWith('tonic'));
    expect(bodyOf(melodySymbols(inD))).toEqual(bodyOf(melodySymbols(inF)));
    const note = noteOf('3^:1680', registerOf('F'))!;
    expect(midiNumber(note.pitch!)).toBe(65 + 6);
    // F flat of D major is F double flat in D flat; in G flat it would be B with three flats.
    expect(noteOf('2__:1680', registerOf('Db'))!.pitch).toEqual({ step: 3, alteration: -2 });
    expect(noteOf('2__:1680', registerOf('Gb'))).toBeUndefined();
  });

  it('leave out what changes its meter', () => {
    const { body, ...rest } = tuneOf('D8|E8|', { key: 'D' });
    const melody = readMelody({ ...rest, body: `${body.trimEnd()}[M:3/4]D6|E6|\n` });
    expect(melodySymbols(melody)).toEqual({ reason: 'it changes its meter' });
    const apart = readMelody({ ...rest, body: '|:D8|E8:|\n[M:3/4]|:D6|E6:|\n' });
    expect(melodySymbols(apart)).toEqual({ reason: 'it changes its meter' });
  });
});

describe('fillings of a bar', () => {
  it('are those that were seen to lead to its end, and no others', () => {
    // Ticks of eighths in 4/4: two eighths, then a half; a dotted quarter that leads nowhere.
    const seen: [number, number, number][] = [
      [0, 1, 5],
      [1, 1, 5],
      [0, 3, 2],
      [2, 2, 5],
    ];
    const fillings = new BarFillings(seen);
    expect([fillings.fits(0, 1, 4), fillings.fits(0, 3, 4), fillings.fits(2, 2, 4)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([fillings.reaches(1, 4), fillings.reaches(3, 4), fillings.reaches(4, 4)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are counted over the tunes that come along', () => {
    const seen = seenFillings(tunes.map(readMelody));
    const jigs = seen['6/8'];
    // By hand: each bar begins with a length, and all bars of jigs here end with a note of their last eighths.
    const bars = tunes
      .filter(({ meter }) => meter === '6/8')
      .flatMap((tune) => writtenBars(readMelody(tune)))
      .filter(({ ticks, whole }) => 2 * ticks > whole);
    expect(jigs.filter(([at]) => at === 0).reduce((sum, [, , count]) => sum + count, 0)).toBe(bars.length);
  });
});

describe('harmonize', () => {
  it('finds the chords of a plain cadence, and leaves the notes as they are', () => {
    const tune = tuneOf('|:D2|DFAF D2FA|GBdB G2Bd|ACEC A,2CE|D4 D2:|', { key: 'D' });
    const { body } = harmonize(tune);
    expect(body).toBe('|:D2|"D"DFAF D2FA|"G"GBdB G2Bd|"A"ACEC A,2CE|"D"D4 D2:|\n');
    expect(body.replace(/"[^"]*"/g, '')).toBe(tune.body);
  });

  it('names chords of minor keys and of keys with flats by the key', () => {
    const minor = harmonize(tuneOf('A2c2 e2c2|B2d2 g2d2|A2c2 e2c2|A8|]', { key: 'Am' }));
    expect([...minor.body.matchAll(/"([^"]+)"/g)].map(([, name]) => name)).toEqual(['Am', 'G', 'Am', 'Am']);
    const flat = harmonize(tuneOf('E2G2 B2G2|A2c2 e2c2|E8|]', { key: 'Eb' }));
    expect([...flat.body.matchAll(/"([^"]+)"/g)].map(([, name]) => name)).toEqual(['Eb', 'Ab', 'Eb']);
  });

  it('takes the place of symbols that stand already, once however often', () => {
    const tune = tuneOf('"C"A2c2 e2c2|"F"{g}A8|]', { key: 'Am' });
    const once = harmonize(tune);
    expect(once.body).toBe('"Am"A2c2 e2c2|"Am"{g}A8|]\n');
    expect(harmonize(once)).toEqual(once);
  });
});
