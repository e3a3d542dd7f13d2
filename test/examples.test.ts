import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = path.join(import.meta.dirname, '..', 'examples');
const built = existsSync(path.join(folder, '..', 'dist', 'index.js'));

/** What each example must print, besides ending well. */
const expected: Record<string, RegExp> = {
  '01-analogy.mjs': /king - man \+ woman = queen[^]*odd one out: cereal/,
  // The first two answers have nothing to repeat; the rest are the tokens of two steps before.
  '02-echo.mjs':
    /read: +(\d) (\d) (\d) (\d) (\d) (\d) (\d) (\d) (\d) (\d) \d \d\nrepeated: 0 0 \1 \2 \3 \4 \5 \6 \7 \8 \9 \10\n/,
  '03-text.mjs': /comes in, the tide goes out, and gulls go wheeling all about/,
  '04-tunes.mjs':
    /X:1\nT:The First Jig\n(?:R:.*\n)?M:6\/8\nL:1\/8\nK:D\n[^]*As sheet music: \d{4,} characters/,
  '05-train-words.mjs':
    /like cat: (?:(?:dog|hamster|parrot|rabbit)(?:, |\n)){4}like soup: (?:(?:bread|porridge|salad|pancakes)(?:, |\n)){4}like rain: (?:(?:snow|fog|hail|sunshine)(?:, |\n)){4}.*nearest: hamster\n/,
  '06-names.mjs': /^(?=[^]*\(in the list\))(?:[A-Za-z]+ \((?:in the list|new)\)\n){7}$/,
  '07-classify.mjs':
    /turn off the lamp: lights [^]*sunny today: weather [^]*play a song: music [^]*what decided: (?:off|lamp|turn|please|the)\n/,
  '08-chatbot.mjs':
    /tomorrow\? {2}\(book\)\n[^]*Sorry, I only know[^]*\(nothing that I am for\)\n[^]*A table for two, tomorrow at noon[^]*otherwise: 0\n/,
  '09-clock.mjs': /^never heard before: (?:9\d|100)% right of 15\nfor "ten to four" it writes 3:50/,
  '10-tags.mjs': /^right letters: (?:9[5-9]|100)%, boxes: F1 (?:0\.9\d|1\.00)\nbox: TATAAA at 6\n$/,
};

describe('examples', () => {
  it('all stand here', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.mjs'))
        .sort(),
    ).toEqual(Object.keys(expected));
  });

  it.each(Object.keys(expected))('%s is short', (name) => {
    expect(readFileSync(path.join(folder, name), 'utf8').split('\n').length).toBeLessThanOrEqual(41);
  });

  it.skipIf(!built).each(Object.entries(expected))(
    '%s prints what it says (skipped without dist: npm run build)',
    (name, pattern) => {
      expect(execFileSync(process.execPath, [path.join(folder, name)], { encoding: 'utf8' })).toMatch(
        pattern,
      );
    },
    60_000,
  );
});
