import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { demoText } from '../../scripts/demo-text.mjs';
import { Random } from '../../src/base/math/random.js';
import { FastText } from '../../src/embeddings/index.js';
import { wakeWordDetector } from '../exchange/support/wake-word-model.js';

const top = path.resolve(import.meta.dirname, '../..');

/** Puts the files that the pages name as the reader's own into a folder: small ones, made up or out of the demo. */
export async function placeReaderFiles(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const place = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

  cpSync(path.join(top, 'data/clips'), path.join(folder, 'clips'), { recursive: true });
  cpSync(path.join(top, 'data/demo/recording.wav'), path.join(folder, 'recording.wav'));
  cpSync(path.join(top, 'data/tunes/seqkit-tunes.abc'), path.join(folder, 'tunes.abc'));
  writeFileSync(path.join(folder, 'robot.safetensors'), (await wakeWordDetector(['hey robot'], 1)).bytes);
  place('stories.txt', demoText(100_000, 1));
  place('names.txt', villages().join('\n'));

  const random = new Random(6);
  const nouns = ['king', 'queen', 'man', 'woman', 'tea', 'coffee', 'river', 'city'];
  const sentences = Array.from({ length: 1_000 }, () =>
    Array.from({ length: 8 }, () => random.choice(nouns)),
  );
  place('corpus.txt', `${sentences.map((words) => words.join(' ')).join('.\n')}.\n`);
  const model = new FastText({ vectorSize: 6, minCount: 1, bucket: 50, workers: 1, epochs: 1 });
  await model.fit(sentences);
  for (const name of ['glove.6B.50d.txt', 'glove.6B.300d.txt']) await model.wv.save(path.join(folder, name));
  await model.wv.save(path.join(folder, 'model.bin'), { format: 'fasttext-binary' });
  place('queries.txt', 'king man woman\nparis france italy\n');
  place('questions-words.txt', ': royals\nman king woman queen\nwoman queen man king\n');
  place('wordsim353.tsv', '# word\tword\tscore\ntea\tcoffee\t8\nking\tqueen\t7\nking\triver\t1\n');
}

/** Names to learn, a line each. */
function villages(): string[] {
  const starts = ['Ash', 'Birch', 'Elm', 'Fern', 'Hazel', 'Oak', 'Thorn', 'Willow', 'North', 'South'];
  const ends = ['bridge', 'bury', 'combe', 'field', 'ford', 'ham', 'ley', 'mouth', 'stead', 'ton', 'wick'];
  return starts.flatMap((start) => ends.map((end) => start + end));
}
