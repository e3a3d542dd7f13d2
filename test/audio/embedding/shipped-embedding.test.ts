import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClips, SpeechEmbedding } from '../../../src/audio/index.js';
import { GOOGLE_EMBEDDING, SHIPPED_EMBEDDING_FILE } from '../../../src/audio/embedding/known-embeddings.js';
import { shippedNegatives } from '../../../src/audio/embedding/shipped-negatives.js';
import { repositoryFile, shippedClips } from '../../support/clip-files.js';

const RATE = 16_000;
const file = repositoryFile(SHIPPED_EMBEDDING_FILE);
let embedding: SpeechEmbedding;
beforeAll(async () => {
  embedding = await SpeechEmbedding.load(file);
});
afterAll(() => embedding.dispose());

describe('the embedding that comes with seqkit', () => {
  it('takes less than 0.7 MB, says what it was trained on, and is not that of Google', () => {
    expect(statSync(file).size).toBeLessThan(0.7e6);
    expect(embedding.notice).toMatch(/Speech Commands .*CC BY 4\.0.*Picovoice .*Apache-2\.0/);
    expect(embedding.hash).not.toBe(GOOGLE_EMBEDDING);
  });

  it('has an address that bundlers know', () => {
    const module = readFileSync(file.replace(/\.safetensors$/, '.js'), 'utf8');
    expect(module).toBe("export default new URL('./speech-embedding.safetensors', import.meta.url).href;\n");
  });

  it('has recorded negatives of its own', async () => {
    const negatives = (await shippedNegatives(embedding.hash))!;
    expect(negatives.size).toBe(96);
    expect(negatives.data.every(Number.isFinite)).toBe(true);
  });

  it('tells a word from others in a voice that neither was heard in, by the nearest mean', () => {
    // The clips are of espeak-ng, as is a third of what it learnt from; "activate" is none of its words.
    const { activates, negatives } = readClips(shippedClips(), RATE);
    const rows = [...activates, ...negatives]
      .filter(({ speech }) => speech.end - speech.start < RATE)
      .map((clip) => ({ isWord: activates.includes(clip), speaker: clip.speaker, row: pooled(clip) }));
    const mean = (list: typeof rows) =>
      Float64Array.from(
        { length: 96 },
        (_, i) => list.reduce((sum, { row }) => sum + row[i], 0) / list.length,
      );
    const right = rows.filter(({ isWord, speaker, row }) => {
      const others = rows.filter((other) => other.speaker !== speaker);
      const [word, rest] = [true, false].map((kind) => mean(others.filter((other) => other.isWord === kind)));
      return distance(row, word) < distance(row, rest) === isWord;
    });
    expect(rows.length).toBeGreaterThan(100);
    expect(right.length / rows.length).toBeGreaterThan(0.9);
  });
});

/** The mean of the embeddings whose window ends at the end of the word or soon after, brought to length 1. */
function pooled({ samples, speech }: { samples: Float32Array; speech: { end: number } }): Float64Array {
  const heard = new Float32Array(RATE + speech.end + 0.3 * RATE);
  heard.set(samples.subarray(0, Math.min(samples.length, heard.length - RATE)), RATE);
  const { data, frames } = embedding.embed(heard);
  const row = new Float64Array(96);
  for (let n = frames - 4; n < frames; n++) row.forEach((_, i) => (row[i] += data[n * 96 + i]));
  const length = Math.hypot(...row);
  return row.map((x) => x / length);
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);
}
