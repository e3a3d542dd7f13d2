import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../../src/base/host/package-file.js';
import { decodeRice, encodeRice } from '../../../src/base/encoding/rice.js';
import { Random } from '../../../src/base/math/random.js';
import { tuneCopies } from '../../../src/text/music/analysis/tune-copies.js';
import { CopyGuard } from '../../../src/text/music/copies/copy-guard.js';
import { NoteCodes, RowTable, seenRows } from '../../../src/text/music/copies/seen-rows.js';
import { writtenBars, type Melody, type MelodyNote } from '../../../src/text/music/form/melody.js';
import { readMelody } from '../../../src/text/music/form/read-melody.js';
import { registerOf } from '../../../src/text/music/form/tune-symbols.js';
import { barTicks } from '../../../src/text/music/notation/meter.js';
import { readTunes, TextModel, TuneModel } from '../../../src/text/index.js';

const { tunes } = readTunes(readFileSync(packageFile('data/tunes/seqkit-tunes.abc'), 'utf8'));
const melodies = tunes.map(readMelody);
const notesOf = (melody: Melody): MelodyNote[] => writtenBars(melody).flatMap(({ notes }) => notes);

/** Notes by degree and length, as letters of a text in which a row is looked for. */
function namesOf(melody: Melody): string[] {
  const { tonic } = registerOf(melody.key);
  return notesOf(melody).map(({ pitch, ticks }) => `${pitch ? pitch.step - tonic : 'z'}:${ticks}`);
}

describe('the gaps of numbers', () => {
  it('are written as by hand, and read again', () => {
    // Gaps of 0, 4 and 0, with two bits: 0 00, 10 00, 0 00, the lowest bit first.
    expect([...encodeRice([0, 5, 6], 2)]).toEqual([0b0000_1000, 0]);
    const random = new Random(1);
    const numbers = [...new Set(Array.from({ length: 500 }, () => random.integer(40_000)))].sort(
      (a, b) => a - b,
    );
    const [count, bits] = [numbers.length, 6];
    const bytes = encodeRice(numbers, bits);
    expect([...decodeRice(bytes, { bits, count, end: 40_000 })!]).toEqual(numbers);
    expect(bytes.length).toBeLessThan((count * (bits + 2)) / 8);
    for (const wrong of [
      { bytes: bytes.subarray(1), count, end: 40_000 },
      { bytes, count: count + 9, end: 40_000 },
      { bytes, count: count - 9, end: 40_000 },
      { bytes, count, end: numbers.at(-1)! },
    ]) {
      expect(decodeRice(wrong.bytes, { ...wrong, bits })).toBeUndefined();
    }
  });
});

describe('the rows of a training', () => {
  const half = melodies.filter((_, i) => i % 2 === 0);
  const rows = seenRows(half)!;
  const table = RowTable.of(rows)!;
  /** From each note on the shortest row of so many ticks. */
  const rowsOf = (melody: Melody, ticks: number): [from: number, to: number][] => {
    const notes = notesOf(melody);
    return notes.flatMap((_, from): [number, number][] => {
      let [to, length] = [from, 0];
      while (to < notes.length && length < ticks) length += notes[to++].ticks;
      return length < ticks ? [] : [[from, to]];
    });
  };

  it('are those that a plain search finds', () => {
    // Of 2/4, the shortest meter.
    expect(rows.ticks).toBe(2 * barTicks('2/4'));
    const codes = new NoteCodes();
    const nameOf = (melody: Melody, [from, to]: readonly [number, number]): string =>
      namesOf(melody).slice(from, to).join(' ');
    const text = new Set(half.flatMap((each) => rowsOf(each, rows.ticks).map((row) => nameOf(each, row))));
    const found = { seen: 0, missed: 0, others: 0, wrong: 0 };
    for (const melody of melodies) {
      const row = notesOf(melody).map((note) => codes.of(note, registerOf(melody.key)));
      for (const [from, to] of rowsOf(melody, rows.ticks)) {
        const isSeen = text.has(nameOf(melody, [from, to]));
        found[isSeen ? 'seen' : 'others'] += 1;
        if (isSeen !== table.has(row, from, to)) found[isSeen ? 'missed' : 'wrong'] += 1;
      }
    }
    expect(found.missed).toBe(0);
    expect(found.seen).toBeGreaterThan(3_000);
    expect(found.others).toBeGreaterThan(1_000);
    // One in 256.
    expect(found.wrong / found.others).toBeLessThan(0.012);
  });

  it('are kept in little room, and damaged ones refused', () => {
    expect(rows.hashes.length).toBeLessThan(1.8 * rows.count);
    for (const damaged of [
      undefined,
      { ...rows, count: rows.count - 20 },
      { ...rows, bits: 0 },
      { ...rows, ticks: -1 },
      { ...rows, end: 10 },
      { ...rows, hashes: `${rows.hashes.slice(0, -4)}?===` },
      { ...rows, hashes: 'AAAA' },
    ]) {
      expect(RowTable.of(damaged)).toBeUndefined();
    }
  });

  it('tell how far a tune copies, note by note, as a plain search does', () => {
    // All of one meter, so that the rows are those of two bars.
    const jigs = melodies.filter(({ meter }) => meter === '6/8');
    const [training, made] = [jigs.filter((_, i) => i % 2 === 0), jigs.filter((_, i) => i % 2 === 1)];
    const whole = barTicks('6/8');
    const searched = training.map((melody) => ` ${namesOf(melody).join(' ')} `).join('|');
    const tables = [RowTable.of(seenRows(training))!];
    const count = { copies: 0, free: 0, wrong: 0 };
    for (const melody of [...made, ...training.slice(0, 3)]) {
      const guard = new CopyGuard({ tables, bars: 2 }, { register: registerOf(melody.key), whole });
      const [notes, names] = [notesOf(melody), namesOf(melody)];
      for (const [end, note] of notes.entries()) {
        let [from, ticks] = [end + 1, 0];
        while (from > 0 && ticks < 2 * whole) ticks += notes[--from].ticks;
        const isCopy = ticks >= 2 * whole && searched.includes(` ${names.slice(from, end + 1).join(' ')} `);
        const told = !guard.allows([note]);
        expect(guard.push([note])).toBe(!told);
        if (isCopy) expect(told).toBe(true);
        count[isCopy ? 'copies' : 'free'] += 1;
        if (told && !isCopy) count.wrong += 1;
      }
    }
    expect(count.copies).toBeGreaterThan(100);
    expect(count.free).toBeGreaterThan(300);
    expect(count.wrong / count.free).toBeLessThan(0.02);
  });

  it('are not counted over what the user gave', () => {
    const melody = half.find(({ meter }) => meter === '4/4')!;
    const [notes, whole] = [notesOf(melody), barTicks('4/4')];
    const guard = new CopyGuard({ tables: [table], bars: 2 }, { register: registerOf(melody.key), whole });
    const bar = writtenBars(melody)[0].notes.length;
    // Taken all at once it is a copy, but nothing of it is kept where it was only asked.
    expect(guard.allows(notes)).toBe(false);
    expect(guard.push(notes.slice(0, bar))).toBe(true);
    expect(guard.allows(notes.slice(bar))).toBe(false);
    guard.break();
    expect(guard.allows(notes.slice(bar, 2 * bar))).toBe(true);
    const longer = new CopyGuard({ tables: [table], bars: 64 }, { register: registerOf(melody.key), whole });
    expect(longer.allows(notes)).toBe(true);
  });
});

describe('the model that comes along', () => {
  let model: TuneModel;
  beforeAll(async () => {
    model = await TuneModel.load(packageFile('data/tunes/seqkit-tunes.safetensors'));
  });
  afterAll(() => model.dispose());
  const melodyOf = ({ abc }: { abc: string }): Melody => readMelody(readTunes(abc).tunes[0]);
  const copied = (composed: readonly { abc: string }[]): number =>
    tuneCopies(composed.map(melodyOf), melodies).longestBars;
  /** How many tunes hold a copy of so many bars, by the model's record. */
  const copying = (composed: readonly { abc: string }[], bars: number): number => {
    const tables = model.seen.rows!.map((rows) => RowTable.of(rows)!);
    return composed.map(melodyOf).filter((melody) => {
      const place = { register: registerOf(melody.key), whole: barTicks(melody.meter) };
      return !new CopyGuard({ tables, bars }, place).push(notesOf(melody));
    }).length;
  };

  it('copies less than two bars of its training, unless that is let', async () => {
    const asked = { count: 5, seed: 5, type: 'polka' };
    const [guarded, free] = [await model.compose(asked), await model.compose({ ...asked, maxCopy: 0 })];
    expect(guarded).toHaveLength(5);
    expect(copying(guarded, 2)).toBe(0);
    expect(copying(free, 2)).toBeGreaterThan(0);
    expect(copied(guarded)).toBeLessThan(2);
    const sum = (each: typeof free): number => each.reduce((all, tune) => all + tune.removedCopies!, 0);
    expect(sum(guarded)).toBeGreaterThan(0);
    expect(guarded.every(({ removed, removedCopies = 0 }) => removedCopies <= removed)).toBe(true);
    expect(sum(free)).toBe(0);
    expect(copying(await model.compose({ ...asked, maxCopy: 3 }), 3)).toBe(0);
  });

  it('holds to it in a form that comes back, and lets stand what the user gave', async () => {
    expect(copied(await model.compose({ form: 'ABA', bars: 8, count: 2, meter: '4/4' }))).toBeLessThan(2);
    // A first section of the training stays, note for note.
    const given = tunes.find((tune) => readMelody(tune).sections.length > 1)!;
    const [varied] = await model.compose({ vary: given, seed: 2 });
    const [first, second] = readMelody(readTunes(varied.abc).tunes[0]).sections;
    expect(first).toEqual(readMelody(given).sections[0]);
    expect(tuneCopies([{ ...readMelody(given), sections: [second] }], melodies).longestBars).toBeLessThan(2);
  });

  it('says what it cannot limit, and composes without a record as before', async () => {
    await expect(model.compose({ maxCopy: 1 })).rejects.toMatchObject({
      code: 'bad-value',
      message: 'Copies are told from 2 bars on, not from 1.',
    });
    await expect(model.compose({ maxCopy: -1 })).rejects.toThrow('maxCopy');
    const plain = await TextModel.fromBytes(model.toBytes());
    const { rows, ...first } = model.seen;
    expect(rows).toHaveLength(1);
    plain.extra = { tunes: first };
    const old = TuneModel.of(plain, 'old');
    expect(await old.compose({ seed: 4 })).toEqual(await model.compose({ seed: 4, maxCopy: 0 }));
    await expect(old.compose({ maxCopy: 2 })).rejects.toMatchObject({
      code: 'usage',
      message: 'The model keeps no record of its training by which copies could be told.',
    });
    plain.extra = { tunes: { ...first, rows: [{ ...rows![0], hashes: 'AAAA' }] } };
    expect(() => TuneModel.of(plain, 'old')).toThrow('What old says of the tunes');
    await old.dispose();
  });
});
