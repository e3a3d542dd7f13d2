/**
 * What the ways of writing a tune down are worth: each trains the same network for as many steps, and is measured by
 * the nats of a bar of tunes held out: of all symbols, and of those alone that a composition draws. The others stand
 * already: the place of a bar, the room before a note, the notes of a bar that takes up another.
 *
 *   npm run build:ts
 *   node bench/tune-representations.mjs <train.abc> <held-out.abc> <steps> [variant ...]
 */
import { readFileSync } from 'node:fs';
import { Random } from '../dist/index.js';
import { readTunes, TextModel } from '../dist/text/index.js';
import { withJoinedBars } from '../dist/text/music/form/joined-bars.js';
import { writtenBars } from '../dist/text/music/form/melody.js';
import { readMelody } from '../dist/text/music/form/read-melody.js';
import { melodySymbols, styleOf } from '../dist/text/music/form/tune-symbols.js';
import { distribution } from '../dist/text/sampling/sampling.js';
import { modelText } from '../dist/text/music/notation/tune.js';

const [trainFile, heldOutFile, steps = '1000', ...asked] = process.argv.slice(2);
if (heldOutFile === undefined) {
  process.stderr.write(
    'Give two files: node bench/tune-representations.mjs <train.abc> <held-out.abc> <steps>\n',
  );
  process.exit(2);
}
const isNote = (symbol) => /^(z|-?\d+[_^]{0,2}-?):\d/.test(symbol);
const without = (pattern) => (symbols) => symbols.filter((symbol) => !pattern.test(symbol));
const split = (symbols) =>
  symbols.flatMap((symbol) => {
    if (!isNote(symbol)) return [symbol];
    const [pitch, ticks] = symbol.split(':');
    return [`pitch ${pitch}`, `ticks ${ticks}`];
  });
const isRoom = (symbol) => symbol?.startsWith('room ') === true;
/** What is told between the notes of a bar: its room, and in the last bar of a section where that ends. */
const isToldWithin = (symbol, i, symbols) => isRoom(symbol) || (i > 0 && isRoom(symbols[i - 1]));
const withoutRoom = (symbols) =>
  symbols.filter((symbol, i) => isNote(symbol) || !isToldWithin(symbol, i, symbols));
/** What is within a bar that is taken up is left out, since it says which bar it is. */
const short = (symbols) => {
  let copied = false;
  return symbols.filter((symbol, i) => {
    const isInBar = isNote(symbol) || isToldWithin(symbol, i, symbols);
    if (!isInBar) copied = /^same [1-9]/.test(symbol);
    return !(copied && isInBar);
  });
};
/** Which symbols a composition draws. */
const areDrawn = (symbols) => {
  let copied = false;
  return symbols.map((symbol, i) => {
    const isInBar =
      isNote(symbol) || /^(beats|pitch|ticks) /.test(symbol) || isToldWithin(symbol, i, symbols);
    if (!isInBar) copied = /^same [1-9]/.test(symbol);
    if (/^(room|before|beats|left|section) |^(short|bar|section|end)$/.test(symbol)) return false;
    return isInBar ? !copied && !(symbol.startsWith('final ') && isRoom(symbols[i - 1])) : true;
  });
};
const LETTERS = 'CDEFGAB';
/** Pitches by their letters, in place of degrees. */
const letters = (symbols) => {
  const tonic = LETTERS.indexOf(symbols.find((symbol) => symbol.startsWith('tonic ')).slice(6, 7));
  return symbols.map((symbol) =>
    isNote(symbol) ? symbol.replace(/^-?\d+/, (degree) => String(Number(degree) + tonic)) : symbol,
  );
};
const variants = {
  symbols: (symbols) => symbols,
  'symbols, beats told in place of room': (_, tune) =>
    melodySymbols(withJoinedBars(readMelody(tune)), styleOf([])),
  'symbols, room left of the bar not told': withoutRoom,
  'symbols, bars before not told': without(/^(before |short$)/),
  'symbols, letters for degrees': letters,
  'symbols, pitch and length apart': split,
  'symbols, last degree not told': without(/^final /),
  'symbols, no bars taken up named': without(/^same /),
  'symbols, taken up bars not written out': short,
  'symbols, places left out': (symbols) => symbols.map((symbol) => symbol.replace(/^left .*/, 'bar')),
  'symbols, no form at all': (symbols) =>
    without(/^(same|room|before|short|final|sections|once|twice|endings|bars|pickup) ?/)(symbols).map(
      (symbol) => symbol.replace(/^left .*/, 'bar').replace(/^section .*/, 'section'),
    ),
  characters: undefined,
};

const read = (file) => readTunes(readFileSync(file, 'utf8')).tunes;
const [train, heldOut] = [read(trainFile), read(heldOutFile)].map((tunes) =>
  tunes.flatMap((tune) => {
    const symbols = melodySymbols(withJoinedBars(readMelody(tune)));
    return Array.isArray(symbols) ? [{ tune, symbols }] : [];
  }),
);
const bars = heldOut.reduce(
  (sum, { tune }) =>
    sum + writtenBars(readMelody(tune)).filter(({ ticks, whole }) => ticks > whole / 2).length,
  0,
);
const units = Number(process.env.UNITS ?? 128);
const dropout = Number(process.env.DROPOUT ?? 0.4);
process.stdout.write(`${train.length} tunes, ${heldOut.length} held out with ${bars} bars\n`);
for (const [name, change] of Object.entries(variants)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const numbers = new Map();
  const textOf = ({ tune, symbols }) =>
    change === undefined
      ? modelText(tune)
      : change(symbols, tune)
          .map((symbol) => {
            if (!numbers.has(symbol)) numbers.set(symbol, numbers.size);
            return String.fromCodePoint(0xe000 + numbers.get(symbol));
          })
          .join('');
  const shuffled = new Random(1).fork('tunes').shuffle([...train]);
  const text = shuffled.map(textOf).join('');
  const test = heldOut.map(textOf).join('');
  const model = new TextModel({
    units,
    layers: Number(process.env.LAYERS ?? 2),
    threads: 1,
    dropout,
    ...(process.env.CELL && { cell: process.env.CELL }),
  });
  const history = await model.fit(text, {
    steps: Number(steps),
    seqLength: 96,
    learningRate: Number(process.env.RATE ?? 6e-3),
    heldOut: 0,
  });
  const { loss, characters } = await model.evaluate(test, { batchSize: 2 });
  const drawn =
    change === undefined
      ? loss * characters
      : drawnNats(model, textOf, ({ tune, symbols }) => change(symbols, tune));
  process.stdout.write(
    `${name}: ${(drawn / bars).toFixed(3)} nats a bar drawn, ${((loss * characters) / bars).toFixed(3)} in all, ` +
      `${characters} tokens, ${loss.toFixed(3)} each, ` +
      `${numbers.size} symbols, ${history.steps} steps\n`,
  );
  await model.dispose();
}

/** The nats of what is drawn of the tunes held out, each after the tunes before it. */
function drawnNats(model, textOf, symbolsOf) {
  const stepper = model.stepper();
  let logits;
  let nats = 0;
  for (const each of heldOut) {
    const drawn = areDrawn(symbolsOf(each));
    [...textOf(each)].forEach((character, i) => {
      for (const token of model.vocabulary.encode(character)) {
        if (drawn[i] && logits) nats -= Math.log(distribution(logits)[token]);
        logits = stepper.step([token]).slice();
      }
    });
  }
  stepper.dispose();
  return nats;
}
