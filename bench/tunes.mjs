/**
 * How near composed tunes come to those of a collection. A tenth of it is kept apart; a model trains on the rest, unless
 * one is given, and composes. Figures stand beside those of the rest and of the tenth; what is copied is told of both.
 *
 *   npm run build:ts
 *   node bench/tunes.mjs <tunes.abc> [--model <file>] [--out <folder>] [--count 300] [--minutes 10 | --steps n]
 *     [--units 128] [--layers 2] [--dropout 0.3] [--temperature 0.8] [--threads n] [--chords]
 *
 * --chords trains it with chords, and has it play over progressions too: how much of the time its notes are tones of the
 * chord that was asked for, and of that of the bar after, which is what notes that know of no chord would have.
 *
 * With --out the model, its tunes, and as many that were kept apart are written there. abc2midi (Debian's abcmidi)
 * judges too, where it is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../dist/index.js';
import {
  describeTunes,
  openComposer,
  playFaults,
  readTunes,
  tuneFigures,
  TuneModel,
  writeTunes,
} from '../dist/text/index.js';
import { figureTable } from '../dist/text/music/analysis/figure-table.js';
import { tuneCopies } from '../dist/text/music/analysis/tune-copies.js';
import { askedProgression } from '../dist/text/music/composition/progression.js';
import { midiNumber, writtenBars } from '../dist/text/music/form/melody.js';
import { readMelody } from '../dist/text/music/form/read-melody.js';
import { chordKinds } from '../dist/text/music/notation/chord-names.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    out: { type: 'string' },
    count: { type: 'string', default: '300' },
    minutes: { type: 'string' },
    steps: { type: 'string' },
    units: { type: 'string', default: '128' },
    layers: { type: 'string', default: '2' },
    dropout: { type: 'string', default: '0.3' },
    temperature: { type: 'string', default: '0.8' },
    threads: { type: 'string' },
    chords: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (file === undefined) {
  process.stderr.write('Give a file of tunes: node bench/tunes.mjs <tunes.abc>\n');
  process.exit(2);
}
const all = new Random(1).fork('split').shuffle([...readTunes(readFileSync(file, 'utf8')).tunes]);
const apart = all.splice(0, Math.round(all.length / 10));
const folder = values.out ?? mkdtempSync(join(tmpdir(), 'tunes-'));
mkdirSync(folder, { recursive: true });

const model = values.model ? await openComposer(values.model) : await trained();
const temperature = Number(values.temperature);
const composed = await model.compose({ count: Number(values.count), temperature });
const taken = await describeTunes(composed);
const never = await describeTunes(
  await model.compose({ count: Number(values.count), temperature, maxRemoved: 1 }),
);
const tunes = composed.flatMap(({ abc }) => readTunes(abc).tunes);
const overChords = values.chords ? await shareOfChordTones() : undefined;
await model.dispose();

const [here, training, kept] = [tunes, all, apart].map((each) => tuneFigures(each));
const beside = figureTable(kept, training);
const row = (name, ...cells) => process.stdout.write(`| ${[name, ...cells].join(' | ')} |\n`);
row('', 'composed', 'training', 'kept apart');
row('---', '---', '---', '---');
row('tunes', here.tunes, training.tunes, kept.tunes);
figureTable(here, training).forEach((line, i) => row(line.name, line.tunes, line.others, beside[i].tunes));
const percent = (share) => `${(100 * share).toFixed(1)}%`;
const melodies = all.map(readMelody);
const copies = [tunes, apart].map((each) => tuneCopies(each.map(readMelody), melodies));
row('longest copy, bars', copies[0].longestBars.toFixed(2), '', copies[1].longestBars.toFixed(2));
row('longest copy of a tune, median', copies[0].medianBars.toFixed(2), '', copies[1].medianBars.toFixed(2));
row(
  '8-grams of notes that stand in the training',
  percent(copies[0].seenEightGrams),
  '',
  percent(copies[1].seenEightGrams),
);
row('probability removed', percent(taken.removed), '', '');
row('with that of bars drawn anew', percent(taken.removedInAll), '', '');
row('bars drawn anew', taken.redrawnBars, '', '');
row('probability removed where none is drawn anew', percent(never.removed), '', '');
if (overChords) {
  row('time on tones of the chord asked for', percent(overChords.here), '', '');
  row('on those of the bar after', percent(overChords.after), '', '');
}
let plays = 0;
for (const { abc } of composed) if ((await playFaults(abc)).length === 0) plays += 1;
row('play, by abcjs', percent(plays / composed.length), '', '');
if (spawnSync('abc2midi', ['-ver']).error === undefined) {
  const clean = composed.filter(({ abc }) => judged(abc)).length;
  row('no error or warning of abc2midi', percent(clean / composed.length), '', '');
}
writeFileSync(join(folder, 'composed.abc'), composed.map(({ abc }) => abc).join(''));
writeFileSync(join(folder, 'kept-apart.abc'), writeTunes(apart));
if (values.out === undefined) rmSync(folder, { recursive: true });
else process.stdout.write(`wrote ${folder}\n`);

async function trained() {
  const { units, layers, dropout, minutes, steps, threads } = values;
  const fiddler = new TuneModel({
    units: Number(units),
    layers: Number(layers),
    dropout: Number(dropout),
    ...(threads && { threads: Number(threads) }),
  });
  const limit = steps ? { steps: Number(steps) } : { minutes: Number(minutes ?? 10) };
  const history = await fiddler.fit(all, {
    ...{ ...limit, seqLength: 96, learningRate: 7e-3, heldOut: 0.05 },
    ...(values.chords && { chords: true }),
  });
  const { user } = process.cpuUsage();
  process.stdout.write(
    `${history.steps} steps in ${history.seconds.toFixed(0)} s, ${(user / 1e6).toFixed(0)} s of processor; held out ` +
      `${Math.min(...history.heldOutLoss).toFixed(3)} nats a symbol; ${fiddler.text.countParameters()} parameters\n`,
  );
  const path = join(folder, 'tunes.safetensors');
  if (!existsSync(path)) await fiddler.save(path);
  return fiddler;
}

/** Of tunes over progressions of four different chords. */
async function shareOfChordTones() {
  const [sums, names] = [{ here: 0, after: 0, all: 0 }, ['D G A Bm', 'D Em G A', 'Bm G D A']];
  for (const [n, progression] of names.map((each) => each.replaceAll(' ', ' | ')).entries()) {
    const asked = { progression, key: 'D', meter: '4/4', bars: 8, form: 'AB' };
    const made = await model.compose({ ...asked, count: 40, seed: 1_000 * (n + 1), temperature });
    const tones = askedProgression(progression).map(([{ root, kind }]) =>
      chordKinds[kind].map((tone) => (root + tone) % 12),
    );
    for (const { abc } of made) {
      for (const section of readMelody(readTunes(abc).tunes[0]).sections) {
        const bars = writtenBars({ sections: [section] }).filter(({ ticks, whole }) => 2 * ticks > whole);
        for (const [bar, { notes }] of bars.entries()) {
          for (const { pitch, ticks } of notes.filter((note) => note.pitch)) {
            const sounds = midiNumber(pitch) % 12;
            sums.all += ticks;
            if (tones[bar % 4].includes(sounds)) sums.here += ticks;
            if (tones[(bar + 1) % 4].includes(sounds)) sums.after += ticks;
          }
        }
      }
    }
  }
  return { here: sums.here / sums.all, after: sums.after / sums.all };
}

function judged(abc) {
  const [source, played] = [join(folder, 'judged.abc'), join(folder, 'judged.mid')];
  writeFileSync(source, abc);
  const { stdout, stderr, status } = spawnSync('abc2midi', [source, '-o', played], { encoding: 'utf8' });
  for (const path of [source, played]) rmSync(path, { force: true });
  return status === 0 && !/(Error|Warning) in line-char/.test(`${stdout}${stderr}`);
}
