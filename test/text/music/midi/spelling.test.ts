import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../../../src/base/host/package-file.js';
import { Random } from '../../../../src/base/math/random.js';
import { loadAbcjs } from '../../../../src/text/music/playback/abcjs.js';
import { findKey } from '../../../../src/text/music/midi/key-finding.js';
import { HIGHEST_PITCH, LOWEST_PITCH, Speller } from '../../../../src/text/music/midi/spelling.js';
import { signatureOf } from '../../../../src/text/music/notation/signature.js';
import { readTunes } from '../../../../src/text/music/notation/read-tunes.js';
import { writeTune } from '../../../../src/text/music/notation/tune.js';

async function playedNotes(abc: string): Promise<{ pitch: number; duration: number }[]> {
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  expect(tune.warnings ?? []).toEqual([]);
  return tune
    .setUpAudio()
    .tracks.flat()
    .filter(({ cmd }) => cmd === 'note');
}

const keys = 'Cb Gb Db Ab Eb Bb F C G D A E B F# C# Abm Dm Gm Em C#m A#m Ador Emix Bbphr Flyd F#loc'.split(
  ' ',
);

describe('Speller', () => {
  it.each(keys)('writes every pitch so that abcjs plays it, in %s', async (key) => {
    const random = new Random(2);
    const every = Array.from({ length: HIGHEST_PITCH - LOWEST_PITCH + 1 }, (_, i) => LOWEST_PITCH + i);
    const pitches = [...every, ...random.shuffle([...every]), ...random.shuffle([...every])];
    const speller = new Speller(key);
    const body = pitches.map((pitch, i) => {
      if (i % 8 === 0) speller.startBar();
      return `${i > 0 && i % 8 === 0 ? '|' : ''}${speller.write(pitch)}`;
    });
    const notes = await playedNotes(`X:1\nM:4/4\nL:1/8\nK:${key}\n${body.join('')}|]\n`);
    expect(notes.map(({ pitch }) => pitch)).toEqual(pitches);
  });

  it('takes the names that the key suggests', () => {
    const write = (key: string, ...pitches: number[]): string => {
      const speller = new Speller(key);
      speller.startBar();
      return pitches.map((pitch) => speller.write(pitch)).join(' ');
    };
    // The raised seventh and the lowered second of minor, the raised fourth of major.
    expect(write('Dm', 61, 62, 63)).toBe('^C D _E');
    expect(write('C', 60, 66, 67, 70)).toBe('C ^F G _B');
    expect(write('Eb', 63, 69, 70)).toBe('E =A B');
    expect(write('F#m', 65, 66)).toBe('^E F');
    // An accidental holds to the end of the bar, and is written where another octave may be in doubt.
    expect(write('D', 65, 65, 66, 77, 78)).toBe('=F F ^F =f ^f');
  });
});

describe('findKey', () => {
  it('finds the keys of tunes: exactly for most, and nearly always the signature', async () => {
    const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
    const some = tunes.filter((_, i) => i % 2 === 0);
    let [exact, signature] = [0, 0];
    for (const tune of some) {
      const notes = await playedNotes(writeTune(tune, 1));
      const found = findKey(notes.map(({ pitch, duration }) => ({ pitch, length: duration })));
      if (found === tune.key) exact += 1;
      if (signatureOf(found) === signatureOf(tune.key)) signature += 1;
    }
    // Some of these end on the third or the fifth.
    expect([exact, signature, some.length]).toEqual([43, 46, 49]);
  });
});
