import { describe, expect, it } from 'vitest';
import { Digest } from '../../../src/base/encoding/digest.js';
import { Random } from '../../../src/base/math/random.js';

const mask = 0xffffffffn;

/** The digest once more, in whole numbers without end and a word at a time. */
function slowDigest(parts: readonly Uint8Array[]): string {
  const turned = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask;
  const round = (lane: bigint, word: bigint): bigint =>
    (turned((lane + word * 0x85ebca77n) & mask, 13n) * 0x9e3779b1n) & mask;
  let lanes = Array.from({ length: 16 }, (_, i) => ((BigInt(i + 1) * 0x9e3779b1n) & mask) ^ 0x85ebca77n);
  for (const part of parts) {
    const stripes = Math.floor(part.length / 64);
    const padded = new Uint8Array((stripes + 2) * 64);
    padded.set(part);
    const view = new DataView(padded.buffer);
    view.setFloat64((stripes + 1) * 64, part.length, true);
    for (let at = 0; at < padded.length; at += 64) {
      lanes = lanes.map((lane, i) => round(lane, BigInt(view.getUint32(at + 4 * i, true))));
    }
  }
  let [a, b, c, d] = [0, 1, 2, 3].map((i) =>
    round(round(round(lanes[i], lanes[i + 4]), lanes[i + 8]), lanes[i + 12]),
  );
  for (let i = 0; i < 8; i++) {
    a = (a + b) & mask;
    d = turned(d ^ a, 16n);
    c = (c + d) & mask;
    b = turned(b ^ c, 12n);
    a = (a + b) & mask;
    d = turned(d ^ a, 8n);
    c = (c + d) & mask;
    b = turned(b ^ c, 7n);
  }
  return [a, b, c, d].map((word) => word.toString(16).padStart(8, '0')).join('');
}

function noise(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.integer(256));
}

describe.each([
  ['compiled', true],
  ['in plain TypeScript', false],
])('a digest %s', (_, compiled) => {
  const digestOf = (...parts: (string | ArrayBufferView)[]): string =>
    parts.reduce<Digest>((digest, part) => digest.add(part), new Digest({ compiled })).toString();

  it.each([0, 1, 3, 63, 64, 65, 128, 1000, 65_536, 65_600, 200_003])(
    'of %i bytes is what it should be',
    (size) => {
      const bytes = noise(size, size + 1);
      expect(digestOf(bytes)).toBe(slowDigest([bytes]));
    },
  );

  it('of bytes that lie anywhere, and of numbers, is that of the bytes', () => {
    const bytes = noise(400, 2);
    const shifted = new Uint8Array(403);
    shifted.set(bytes, 3);
    expect(digestOf(shifted.subarray(3))).toBe(digestOf(bytes));
    const floats = new Float32Array(bytes.buffer, 0, 100);
    expect(digestOf(floats)).toBe(digestOf(bytes));
    const shared = new Uint8Array(new SharedArrayBuffer(400));
    shared.set(bytes);
    expect(digestOf(shared)).toBe(digestOf(bytes));
  });

  it('tells parts from the whole, an end of zeros from none, and their order', () => {
    const [a, b] = [noise(64, 3), noise(64, 4)];
    const whole = Uint8Array.of(...a, ...b);
    const all = [digestOf(whole), digestOf(a, b), digestOf(b, a), digestOf(a), digestOf(a, ''), digestOf()];
    all.push(digestOf(Uint8Array.of(1)), digestOf(Uint8Array.of(1, 0)), digestOf('1'));
    expect(new Set(all).size).toBe(all.length);
    expect(digestOf(a, b)).toBe(slowDigest([a, b]));
    expect(digestOf('é')).toBe(slowDigest([Uint8Array.of(0xc3, 0xa9)]));
  });

  it('changes with every single bit, and about half of it does', () => {
    const bytes = noise(150, 5);
    const before = BigInt(`0x${digestOf(bytes)}`);
    const seen = new Set([before]);
    let changed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      const after = BigInt(`0x${digestOf(bytes)}`);
      seen.add(after);
      changed += (before ^ after).toString(2).replaceAll('0', '').length;
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(seen.size).toBe(bytes.length * 8 + 1);
    expect(changed / (bytes.length * 8)).toBeGreaterThan(62);
    expect(changed / (bytes.length * 8)).toBeLessThan(66);
  });
});

it('two digests that are made at once do not disturb each other', () => {
  const [a, b] = [new Digest(), new Digest()];
  const [first, second] = [noise(300, 6), noise(300, 7)];
  a.add(first);
  b.add(second);
  a.add(second);
  b.add(first);
  expect([a.toString(), b.toString()]).toEqual([slowDigest([first, second]), slowDigest([second, first])]);
});
