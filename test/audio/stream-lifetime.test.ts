import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClips, StreamResampler, TriggerModel, type TriggerStream } from '../../src/audio/index.js';
import type { WarningEvent } from '../../src/audio/detection/stream-events.js';
import { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';
import { shippedClips } from '../support/clip-files.js';
import { whistle } from '../support/whistles.js';

const RATE = 16_000;
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-streams-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let model: TriggerModel;
/** Three seconds that are nowhere silent. */
const sound = (() => {
  const random = new Random(5);
  const samples = Float32Array.from({ length: 3 * RATE }, () => 0.01 * random.normal());
  whistle('rising', 1).forEach((x, i) => (samples[RATE + i] += x));
  return samples;
})();

beforeAll(async () => {
  const clips = readClips(shippedClips(20), RATE);
  model = new TriggerModel({ seed: 3, word: 'activate', engine: 'wasm', threads: 1 });
  await model.fit(clips, { examples: 4, epochs: 1 });
});

/** All scores of a stream that hears pieces of 1000 samples. */
function scoresOf(
  stream: TriggerStream,
  samples: Float32Array | Int16Array,
  listen: (stream: TriggerStream) => void = () => {},
): number[] {
  const scores: number[] = [];
  const keep = ({ score }: { score: number }) => void scores.push(score);
  stream.on('score', keep);
  listen(stream);
  for (let at = 0; at < samples.length; at += 1000) stream.push(samples.subarray(at, at + 1000));
  stream.flush();
  stream.off('score', keep);
  return scores;
}

/** What `work` throws. */
function refusal(work: () => unknown): SeqkitError {
  try {
    work();
  } catch (error) {
    if (error instanceof SeqkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('samples that are no sound', () => {
  it.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['1e30', 1e30],
    ['-1001', -1001],
  ])('%s is heard as silence, counted, and told once', (_, bad) => {
    for (const sampleRate of [RATE, 48_000]) {
      const [broken, silent] = [sound.slice(), sound.slice()];
      const places = [0, 5000, 5001, 20_000, sound.length - 1];
      for (const at of places) [broken[at], silent[at]] = [bad, 0];
      const warnings: WarningEvent[] = [];
      const stream = model.stream({ sampleRate, spectrum: 'fast' });
      const scores = scoresOf(stream, broken, () => stream.on('warning', (event) => warnings.push(event)));
      expect(stream.silencedSamples).toBe(places.length);
      const quiet = model.stream({ sampleRate, spectrum: 'fast' });
      expect(scores).toEqual(scoresOf(quiet, silent));
      expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
      expect(quiet.silencedSamples).toBe(0);
      expect(warnings).toEqual([
        {
          count: 1,
          timeSeconds: 0,
          message: expect.stringMatching(/^1 sample is no sound: .*Silence is heard in place of it\.$/),
          hint: expect.stringContaining('Int16Array'),
        },
      ]);
      stream.dispose();
      quiet.dispose();
    }
  });

  it('leave what was given as it was, and take what is loud but sound', () => {
    const given = Float32Array.of(1, NaN, 999);
    const stream = model.stream();
    stream.push(given);
    expect([...given]).toEqual([1, NaN, 999]);
    expect(stream.silencedSamples).toBe(1);
    stream.dispose();
  });

  it('are told again, and counted anew, after reset', () => {
    const warnings: WarningEvent[] = [];
    const stream = model.stream().on('warning', (event) => warnings.push(event));
    stream.push(Float32Array.of(NaN, NaN));
    stream.push(Float32Array.of(NaN));
    expect(stream.silencedSamples).toBe(3);
    stream.reset();
    expect(stream.silencedSamples).toBe(0);
    stream.push(new Float32Array(8000));
    stream.push(Float32Array.of(Infinity));
    expect(warnings.map(({ count, timeSeconds }) => [count, timeSeconds])).toEqual([
      [2, 0],
      [1, 0.5],
    ]);
    stream.dispose();
  });

  it('are refused in a whole recording, by their place', async () => {
    const broken = sound.slice();
    broken[77] = NaN;
    await expect(model.detect({ samples: broken, sampleRate: RATE })).rejects.toThrow(/samples\[77\].*NaN/);
    broken[77] = 20_000;
    const error = await model.detect({ samples: broken, sampleRate: RATE }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'bad-value', hint: expect.stringContaining('32768') });
  });
});

describe('samples of 16 bits', () => {
  const pcm = Int16Array.from(sound, (x) => Math.round(32_768 * x));

  it('are heard as the floats that they stand for', () => {
    const [a, b] = [model.stream({ spectrum: 'fast' }), model.stream({ spectrum: 'fast' })];
    expect(scoresOf(a, pcm)).toEqual(
      scoresOf(
        b,
        Float32Array.from(pcm, (x) => x / 32_768),
      ),
    );
    a.dispose();
    b.dispose();
    const resampled = new StreamResampler(RATE, 8000).push(pcm);
    expect(resampled).toEqual(
      new StreamResampler(RATE, 8000).push(Float32Array.from(pcm, (x) => x / 32_768)),
    );
  });

  it('as bytes are refused, with a hint that makes them 16 bits again, wherever they lie', () => {
    const stream = model.stream();
    // At an odd offset, as a pooled Buffer may lie, no Int16Array can be laid over them.
    const bytes = Buffer.from(new Uint8Array([0, ...new Uint8Array(pcm.buffer)]).buffer, 1);
    const error = refusal(() => stream.push(bytes as never));
    expect(error.code).toBe('bad-value');
    expect(error.message).toBe(
      `push: samples must be a Float32Array or an Int16Array, not a Buffer of ${bytes.length}.`,
    );
    expect(error.hint).toContain('new Int16Array(new Uint8Array(bytes).buffer)');
    expect(new Int16Array(new Uint8Array(bytes).buffer)).toEqual(pcm);
    stream.dispose();
  });

  it.each([
    ['an array of numbers', [0, 0.5], 'Float32Array.from(samples)'],
    ['float64', new Float64Array(4), 'Float32Array.from(samples)'],
    ['channels', [new Float32Array(4)], 'one channel'],
    [
      'an AudioBuffer',
      { numberOfChannels: 1, getChannelData: () => new Float32Array(4) },
      'getChannelData(0)',
    ],
    ['an ArrayBuffer', new ArrayBuffer(4), 'decodeWav'],
    ['nothing', undefined, undefined],
  ])('%s is refused by kind', (_, given, hint) => {
    const stream = model.stream();
    const error = refusal(() => stream.push(given as never));
    expect(error.code).toBe('bad-value');
    if (hint === undefined) expect(error.hint).toBeUndefined();
    else expect(error.hint).toContain(hint);
    expect(() => new StreamResampler(RATE, 8000).push(given as never)).toThrow(SeqkitError);
    stream.dispose();
  });
});

describe('a stream', () => {
  it('begins anew after reset, whatever it has heard', () => {
    for (const sampleRate of [RATE, 44_100]) {
      const fresh = model.stream({ sampleRate, spectrum: 'fast' });
      const expected = scoresOf(fresh, sound);
      fresh.dispose();
      const stream = model.stream({ sampleRate, spectrum: 'fast' });
      stream.push(sound.subarray(1234, 30_001));
      stream.reset();
      expect(scoresOf(stream, sound)).toEqual(expected);
      stream.dispose();
    }
  });

  it('calls a listener no more after off, nor another in its place', () => {
    const calls: string[] = [];
    const stream = model.stream({ spectrum: 'fast' });
    const once = () => {
      calls.push('once');
      stream.off('score', once);
    };
    const always = () => void calls.push('always');
    stream
      .on('score', once)
      .on('score', always)
      .off('score', () => {});
    stream.push(sound.subarray(0, 3200));
    expect(calls.slice(0, 4)).toEqual(['once', 'always', 'always', 'always']);
    stream.dispose();
  });

  it('is one of several of a model, each with a state of its own', () => {
    const alone = (samples: Float32Array) => {
      const stream = model.stream({ spectrum: 'fast' });
      const scores = scoresOf(stream, samples);
      stream.dispose();
      return scores;
    };
    const reversed = sound.slice().reverse();
    const expected = [alone(sound), alone(reversed)];
    const streams = [sound, reversed].map((samples) => {
      const stream = model.stream({ spectrum: 'fast' });
      const scores: number[] = [];
      stream.on('score', ({ score }) => void scores.push(score));
      return { stream, samples, scores };
    });
    for (let at = 0; at < sound.length; at += 777) {
      for (const { stream, samples } of streams) stream.push(samples.subarray(at, at + 777));
    }
    expect(streams.map(({ scores }) => scores)).toEqual(expected);
    streams[0].stream.dispose();
    streams[1].stream.push(sound);
    streams[1].stream.dispose();
  });

  it('refuses every method after dispose, but for dispose', () => {
    const stream = model.stream();
    stream.dispose();
    stream.dispose();
    const calls: Record<string, () => unknown> = {
      push: () => stream.push(sound),
      flush: () => stream.flush(),
      reset: () => stream.reset(),
      on: () => stream.on('score', () => {}),
      off: () => stream.off('score', () => {}),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = refusal(call);
      expect([name, error.code, error.message]).toEqual([
        name,
        'usage',
        'The stream was disposed of, and cannot be used any more.',
      ]);
    }
  });

  it('is disposed at the end of its block, where the platform has Symbol.dispose', () => {
    expect(typeof Symbol.dispose).toBe('symbol');
    const stream = model.stream();
    stream[Symbol.dispose]();
    expect(() => stream.push(sound)).toThrow('The stream was disposed of, and cannot be used any more.');
  });

  it('may be disposed or reset by its listeners, but not pushed to', () => {
    const stream = model.stream({ spectrum: 'fast' });
    stream.on('score', () => {
      expect(() => stream.push(sound)).toThrow('push was called by a listener');
      expect(() => stream.flush()).toThrow('flush was called by a listener');
      stream.dispose();
    });
    expect(stream.push(sound)).toEqual([]);
    expect(() => stream.push(sound)).toThrow('disposed');
    const again = model.stream({ spectrum: 'fast' });
    const reset = () => again.off('score', reset).reset();
    again.on('score', reset);
    again.push(sound);
    const fresh = model.stream({ spectrum: 'fast' });
    expect(scoresOf(again, sound)).toEqual(scoresOf(fresh, sound));
    again.dispose();
    fresh.dispose();
  });

  it('hears the rest with the next piece where a listener throws', () => {
    const expected = model.stream({ spectrum: 'fast' });
    const scores = scoresOf(expected, sound);
    expected.dispose();
    const stream = model.stream({ spectrum: 'fast' });
    const heard: number[] = [];
    stream.on('score', ({ score }) => {
      heard.push(score);
      if (heard.length === 10) throw new Error('a fault of the listener');
    });
    expect(() => stream.push(sound)).toThrow('a fault of the listener');
    stream.push(new Float32Array(0));
    expect(heard).toEqual(scores);
    stream.dispose();
  });
});

describe('a model', () => {
  it('refuses every method after dispose; its streams listen on', async () => {
    const other = await TriggerModel.load(model.toBytes(), { engine: 'wasm', threads: 1 });
    const stream = other.stream({ spectrum: 'fast' });
    await other.dispose();
    await other.dispose();
    const calls: Record<string, () => unknown> = {
      fit: () => other.fit(readClips([], RATE)),
      detect: () => other.detect({ samples: sound, sampleRate: RATE }),
      stream: () => other.stream(),
      setThreshold: () => other.setThreshold(0.5),
      logits: () => other.logits(new Float32Array(4000), 100),
      toBytes: () => other.toBytes(),
      save: () => other.save(path.join(folder, 'never.safetensors')),
      from: () => TriggerModel.from(other),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error: unknown = await (async () => call())().catch((e: unknown) => e);
      expect([name, (error as Error).message]).toEqual([
        name,
        'The model was disposed of, and cannot be used any more.',
      ]);
      expect(error).toMatchObject({ code: 'usage' });
    }
    const fresh = model.stream({ spectrum: 'fast' });
    expect(scoresOf(stream, sound)).toEqual(scoresOf(fresh, sound));
    stream.dispose();
    fresh.dispose();
    const third = await TriggerModel.load(model.toBytes(), { engine: 'wasm', threads: 1 });
    third[Symbol.dispose]();
    expect(() => third.stream()).toThrow('The model was disposed of, and cannot be used any more.');
  });

  it('is trained once at a time, and stops when it is disposed', async () => {
    const clips = readClips(shippedClips(20), RATE);
    const other = new TriggerModel({ seed: 3, engine: 'wasm', threads: 1 });
    let stopped: Promise<void> | undefined;
    const first = other.fit(clips, {
      examples: 4,
      epochs: 1000,
      onProgress: ({ phase }) => {
        if (phase === 'training') stopped ??= other.dispose();
      },
    });
    await expect(other.fit(clips, { examples: 4, epochs: 1 })).rejects.toThrow('being trained already');
    await expect(first).rejects.toMatchObject({ code: 'stopped' });
    await stopped;
  });

  it.skipIf(process.platform !== 'linux')('closes its file where it cannot be opened', async () => {
    const good = model.toBytes();
    const [text, cut, kind] = ['text', 'cut', 'kind'].map((name) => path.join(folder, `${name}.safetensors`));
    writeFileSync(text, 'no model at all');
    writeFileSync(cut, good.subarray(0, 5000));
    const other = Buffer.from(good);
    other.write('TriggerMoDel', other.indexOf('TriggerModel'));
    writeFileSync(kind, other);
    const open = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
        } catch {
          return false;
        }
      });
    for (const file of [text, cut, kind, folder]) {
      await expect(TriggerModel.load(file)).rejects.toBeInstanceOf(SeqkitError);
    }
    expect(open()).toEqual([]);
  });
});
