import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSlur } from '../../../src/embeddings/analysis/safe-answers.js';
import { runCli } from '../../support/run-cli.js';
import { withStdin } from '../../support/with-stdin.js';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqkit-words-'));
  file = join(folder, 'compass.txt');
  // Each direction at its angle; the score between two is the cosine of the angle between them.
  const degrees = { east: 0, northeast: 45, north: 90, northwest: 135, west: 180, southwest: 225 };
  const lines = Object.entries(degrees).map(([word, angle]) => {
    const radians = (angle * Math.PI) / 180;
    return `${word} ${Math.cos(radians).toFixed(9)} ${Math.sin(radians).toFixed(9)}\n`;
  });
  writeFileSync(file, `${lines.join('')}east 5 5\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const repeated = () =>
  `${file}: 1 line names a word that came before ("east"); the first vector of each is kept.\n`;

describe('seqkit analogy', () => {
  it('answers queen from the vectors that come with seqkit', async () => {
    const { status, stdout, stderr } = await runCli(['analogy', 'king', 'man', 'woman']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^king - man \+ woman\nqueen +0\.77\d\d\n/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
    expect(stderr).toMatch(
      /^queen is 0\.08\d\d ahead of monarch\. Of questions with such a margin, 95 in 100 were answered rightly\.\n/,
    );
    expect(stderr).toMatch(
      /\nThe query words \(king, man, woman\) cannot be an answer\. Were they let in: king 1st, man 9\d\dth, woman \d+th\.\n$/,
    );
  });

  it('tries lower case, and says so', async () => {
    const { status, stdout, stderr } = await runCli(['analogy', 'King', 'man', 'WOMAN', '--topn', '1']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^king - man \+ woman\nqueen {2}0\.\d{4}\n$/);
    expect(stderr).toContain('"King" is not in the vocabulary; its lower case "king" was used.\n');
    expect(stderr).toContain('"WOMAN" is not in the vocabulary; its lower case "woman" was used.\n');
  });

  it('names an unknown word and spellings like it', async () => {
    const { status, stdout, stderr } = await runCli(['analogy', 'king', 'man', 'womman']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: "womman" is not among the 100,000 words of .*\nNear spellings: woman, /);
    const json = await runCli(['analogy', 'Xqzwvxqzwvx', 'man', 'woman', '--json']);
    expect([json.status, json.stdout]).toEqual([1, '']);
    expect(JSON.parse(json.stderr)).toEqual({
      error: {
        code: 'unknown-word',
        message: expect.stringMatching(/^"Xqzwvxqzwvx" is not among .*, nor is "xqzwvxqzwvx"\.$/),
        hint: expect.stringContaining('No word is spelled nearly like it'),
      },
    });
  });

  it('reads a file of vectors, by either method', async () => {
    const query = ['analogy', 'north', 'east', 'west', '--vectors', file, '--topn', '2'];
    const added = await runCli(query);
    // north - east + west points to (-2, 1), 26.57 degrees from west: 18.43 from both of these.
    expect(added.stdout).toBe(
      `north - east + west\nnorthwest  ${cosine(18.434949)}\nsouthwest  ${cosine(71.565051)}\n`,
    );
    // The angles to north, east and west are 63.43, 153.43 and 26.57 degrees; northeast is at 108.43.
    expect(added.stderr).toBe(
      `${repeated()}northwest is ${(Math.cos(radians(18.434949)) - Math.cos(radians(71.565051))).toFixed(4)} ahead of southwest.\n` +
        'The query words (north, east, west) cannot be an answer. Were they let in: north 3rd, east 6th, west 2nd.\n',
    );
    const multiplied = await runCli([...query, '--method', '3cosmul', '--json']);
    const near = (angle: number) => (1 + Math.cos((angle * Math.PI) / 180)) / 2;
    const score = (toNorth: number, toEast: number, toWest: number) =>
      (near(toNorth) * near(toWest)) / (near(toEast) + 1e-6);
    expect(JSON.parse(multiplied.stdout)).toEqual({
      formula: 'north - east + west',
      method: '3cosmul',
      answers: [
        { word: 'northwest', score: expect.closeTo(score(45, 135, 45), 5) },
        { word: 'southwest', score: expect.closeTo(score(135, 135, 45), 5) },
      ],
      margin: expect.closeTo(score(45, 135, 45) - score(135, 135, 45), 5),
      queryRanks: { north: 3, east: 6, west: 1 },
      excluded: ['north', 'east', 'west'],
      lowerCased: {},
      vectors: file,
    });
  });

  it('holds a seqkit file against its digest, but for --no-verify, which is of a file', async () => {
    const whole = join(folder, 'compass.safetensors');
    await runCli(['convert-vectors', file, whole]);
    const bytes = readFileSync(whole);
    // A bit of the first word's text, at the end of the file.
    bytes[bytes.length - 1] ^= 1;
    const damaged = join(folder, 'damaged.safetensors');
    writeFileSync(damaged, bytes);
    const asked = ['similarity', 'east', 'north', '--vectors', damaged];
    expect(await runCli(asked)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is damaged: [^]*Opened with --no-verify, it is read as it is\./),
    });
    expect(await runCli([...asked, '--no-verify'])).toMatchObject({ status: 0, stderr: '' });
    expect(await runCli(['similarity', 'east', 'north', '--no-verify'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--no-verify is of a file of vectors, and none was given.'),
    });
  });

  it('takes the mean of several pairs', async () => {
    // From west, by the offsets of (0, 1) - (1, 0) and (-1, 0) - (0, 1), of mean (-1, 0): to west itself.
    const query = ['analogy', 'west', '--pairs', 'east:north,north:west', '--vectors', file];
    const { stdout } = await runCli(query);
    expect(stdout).toMatch(/^west \+ mean\(north - east, west - north\)\n/);
    const { answers, method } = JSON.parse((await runCli([...query, '--json'])).stdout);
    expect(method).toBe('pairs');
    expect(answers).toEqual([
      { word: 'northwest', score: expect.closeTo(Math.SQRT1_2, 6) },
      { word: 'southwest', score: expect.closeTo(Math.SQRT1_2, 6) },
      { word: 'northeast', score: expect.closeTo(-Math.SQRT1_2, 6) },
    ]);
    const family = await runCli(['analogy', 'uncle', '--pairs', 'man:woman,king:queen', '--topn', '1']);
    expect(family.stdout).toMatch(/\naunt {2}0\.8/);
  });

  it('keeps slurs out where that is asked', async () => {
    const query = ['neighbors', 'idiot', '--topn', '40', '--json'];
    const words = async (...more: string[]) => {
      const { stdout } = await runCli([...query, ...more]);
      const { answers } = JSON.parse(stdout) as { answers: { word: string }[] };
      return answers.map(({ word }) => word);
    };
    const [all, safe] = [await words(), await words('--safe')];
    const kept = all.filter((word) => !isSlur(word));
    expect(kept.length).toBeLessThan(all.length);
    expect(safe).toHaveLength(40);
    expect(safe.slice(0, kept.length)).toEqual(kept);
    expect(safe.some(isSlur)).toBe(false);
  });

  it('and out of those to an analogy', async () => {
    const query = ['analogy', 'idiot', 'clever', 'stupid', '--topn', '40', '--json'];
    const asked = async (...more: string[]) => {
      const { answers } = JSON.parse((await runCli([...query, ...more])).stdout) as {
        answers: { word: string }[];
      };
      return answers.map(({ word }) => word);
    };
    const [all, safe] = [await asked(), await asked('--safe')];
    const kept = all.filter((word) => !isSlur(word));
    expect(kept.length).toBeLessThan(all.length);
    expect(safe).toHaveLength(40);
    expect(safe.slice(0, kept.length)).toEqual(kept);
    expect(safe.some(isSlur)).toBe(false);
  });

  it('answers one query a line from stdin, and goes on after one it cannot answer', async () => {
    const lines = 'north east west\n\nnorth east\nnorth east nowhere\neast north West\n';
    const args = ['analogy', '--vectors', file, '--topn', '1'];
    const json = await withStdin(lines, () => runCli([...args, '--json']));
    expect(json.status).toBe(1);
    const printed = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(printed).toMatchObject([
      { query: 'north east west', answers: [{ word: 'northwest' }] },
      { query: 'north east', error: { code: 'usage' } },
      { query: 'north east nowhere', error: { code: 'unknown-word' } },
      { query: 'east north West', formula: 'east - north + west' },
    ]);
    expect(json.stderr).toContain('2 of 4 queries could not be answered');
    const text = await withStdin('east\nnorth\n', () =>
      runCli(['neighbors', '--vectors', file, '--topn', '1']),
    );
    expect(text).toMatchObject({
      status: 0,
      stdout: `northeast  ${cosine(45)}\n\nnortheast  ${cosine(45)}\n`,
      stderr: `${repeated()}The query word (east) cannot be an answer.\nThe query word (north) cannot be an answer.\n`,
    });
    // Margin, places and sureness are said of each, as of a single one.
    const typed = [
      ['king', 'man', 'woman'],
      ['paris', 'france', 'italy'],
    ];
    const several = await withStdin(typed.map((words) => `${words.join(' ')}\n`).join(''), () =>
      runCli(['analogy']),
    );
    const single: string[] = [];
    for (const words of typed) single.push((await runCli(['analogy', ...words])).stderr);
    expect(single[0]).toMatch(/ahead of monarch\. Of questions with such a margin, 95 in 100/);
    expect(several.stderr).toBe(single.join(''));
    const alike = await withStdin('east west\n', () => runCli(['similarity', '--vectors', file]));
    expect(alike.stdout).toBe(`${cosine(180)}\n`);
    const odd = await withStdin('east north northeast southwest\n', () =>
      runCli(['odd-one-out', '--vectors', file]),
    );
    expect(odd.stdout).toBe('southwest\n');
  });

  it('takes words with spaces from stdin where tabs stand between them', async () => {
    const path = join(folder, 'towns.txt');
    writeFileSync(path, 'new york 1 0.5\nyork 0.5 1\nsan  jose 1 1\njose 0 1\nnew 1 0\n');
    const ask = (command: string, lines: string) =>
      withStdin(lines, () => runCli([command, '--vectors', path, '--json']));
    const alike = await ask('similarity', 'new york\tyork\nNew York\t new \nnew york\n');
    expect(
      alike.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { query: 'new york\tyork', words: ['new york', 'york'], score: expect.closeTo(0.8, 6) },
      { words: ['new york', 'new'], score: expect.closeTo(2 / Math.sqrt(5), 6) },
      { words: ['new', 'york'], score: expect.closeTo(1 / Math.sqrt(5), 6) },
    ]);
    // A single word is followed by one.
    const near = await ask('neighbors', 'new york\t\nnew york\n');
    const [first, second] = near.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ word: 'new york' });
    expect(second.error).toMatchObject({ code: 'usage', hint: expect.stringContaining('tabs between') });
    expect((await runCli(['analogy', '--help'])).stdout).toMatch(/tabs where\s+words hold spaces/);
  });

  it.each([
    [['king', 'man'], /missing required argument 'c'/],
    [['king', 'man', 'woman', 'girl'], /too many arguments/],
    [['king', 'man', 'woman', '--topn', '0'], /topn/],
    [['king', 'man', 'woman', '--topn', 'x'], /topn/],
    [['king', 'man', 'woman', '--method', 'guess'], /3cosadd, 3cosmul/],
    [['king', 'man', 'woman', '--vectors'], /--vectors/],
    [['king', 'man', '--pairs', 'man:woman'], /one word, not 2/],
    [['king', '--pairs', 'man'], /pairs of words/],
    [['king', '--pairs', 'man:woman', '--method', '3cosmul'], /leave --method out/],
    [['king', 'man', 'woman', '--limit', '9'], /--limit is of a file of vectors, and none was given/],
    [['king', 'man', 'woman', '--encoding', 'latin1'], /--encoding is of a file of vectors/],
  ])('counts %j as wrong usage', async (words, message) => {
    const { status, stdout, stderr } = await runCli(['analogy', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('says which file it could not read', async () => {
    const { status, stderr } = await runCli(['analogy', 'a', 'b', 'c', '--vectors', join(folder, 'none')]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: Cannot read the vectors at .*none: there is no such file/);
  });
});

describe('the other commands about words', () => {
  it('list neighbors', async () => {
    const { stdout } = await runCli(['neighbors', 'east', '--vectors', file, '--topn', '3']);
    expect(stdout).toBe(`northeast  ${cosine(45)}\nnorth      ${cosine(90)}\nnorthwest  ${cosine(135)}\n`);
    const json = await runCli(['neighbors', 'East', '--vectors', file, '--topn', '1', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      word: 'east',
      answers: [{ word: 'northeast', score: expect.closeTo(Math.SQRT1_2, 6) }],
      excluded: ['east'],
      lowerCased: { East: 'east' },
      vectors: file,
    });
  });

  it('measure similarity', async () => {
    const { stdout } = await runCli(['similarity', 'east', 'northwest', '--vectors', file]);
    expect(stdout).toBe(`${cosine(135)}\n`);
    const json = await runCli(['similarity', 'east', 'northwest', '--vectors', file, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ score: expect.closeTo(-Math.SQRT1_2, 6) });
  });

  it('find the odd one out', async () => {
    const words = ['east', 'north', 'northeast', 'southwest'];
    expect((await runCli(['odd-one-out', ...words, '--vectors', file])).stdout).toBe('southwest\n');
    const json = await runCli(['odd-one-out', ...words, '--vectors', file, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ word: 'southwest', words });
    const limited = await runCli(['odd-one-out', ...words, '--limit', '9']);
    expect([limited.status, limited.stdout]).toEqual([2, '']);
    expect(await runCli(['odd-one-out', 'east', 'west'])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('three words or more, not 2'),
    });
  });
});

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function cosine(degrees: number): string {
  return Math.abs(degrees - 90) < 1e-9 ? '0.0000' : Math.cos((degrees * Math.PI) / 180).toFixed(4);
}
