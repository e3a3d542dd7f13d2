// Composes the tunes in data/tunes: node scripts/make-tunes.mjs (after npm run build:ts).
// Each is of two parts of eight bars, both repeated. A part has a motif, an answer, the motif again and
// a close: bars walk along the scale from chord note to chord note, in the rhythms of their kind.
import { realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Random } from '../dist/index.js';

/** Rhythms of a bar in eighths, by kind; a triplet is written as 't', two eighths long. */
const kinds = [
  {
    type: 'reel',
    meter: '4/4',
    pickup: [1, 1],
    bars: [
      [1, 1, 1, 1, 1, 1, 1, 1],
      [2, 1, 1, 1, 1, 1, 1],
      [3, 1, 1, 1, 1, 1],
      [1, 1, 2, 't', 1, 1],
    ],
    ends: [[2, 2, 2]],
  },
  {
    type: 'hornpipe',
    meter: '4/4',
    pickup: ['t'],
    bars: [
      ['>', '>', '>', '>'],
      ['>', '>', 2, 't'],
      ['t', '>', '>', 2],
      [2, '>', '>', '>'],
    ],
    ends: [[2, 2, 2]],
  },
  {
    type: 'march',
    meter: '4/4',
    pickup: [2],
    bars: [
      [2, 2, 2, 2],
      [3, 1, 2, 2],
      [2, 1, 1, 2, 2],
      [2, '>', 2, 2],
    ],
    ends: [
      [2, 2, 2],
      [4, 2],
    ],
  },
  {
    type: 'polka',
    meter: '2/4',
    pickup: [],
    bars: [
      [1, 1, 1, 1],
      [2, 1, 1],
      ['>', 1, 1],
      [1, 1, 2],
    ],
    ends: [[2, 2]],
  },
  {
    type: 'jig',
    meter: '6/8',
    pickup: [1],
    bars: [
      [1, 1, 1, 1, 1, 1],
      [2, 1, 2, 1],
      [3, 1, 1, 1],
      [2, 1, 1, 1, 1],
    ],
    ends: [[3, 2]],
  },
  {
    type: 'slip jig',
    meter: '9/8',
    pickup: [],
    bars: [
      [1, 1, 1, 1, 1, 1, 1, 1, 1],
      [2, 1, 2, 1, 1, 1, 1],
      [3, 2, 1, 1, 1, 1],
      [2, 1, 1, 1, 1, 3],
    ],
    ends: [[3, 3, 3]],
  },
  {
    type: 'waltz',
    meter: '3/4',
    pickup: [1, 1],
    bars: [
      [2, 2, 2],
      [3, 1, 2],
      [2, 1, 1, 1, 1],
      [4, 2],
    ],
    ends: [[4]],
  },
];
const keys = ['D', 'G', 'A', 'C', 'F', 'Em', 'Am', 'Bm', 'Dm', 'Ador', 'Edor', 'Dmix', 'Amix', 'Gm'];
/** Degrees of the chord of each bar; the last bar always comes home. */
const progressions = [
  [0, 0, 3, 4, 0, 3, 4, 0],
  [0, 4, 0, 4, 0, 3, 4, 0],
  [0, 3, 0, 4, 0, 3, 4, 0],
  [0, 6, 0, 4, 0, 6, 4, 0],
];
const things = [
  'Kettle',
  'Lantern',
  'Ferry',
  'Orchard',
  'Millstone',
  'Heron',
  'Causeway',
  'Thimble',
  'Hayloft',
  'Drover',
  'Saltbox',
  'Weaver',
  'Pebble',
  'Gatepost',
  'Almanac',
  'Bellows',
  'Copper Beech',
  'Tidepool',
  'Inkwell',
  'Cartwheel',
];
const turns = [
  'The {} at Dawn',
  'Round the {}',
  "The {}'s Fancy",
  'Under the {}',
  'The Crooked {}',
  'A {} for Two',
  'The Last {}',
  'Mending the {}',
];

const letters = 'CDEFGABcdefgab';
let random = new Random(20);

/** A scale degree, 0 the tonic, as a letter with its octave; the key says the rest. */
function note(key, degree) {
  const step = letters.indexOf(key[0]) + degree;
  if (step < 0) return `${letters[step + 7]},`;
  return step < letters.length ? letters[step] : `${letters[step - 7]}'`;
}

/** Degrees for so many notes from one to the other, a step or a leap to a chord note at a time. */
function walk(from, to, count, chord) {
  const degrees = [from];
  while (degrees.length < count) {
    const at = degrees.at(-1);
    const left = count - degrees.length;
    const toward = Math.sign(to - at) || random.choice([-1, 1]);
    const leap = random.uniform() < 0.3;
    const next = leap
      ? chord + random.choice([0, 2, 4, 7])
      : at + (random.uniform() < 0.75 || left < 3 ? toward : -toward);
    degrees.push(Math.max(-2, Math.min(9, next)));
  }
  return degrees;
}

const notesOf = (rhythm) => rhythm.reduce((sum, each) => sum + (each === 't' ? 3 : each === '>' ? 2 : 1), 0);

/** A bar in ABC, with a space after each group. */
function write(key, rhythm, degrees) {
  let at = 0;
  const next = () => note(key, degrees[at++]);
  let eighths = 0;
  let text = '';
  const group = { '6/8': 3, '9/8': 3, '3/4': 2 }[write.meter] ?? 4;
  for (const each of rhythm) {
    if (each === 't') text += `(3${next()}${next()}${next()}`;
    else if (each === '>') text += `${next()}>${next()}`;
    else text += next() + (each === 1 ? '' : each);
    eighths += typeof each === 'number' ? each : 2;
    if (eighths % group === 0) text += ' ';
  }
  return text.trim();
}

function part(kind, key, low) {
  const progression = random.choice(progressions);
  const base = low ? 0 : 4;
  const rhythms = Array.from({ length: 3 }, () => random.choice(kind.bars));
  const bar = (index, rhythm, to) => {
    const chord = progression[index] > 4 ? progression[index] - 7 : progression[index];
    const from = chord + random.choice([0, 2, 4]) + (base > 0 && chord < 3 ? 2 : 0);
    return write(key, rhythm, walk(from, to, notesOf(rhythm), chord));
  };
  const motif = [bar(0, rhythms[0], base + 2), bar(1, rhythms[1], base)];
  const answer = [bar(2, rhythms[0], base + 1), bar(3, rhythms[2], 1)];
  const end = random.choice(kind.ends);
  const close = write(key, end, [...walk(random.choice([1, 2, 4]), 0, notesOf(end) - 1, 0), 0]);
  const last = [bar(4, rhythms[1], base + 2), bar(6, rhythms[2], 1), close];
  const pickup = write(key, kind.pickup, walk(base, base + 2, notesOf(kind.pickup), 0));
  const lead = pickup === '' ? '' : `${pickup}|`;
  return `${lead}${[...motif, ...answer].join('|')}|\n${[motif[0], ...last].join('|')}:|\n`;
}

/** A tune of every kind in every key, as a book in ABC. */
export function tuneBook(seed) {
  random = new Random(seed);
  const titles = random.shuffle(things.flatMap((thing) => turns.map((turn) => turn.replace('{}', thing))));
  const tunes = kinds.flatMap((kind) => keys.map((key) => ({ kind, key })));
  return tunes.map(({ kind, key }, i) => {
    write.meter = kind.meter;
    return `X:${i + 1}\nT:${titles[i]}\nR:${kind.type}\nM:${kind.meter}\nL:1/8\nK:${key}\n${part(kind, key, true)}${part(kind, key, false)}`;
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const tunes = tuneBook(20);
  writeFileSync(new URL('../data/tunes/seqkit-tunes.abc', import.meta.url), tunes.join('\n'));
  console.log(`${tunes.length} tunes`);
}
