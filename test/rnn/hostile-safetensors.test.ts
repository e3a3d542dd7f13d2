import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Random } from '../../src/base/math/random.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { Sequential } from '../../src/rnn/model/sequential.js';

const megabyte = 2 ** 20;
const folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-hostile-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Eight bytes of length, the header, and some bytes of data. */
function file(header: string, dataBytes = 0, declared?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const tensor = (shape: string, begin: number | string, end: number | string, dtype = 'F32'): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

/** What the process holds in arrays and on the heap, in bytes. */
function held(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Refuses, and tells by how much memory grew meanwhile; the collector can only make it less. */
function refuse(bytes: Uint8Array): { message: string; grown: number } {
  const before = held();
  try {
    decodeSafetensors(bytes, 'x');
  } catch (error) {
    expect(error).toMatchObject({ name: 'SeqkitError', code: 'bad-file' });
    return { message: (error as Error).message, grown: held() - before };
  }
  return expect.fail('it was opened');
}

describe('a file that claims to be large', () => {
  it.each<[string, Uint8Array, string]>([
    ['a header of 4 GB', file('{}', 0, 2n ** 32n), 'asks for a header of 4294967296 bytes where 2 follow'],
    ['a header of 2^64 - 1', file('{}', 0, 2n ** 64n - 1n), 'asks for a header of 18446744073709551615'],
    ['a tensor of 4 TB', file(`{"a":${tensor('[1099511627776]', 0, 2 ** 42)}}`, 4), 'the file is cut short'],
    ['a tensor past 2^53', file(`{"a":${tensor('[3,9007199254740991]', 0, 4)}}`, 4), 'has the shape'],
    [
      'a shape that overflows to 0',
      file(`{"a":${tensor('[4294967296,4294967296,0]', 0, 0)}}`),
      'has the shape',
    ],
    ['an offset past 2^53', file(`{"a":${tensor('[1]', 0, '9007199254740993')}}`, 4), 'has the offsets'],
    ['an infinite offset', file(`{"a":${tensor('[1]', 0, '1e999')}}`, 4), 'has the offsets'],
    ['an infinite size', file(`{"a":${tensor('[1e999]', 0, 4)}}`, 4), 'has the shape [Infinity]'],
    [
      'the same bytes for many tensors',
      file(`{${Array.from({ length: 1000 }, (_, i) => `"t${i}":${tensor('[256]', 0, 1024)}`).join()}}`, 1024),
      'overlaps the tensor before it',
    ],
  ])('%s is refused without allocating for it', (_, bytes, message) => {
    const refused = refuse(bytes);
    expect(refused.message).toContain(message);
    expect(refused.message.length).toBeLessThan(300);
    expect(refused.grown).toBeLessThan(4 * megabyte);
  });

  it('is refused by its first bytes, the rest of a sparse file of 5 GB not read', async () => {
    const path = join(folder, 'sparse.safetensors');
    const handle = fs.openSync(path, 'w');
    fs.writeSync(handle, file('{', 0, 2n ** 32n));
    fs.ftruncateSync(handle, 5 * 2 ** 30);
    fs.closeSync(handle);
    const before = held();
    await expect(Sequential.load(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('asks for a header of 4294967296 bytes') as string,
    });
    expect(held() - before).toBeLessThan(16 * megabyte);
    // With an honest header it is more than one array can hold.
    fs.writeFileSync(path, file('{}'));
    fs.truncateSync(path, 5 * 2 ** 30);
    await expect(Sequential.load(path)).rejects.toMatchObject({
      code: 'file-access',
      message: expect.stringContaining('5368709120 bytes are more than memory can hold') as string,
    });
    expect(held() - before).toBeLessThan(16 * megabyte);
  });
});

describe('a header that is odd', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deepObject = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const long = 'n'.repeat(100_000);

  it.each<[string, string, string]>([
    ['a deep shape', `{"a":${tensor(deep, 0, 0)}}`, 'has the shape a nested array'],
    [
      'deep offsets',
      `{"a":{"dtype":"F32","shape":[0],"data_offsets":${deep}}}`,
      'has the offsets a nested array',
    ],
    ['a deep element type', `{"a":{"dtype":${deepObject},"shape":[0],"data_offsets":[0,0]}}`, 'an object'],
    ['a deep tensor', `{"a":${deep}}`, 'is not an object'],
    ['deep metadata', `{"__metadata__":{"k":${deep}}}`, 'the metadata must be text by name'],
    ['a deep header', deepObject, 'has the element type undefined'],
    ['metadata of numbers', '{"__metadata__":{"a":"b","k":1}}', 'the metadata must be text by name'],
    ['metadata of null', '{"__metadata__":null}', 'the metadata must be text by name'],
    ['metadata in an array', '{"__metadata__":["a"]}', 'the metadata must be text by name'],
    ['metadata twice', '{"__metadata__":{},"__metadata__":{"a":"b"}}', '"__metadata__" twice'],
    ['a long name', `{"${long}":{}}`, `tensor "${'n'.repeat(80)}..."`],
    ['a name that clears the screen', '{"\\u001b[2J":{}}', 'tensor "\\u001b[2J"'],
    ['a long shape', `{"a":${tensor(`[${'1,'.repeat(50_000)}-1]`, 0, 4)}}`, '[1,1,1,1,1,1,1,1,...]'],
    ['nothing but an opening brace', '{ ', 'not valid JSON'],
    ['a NUL', '{\u0000}', 'not valid JSON'],
    ['a byte order mark', '\uFEFF{}', 'does not begin with "{"'],
  ])('%s is refused in a short sentence', (_, header, message) => {
    const refused = refuse(file(header));
    expect(refused.message).toContain(message);
    expect(refused.message.length).toBeLessThan(300);
    // Reading a header of 600 kB takes some times its size, no more.
    expect(refused.grown).toBeLessThan(64 * megabyte);
  });
});

describe('mutated files', () => {
  it('open or are refused, four thousand of them, and nothing else happens', async () => {
    const model = new Sequential([new Dense({ units: 3 }), new Dense({ units: 2 })], { seed: 1 });
    await model.build([4]);
    const whole = model.toBytes({ settings: { word: 'activate' } });
    const headerBytes = Number(new DataView(whole.buffer).getBigUint64(0, true));
    const random = new Random(20);
    const scraps = [
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '9',
      '-',
      '1e309',
      '\\u0000',
      'null',
      'F64',
      'shape',
    ];
    const encoder = new TextEncoder();
    let [refused, opened] = [0, 0];
    for (let round = 0; round < 4_000; round++) {
      let bytes = Uint8Array.from(whole);
      for (let change = random.integer(3); change >= 0; change--) {
        const at = random.integer(8 + headerBytes);
        const kind = random.integer(5);
        if (kind === 0) bytes[at] = random.integer(256);
        else if (kind === 1) bytes[at] ^= 1 << random.integer(8);
        else if (kind === 2) bytes = bytes.slice(0, random.integer(bytes.length));
        else {
          // A scrap put in, or put in place of what was there; the declared length follows, or does not.
          const scrap = encoder.encode(random.choice(scraps));
          const rest = bytes.subarray(at + (kind === 3 ? 0 : scrap.length));
          const next = new Uint8Array(Math.min(at, bytes.length) + scrap.length + rest.length);
          next.set(bytes.subarray(0, at));
          next.set(scrap, Math.min(at, bytes.length));
          next.set(rest, Math.min(at, bytes.length) + scrap.length);
          if (at >= 8 && next.length > 8 && random.integer(2) === 0) {
            const length = headerBytes + next.length - bytes.length;
            new DataView(next.buffer).setBigUint64(0, BigInt(Math.max(0, length)), true);
          }
          bytes = next;
        }
      }
      const before = process.memoryUsage().arrayBuffers;
      try {
        // Without the digest, which next to none would match.
        const { tensors } = decodeSafetensors(bytes, 'x', { verify: false });
        // What opens is consistent, and saves to a file that opens to the same.
        for (const { shape, data } of tensors.values()) {
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        }
        const again = decodeSafetensors(encodeSafetensors(Object.fromEntries(tensors)), 'x').tensors;
        expect(new Set(again.keys())).toEqual(new Set(tensors.keys()));
        opened++;
      } catch (error) {
        expect(error).toMatchObject({ name: 'SeqkitError', code: 'bad-file' });
        refused++;
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(megabyte);
    }
    expect(refused).toBeGreaterThan(2_000);
    expect(opened).toBeGreaterThan(100);
  });
});
