// The commands that save, small: what each needs beforehand, and what it leaves.
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Random } from '../../dist/index.js';

export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const random = new Random(11);
const words = Array.from({ length: 40 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`);
const sentence = () => Array.from({ length: 10 }, () => words[random.integer(words.length)]).join(' ');
const corpus = Array.from({ length: 300 }, sentence).join('\n');
const tune = (key) => `X:1\nT:In ${key}\nM:4/4\nL:1/8\nK:${key}\n|:DEFG ABcd|d2A2 F2D2|GABc d2c2|A4 D4:|\n`;

/** What stands in the folder before a command runs. Made once. */
export function inputs(folder) {
  writeFileSync(`${folder}/corpus.txt`, corpus);
  writeFileSync(`${folder}/tagged.txt`, `${tagged}\n`);
  writeFileSync(`${folder}/pairs.tsv`, `${pairs}\n`);
  writeFileSync(`${folder}/labeled.csv`, `${labeled}\n`);
  writeFileSync(`${folder}/series.csv`, `${series}\n`);
  writeFileSync(`${folder}/tunes.abc`, ['D', 'G', 'A', 'C'].map(tune).join('\n').repeat(8));
  const rows = words.map(
    (word) => `${word} ${Array.from({ length: 8 }, () => random.normal().toFixed(4)).join(' ')}`,
  );
  writeFileSync(`${folder}/vectors.txt`, `${rows.join('\n')}\n`);
  for (const kind of ['activates', 'negatives', 'backgrounds']) {
    const from = `${root}data/clips/${kind}`;
    mkdirSync(`${folder}/clips/${kind}`, { recursive: true });
    for (const name of readdirSync(from).filter((_, i) => i % 9 === 0))
      copyFileSync(`${from}/${name}`, `${folder}/clips/${kind}/${name}`);
  }
}

const tagged = Array.from({ length: 200 }, () =>
  Array.from({ length: 5 }, () => words[random.integer(words.length)])
    .map((word) => `${word} ${word.endsWith('3') ? 'B-x' : 'O'}`)
    .join('\n'),
).join('\n\n');
const pairs = words.map((word) => `${word}\t${[...word].reverse().join('')}`).join('\n');

const labeled = ['text,label']
  .concat(words.concat(words.toReversed()).map((word, i) => `${word} ${words[(7 * i) % 40]},${'ab'[i % 2]}`))
  .join('\n');
const series = ['value']
  .concat(Array.from({ length: 90 }, (_, i) => (10 * Math.sin(i / 2) + (i % 7)).toFixed(3)))
  .join('\n');

const old = 'convert-vectors vectors.txt out.safetensors --precision int8';
const music =
  'train-music tunes.abc --batch 4 --seq-length 24 --units 8 --layers 1 --steps 12 --checkpoint-steps 4 --threads 1 --out';
const trigger = 'train-trigger clips --examples 16 --epochs 2 --spoken 0 --threads 1 --out';
const embeddings =
  'train-embeddings corpus.txt --vector-size 8 --min-count 1 --epochs 3 --checkpoint-minutes 0.00001';

/**
 * `args` leave `outs`; run again they go on where they were. `before`: what is run once, so that something stands there.
 * `anyBytes`: two runs end with other numbers, so that a file is held against its own digest.
 * @type {Record<string, { args: string, outs: string[], before?: string, anyBytes?: boolean }>}
 */
export const commands = {
  'train-text': {
    args: 'train-text corpus.txt --units 8 --layers 1 --steps 12 --checkpoint-steps 4 --threads 1 --out out.safetensors --resume',
    outs: ['out.safetensors'],
  },
  'train-text, two threads': {
    args: 'train-text corpus.txt --units 64 --batch 32 --layers 1 --steps 8 --checkpoint-steps 3 --threads 2 --out out.safetensors --resume',
    outs: ['out.safetensors'],
  },
  'train-music': { args: `${music} out.safetensors --resume`, outs: ['out.safetensors'] },
  'train-music, two threads': {
    args: 'train-music tunes.abc --batch 32 --seq-length 24 --units 64 --layers 1 --steps 4 --checkpoint-steps 2 --threads 2 --out out.safetensors --resume',
    outs: ['out.safetensors'],
  },
  'train-embeddings': {
    args: `${embeddings} --threads 1 --out out.safetensors --resume`,
    outs: ['out.safetensors'],
  },
  'train-embeddings --save-model': {
    args: `${embeddings} --threads 1 --out out.safetensors --save-model model.safetensors --resume --force`,
    outs: ['out.safetensors', 'model.safetensors'],
  },
  'train-embeddings, two threads': {
    args: `${embeddings} --threads 2 --out out.safetensors --resume`,
    outs: ['out.safetensors'],
    anyBytes: true,
  },
  'train-tagger': {
    args: 'train-tagger tagged.txt --units 6 --embedding 4 --epochs 4 --threads 1 --checkpoint run.checkpoint --out out.safetensors --resume --force',
    outs: ['out.safetensors'],
  },
  'train-seq2seq': {
    args: 'train-seq2seq pairs.tsv --units 6 --embedding 4 --epochs 40 --batch 16 --scheduled-sampling 0.5 --threads 1 --checkpoint run.checkpoint --out out.safetensors --resume --force',
    outs: ['out.safetensors'],
  },
  'train-classifier': {
    args: 'train-classifier labeled.csv --encoder gru --units 6 --epochs 4 --threads 1 --checkpoint run.checkpoint --out out.safetensors --resume --force',
    outs: ['out.safetensors'],
  },
  'train-forecast': {
    args: 'train-forecast series.csv --units 6 --epochs 8 --threads 1 --checkpoint run.checkpoint --out out.safetensors --resume --force',
    outs: ['out.safetensors'],
  },
  'train-trigger': {
    args: `${trigger} out.safetensors --checkpoint run.checkpoint --resume`,
    outs: ['out.safetensors'],
  },
  'train-trigger --records, two threads': {
    args: `${trigger.replace('--threads 1', '--threads 2')} out.safetensors --checkpoint run.checkpoint --records records.jsonl --resume --force`,
    outs: ['out.safetensors', 'records.jsonl'],
  },
  'calibrate-trigger --force': {
    before: `${trigger} out.safetensors`,
    args: 'calibrate-trigger out.safetensors clips --false-alarms 1000 --force',
    outs: ['out.safetensors'],
  },
  'compose --force': {
    before: `${music} model.safetensors`,
    args: 'compose model.safetensors --seed 1 --out tune.mid --force',
    outs: ['tune.mid'],
  },
  'show-clip --force': {
    args: 'show-clip 3 clips --spoken 0 --out example.wav --force',
    outs: ['example.wav', 'example.svg'],
  },
  'plot-embeddings --force': {
    args: `plot-embeddings ${words.slice(0, 5).join(' ')} --vectors vectors.txt --out words.svg --force`,
    outs: ['words.svg'],
  },
  'convert-vectors --force': {
    before: old,
    args: 'convert-vectors vectors.txt out.safetensors --force',
    outs: ['out.safetensors'],
  },
  'debias --force': {
    before: old,
    args: `debias --vectors vectors.txt --direction ${words[0]}:${words[1]},${words[2]}:${words[3]} --out out.safetensors --force`,
    outs: ['out.safetensors'],
  },
};
