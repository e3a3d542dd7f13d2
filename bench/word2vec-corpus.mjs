import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { Random } from '../dist/rnn/index.js';

/**
 * Writes random text: 50,000 different words with frequencies by Zipf's law, 20 to a line.
 * @param megabytes about how much
 */
export async function writeZipfCorpus(path, megabytes) {
  const random = new Random(1);
  const words = new Set();
  while (words.size < 50_000) {
    const length = 2 + random.integer(7);
    words.add(Array.from({ length }, () => String.fromCharCode(97 + random.integer(26))).join(''));
  }
  const byLength = [...words].sort((a, b) => a.length - b.length);
  const bounds = new Float64Array(byLength.length);
  byLength.forEach((_, rank) => (bounds[rank] = (rank === 0 ? 0 : bounds[rank - 1]) + 1 / (rank + 1)));
  const total = bounds[bounds.length - 1];
  const draw = () => {
    const at = random.uniform(0, total);
    let [low, high] = [0, bounds.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle] > at) high = middle;
      else low = middle + 1;
    }
    return byLength[low];
  };
  const out = createWriteStream(path);
  for (let bytes = 0; bytes < megabytes * 1e6;) {
    const lines = Array.from({ length: 1000 }, () => Array.from({ length: 20 }, draw).join(' '));
    const text = `${lines.join('\n')}\n`;
    bytes += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
