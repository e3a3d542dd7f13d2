import { PassThrough, Readable, type TransformOptions } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { SampleReader } from '../../src/audio/listening/sample-reader.js';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { Random } from '../../src/base/math/random.js';
import { whistled, whistleModel } from '../support/whistle-model.js';

const { samples: whole, endSeconds } = whistled(3);
/** Of 16 bits. */
const pcm = Int16Array.from(whole, (x) => Math.round(x * 32_768));
const samples = Float32Array.from(pcm, (x) => x / 32_768);
const bytes = Buffer.from(pcm.buffer);

/** Pieces of odd lengths, so that samples and frames are cut anywhere. */
function pieces(whole: Buffer, seed = 1): Buffer[] {
  const random = new Random(seed);
  const cut: Buffer[] = [];
  for (let at = 0; at < whole.length;) {
    const end = Math.min(whole.length, at + 1 + Math.floor(random.uniform() * 9001));
    cut.push(whole.subarray(at, end));
    at = end;
  }
  return cut;
}

/** Two channels whose mean is the sound. */
function stereo(): Float32Array {
  const random = new Random(4);
  const both = new Float32Array(2 * samples.length);
  samples.forEach((x, n) => {
    const apart = random.uniform() * 0.25;
    both.set([x + apart, x - apart], 2 * n);
  });
  return both;
}

describe('SampleReader', () => {
  it('puts samples together whose bytes came apart, and frames whose samples did', () => {
    const reader = new SampleReader({ channels: 2, format: 'pcm16' });
    // Frames (256, 512) and (-2, 4), little-endian, then half of a third.
    const given = [[0x00], [0x01, 0x00, 0x02, 0xfe], [0xff, 0x04], [0x00, 0x01]];
    const heard = given.map((chunk) => Array.from(reader.read(Uint8Array.from(chunk)), (x) => x * 32_768));
    expect(heard).toEqual([[], [384], [], [1]]);
  });

  it('reads floats at any place of a buffer, and buffers of other realms', () => {
    const whole = new Uint8Array(9);
    new DataView(whole.buffer).setFloat32(1, 0.25, true);
    new DataView(whole.buffer).setFloat32(5, -0.5, true);
    expect(new SampleReader({ format: 'float32' }).read(whole.subarray(1))).toEqual(
      Float32Array.of(0.25, -0.5),
    );
    expect(new SampleReader().read(Int16Array.of(16_384).buffer)).toEqual(Float32Array.of(0.5));
  });

  it.each<[string, unknown, object, string]>([
    ['text', 'abc', {}, 'listen: a chunk of the stream must be a Uint8Array'],
    [
      'other samples than were said',
      new Float32Array(4),
      { format: 'pcm16' },
      'bytes or an Int16Array, as format says',
    ],
    ['other floats', new Float64Array(4), {}, 'must be a Uint8Array'],
    [
      'a WAV file',
      Buffer.from('RIFF....WAVEfmt '),
      {},
      'The stream begins as a WAV file does; expected samples alone.',
    ],
    ['nothing', null, {}, 'must be a Uint8Array'],
  ])('refuses %s', (_what, chunk, format, message) => {
    const read = () => new SampleReader(format).read(chunk);
    expect(read).toThrow(
      expect.objectContaining({ code: 'bad-value', message: expect.stringContaining(message) }),
    );
  });
});

describe('listening to streams', () => {
  let model: TriggerModel;
  let expected: TriggerEvent[];
  beforeAll(async () => {
    model = await whistleModel();
    expected = await model.detect({ samples, sampleRate: 16_000 });
    expect(expected).toHaveLength(3);
    expected.forEach(({ timeSeconds }, i) => expect(Math.abs(timeSeconds - endSeconds[i])).toBeLessThan(0.3));
  });

  const all = async (events: AsyncIterable<TriggerEvent>) => {
    const heard: TriggerEvent[] = [];
    for await (const event of events) heard.push(event);
    return heard;
  };

  it('hears in a stream what detect hears in the whole, whatever the stream', async () => {
    const parts = pieces(bytes);
    expect(await all(model.listen(Readable.from(parts, { objectMode: false })))).toEqual(expected);
    expect(
      await all(model.listen(Readable.toWeb(Readable.from(parts)) as ReadableStream<Uint8Array>)),
    ).toEqual(expected);
    expect(await all(model.listen(parts, { format: 'pcm16', sampleRate: 16_000 }))).toEqual(expected);
    // Without iteration, as in Safari.
    let next = 0;
    const read = () =>
      Promise.resolve(next < parts.length ? { done: false, value: parts[next++] } : { done: true });
    const reader = { read, releaseLock: () => undefined };
    expect(await all(model.listen({ getReader: () => reader } as never))).toEqual(expected);
  });

  it('hears samples of every format, and the mean of channels', async () => {
    expect(await all(model.listen([pcm]))).toEqual(expected);
    expect(await all(model.listen([samples.subarray(0, 1000), samples.subarray(1000)]))).toEqual(expected);
    const floats = pieces(Buffer.from(samples.buffer), 2);
    expect(await all(model.listen(floats, { format: 'float32' }))).toEqual(expected);
    const both = pieces(Buffer.from(stereo().buffer), 3);
    const heard = await all(model.listen(both, { format: 'float32', channels: 2 }));
    expect(heard.map(({ timeSeconds }) => timeSeconds)).toEqual(
      expected.map(({ timeSeconds }) => timeSeconds),
    );
  });

  it('is a Transform of Node and a TransformStream', async () => {
    const transform = model.toTransform();
    const heard: TriggerEvent[] = [];
    const done = all(transform).then((events) => heard.push(...events));
    Readable.from(pieces(bytes)).pipe(transform);
    await done;
    expect(heard).toEqual(expected);
    const web = (Readable.toWeb(Readable.from(pieces(bytes))) as ReadableStream<Buffer>).pipeThrough(
      model.toTransformStream({ format: 'pcm16' }),
    );
    expect(await all(web as unknown as AsyncIterable<TriggerEvent>)).toEqual(expected);
  });

  it('fires at another threshold as it listens, and tells the score that is compared with it', () => {
    const stream = model.stream();
    const smoothed: number[] = [];
    const scores: number[] = [];
    stream.on('score', (event) => {
      scores.push(event.score);
      smoothed.push(event.smoothed);
    });
    stream.setThreshold(1);
    const middle = Math.round(16_000 * (endSeconds[0] + 1));
    const quiet = stream.push(samples.subarray(0, middle));
    stream.setThreshold({ rising: 0.2 });
    const heard = [...stream.push(samples.subarray(middle)), ...stream.flush()];
    expect(quiet).toEqual([]);
    expect(heard).toEqual(expected.slice(1));
    expect(model.thresholds).toEqual({ rising: 0.2 });
    const { smoothSteps } = model.settings.firing;
    smoothed.forEach((mean, i) => {
      const before = scores.slice(Math.max(0, i + 1 - smoothSteps), i + 1);
      expect(mean).toBeCloseTo(before.reduce((sum, score) => sum + score, 0) / smoothSteps, 6);
    });
    expect(() => stream.setThreshold({ falling: 0.5 })).toThrow('There is no word "falling"');
    stream.dispose();
    expect(() => stream.setThreshold(0.5)).toThrow('disposed');
  });

  it('asks for sound only as events are taken', async () => {
    let asked = 0;
    const parts = pieces(bytes);
    function* counted() {
      for (const part of parts) {
        asked++;
        yield part;
      }
    }
    const events = model.listen(counted());
    expect(asked).toBe(0);
    await events.next();
    const bytesHeard = parts.slice(0, asked).reduce((sum, { length }) => sum + length, 0);
    // Up to the chunk in which the first event lies.
    expect(bytesHeard / 32_000).toBeGreaterThanOrEqual(expected[0].timeSeconds);
    expect(bytesHeard / 32_000 - parts[asked - 1].length / 32_000).toBeLessThanOrEqual(
      expected[0].timeSeconds + 0.3,
    );
    await events.return();
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(asked).toBe(before);

    // A Transform whose events nobody takes holds its source back: it keeps sixteen.
    asked = 0;
    const often = Array.from({ length: 9 }, () => parts).flat();
    const source = Readable.from(
      (function* () {
        for (const part of often) {
          asked++;
          yield part;
        }
      })(),
    );
    const held = model.toTransform();
    source.pipe(held as never);
    for (let seen = -1; seen !== asked;) {
      seen = asked;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(asked).toBeLessThan(0.85 * often.length);
    expect(await all(held)).toHaveLength(9 * expected.length);
    expect(asked).toBe(often.length);
  });

  it('ends the stream where the loop is left, and tells of errors in the loop', async () => {
    const source = Readable.from(pieces(bytes));
    for await (const event of model.listen(source)) {
      expect(event).toEqual(expected[0]);
      break;
    }
    expect(source.destroyed).toBe(true);
    await expect(all(model.listen(['text' as never]))).rejects.toMatchObject({ code: 'bad-value' });
    const options: TransformOptions = { objectMode: true };
    const sink = new PassThrough(options);
    await expect(pipeline(Readable.from(['text']), model.toTransform() as never, sink)).rejects.toMatchObject(
      { code: 'bad-value' },
    );
  });

  it('refuses what is no stream, options that are none, and a model that has learned nothing', async () => {
    expect(() => model.listen(samples as never)).toThrow(
      expect.objectContaining({ code: 'bad-value', hint: 'Give sound that is there as a whole to detect.' }),
    );
    expect(() => model.listen(undefined as never)).toThrow('listen: sound must be a stream of sound');
    expect(() => model.listen([], { chanels: 2 } as never)).toThrow('listen has no option "chanels".');
    expect(() => model.toTransform({ format: 'mp3' as never })).toThrow('one of "pcm16", "float32"');
    expect(() => new TriggerModel().listen([])).toThrow('The model has not learned anything yet.');
  });
});
