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
  writeFileSync(`${folder}/tunes.abc`, ['D', 'G', 'A', 'C'].map(tune).join('\n').repeat(4));
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

/**
 * `args` leave `out`; run again they go on where they were. `old`: what stands under that name beforehand.
 * @type {Record<string, { args: string[], again?: string[], out: string, old?: string[] }>}
 */
export const commands = {
  'train-text': {
    args: 'train-text corpus.txt --units 8 --layers 1 --steps 12 --checkpoint-steps 4 --threads 1 --out out.safetensors --resume'.split(
      ' ',
    ),
    out: 'out.safetensors',
  },
  'train-text, two threads': {
    args: 'train-text corpus.txt --units 64 --batch 32 --layers 1 --steps 8 --checkpoint-steps 3 --threads 2 --out out.safetensors --resume'.split(
      ' ',
    ),
    out: 'out.safetensors',
  },
  'train-music': {
    args: 'train-music tunes.abc --batch 4 --seq-length 24 --units 8 --layers 1 --steps 12 --checkpoint-steps 4 --threads 1 --out out.safetensors --resume'.split(
      ' ',
    ),
    out: 'out.safetensors',
  },
  'train-embeddings': {
    args: 'train-embeddings corpus.txt --vector-size 8 --min-count 1 --epochs 3 --threads 1 --checkpoint-minutes 0.00001 --out out.safetensors --resume'.split(
      ' ',
    ),
    out: 'out.safetensors',
  },
  'train-trigger': {
    args: 'train-trigger clips --examples 16 --epochs 2 --checkpoint run.checkpoint --resume --spoken 0 --threads 1 --out out.safetensors'.split(
      ' ',
    ),
    out: 'out.safetensors',
  },
  'convert-vectors --force': {
    args: 'convert-vectors vectors.txt out.safetensors --force'.split(' '),
    old: 'convert-vectors vectors.txt out.safetensors --precision int8'.split(' '),
    out: 'out.safetensors',
  },
  'debias --force': {
    args: `debias --vectors vectors.txt --direction ${words[0]}:${words[1]},${words[2]}:${words[3]} --out out.safetensors --force`.split(
      ' ',
    ),
    old: 'convert-vectors vectors.txt out.safetensors --precision int8'.split(' '),
    out: 'out.safetensors',
  },
};
