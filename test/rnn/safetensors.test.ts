import { contentDigest } from '../../src/base/encoding/content-digest.js';
import { describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../src/base/encoding/safetensors.js';

const tensors: Record<string, StoredTensor> = {
  bytes: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) },
  ints: { dtype: 'I8', shape: [1, 2], data: Int8Array.of(-128, 127) },
  halves: { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) },
  floats: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -0, 1e-40, Infinity) },
  wide: { dtype: 'F64', shape: [1], data: Float64Array.of(Math.PI) },
  counts: { dtype: 'U32', shape: [1], data: Uint32Array.of(4294967295) },
  signed: { dtype: 'I32', shape: [1], data: Int32Array.of(-7) },
  nothing: { dtype: 'F32', shape: [0, 5], data: new Float32Array(0) },
  'naïve "name"\n浴': { dtype: 'F32', shape: [], data: Float32Array.of(4) },
};

/** A file made by hand of a header and some bytes after it. */
function file(header: string | Uint8Array, dataBytes = 0): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = `[${end - begin}]`, dtype = '"U8"') =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;

describe('a safetensors file', () => {
  it('comes back as it was', () => {
    const metadata = { version: '1', text: 'line\nline "quoted" \u2028 浴' };
    const opened = decodeSafetensors(encodeSafetensors(tensors, metadata), 'x');
    expect(opened.metadata).toEqual(metadata);
    expect(Object.fromEntries(opened.tensors)).toEqual(tensors);
  });

  it('is laid out as the format says', () => {
    const bytes = encodeSafetensors({ b: tensors['bytes'], a: tensors['signed'] }, { k: 'v' });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    const digest = contentDigest(Object.entries({ a: tensors['signed'], b: tensors['bytes'] }), { k: 'v' });
    expect(length % 8).toBe(0);
    expect(header.trimEnd()).toBe(
      `{"__metadata__":{"k":"v","seqkit.digest":"${digest}"},` +
        '"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},' +
        '"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]}}',
    );
    expect(Array.from(bytes.subarray(8 + length))).toEqual([0xf9, 0xff, 0xff, 0xff, 1, 2, 255]);
  });

  it('has the same bytes in whatever order the tensors were given', () => {
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors(tensors));
  });

  it('is opened without copying, or with a copy where it lies unaligned', () => {
    const bytes = encodeSafetensors(tensors);
    for (const { data } of decodeSafetensors(bytes, 'x').tensors.values()) {
      expect(data.buffer).toBe(bytes.buffer);
    }
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const opened = decodeSafetensors(shifted.subarray(1), 'x');
    expect(Object.fromEntries(opened.tensors)).toEqual(tensors);
  });

  it('may be empty, and may name a tensor like a property of objects', () => {
    expect(decodeSafetensors(encodeSafetensors({}), 'x')).toEqual({
      ...{ tensors: new Map(), metadata: {}, digest: 'verified' },
    });
    const odd = decodeSafetensors(file(`{"__proto__":${entry(0, 1)},"toString":${entry(1, 2)}}`, 2), 'x');
    expect([...odd.tensors.keys()]).toEqual(['__proto__', 'toString']);
  });

  it('is not made of arrays that do not fit their shape', () => {
    const bad = { dtype: 'F32', shape: [2, 3], data: new Float32Array(5) } as const;
    expect(() => encodeSafetensors({ bad })).toThrow(
      expect.objectContaining({ code: 'bad-shape', message: expect.stringContaining('6 elements') }),
    );
    const mixed = { dtype: 'F32', shape: [2], data: new Int32Array(2) } as unknown as StoredTensor;
    expect(() => encodeSafetensors({ mixed })).toThrow(/Float32Array/);
    expect(() => encodeSafetensors({ __metadata__: tensors['bytes'] })).toThrow(/__metadata__/);
  });
});

describe('a hostile safetensors file', () => {
  const huge = file('{}');
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  const whole = encodeSafetensors(tensors);

  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /byte 0: .*at least 10 bytes, this one 0/],
    [
      'of another kind',
      new TextEncoder().encode('the 0.1 0.2 0.3 and so on'),
      /byte 0: it asks for a header/,
    ],
    ['with a huge header', huge, /byte 0: it asks for a header of 9223372036854775808 bytes where 2 follow/],
    ['cut short in its header', whole.subarray(0, 50), /byte 0: .*cut short/],
    ['cut short in its data', whole.subarray(0, -1), /the file is cut short/],
    ['with bytes too many', file(`{"a":${entry(0, 1)}}`, 2), /belong to no tensor/],
    ['with no object', file('[1, 2, 3]'), /does not begin with "{"/],
    ['with broken JSON', file('{"a":}  '), /not valid JSON/],
    ['with bad UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), /not valid UTF-8/],
    ['naming a tensor twice', file(`{"a":${entry(0, 1)},"a":${entry(1, 2)}}`, 2), /byte 61: .*"a" twice/],
    ['hiding that', file(`{"a":${entry(0, 0)},"\\u0061":${entry(0, 0)}}`), /"a" twice/],
    [
      'with two shapes',
      file('{"a":{"dtype":"U8","shape":[0],"shape":[0],"data_offsets":[0,0]}}'),
      /"shape" twice/,
    ],
    ['overlapping', file(`{"a":${entry(0, 2)},"b":${entry(1, 3)}}`, 3), /"b" overlaps/],
    ['the same twice', file(`{"a":${entry(0, 2)},"b":${entry(0, 2)}}`, 2), /overlaps/],
    ['with a hole', file(`{"a":${entry(0, 1)},"b":${entry(2, 3)}}`, 3), /"b" leaves a hole/],
    ['beginning with a hole', file(`{"b":${entry(1, 3)}}`, 3), /leaves a hole/],
    ['out of range', file(`{"a":${entry(0, 1e12)}}`, 4), /cut short/],
    ['of a wrong size', file(`{"a":${entry(0, 8, '[3]', '"F32"')}}`, 8), /takes 8 bytes, .*need 12/],
    ['of an overflowing size', file(`{"a":${entry(0, 8, '[4294967296,4294967296]')}}`, 8), /shape/],
    ['of a negative size', file(`{"a":${entry(0, 1, '[-1,-1]')}}`, 1), /shape \[-1,-1\]/],
    ['of a broken size', file(`{"a":${entry(0, 1, '[0.5,2]')}}`, 1), /shape/],
    ['with offsets backwards', file(`{"a":${entry(1, 0, '[1]')}}`, 1), /offsets \[1,0\]/],
    ['with offsets of text', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":["0","1"]}}', 1), /offsets/],
    ['of an unknown type', file(`{"a":${entry(0, 2, '[1]', '"BF16"')}}`, 2), /"BF16", where one of F64/],
    ['of a type that objects have', file(`{"a":${entry(0, 2, '[1]', '"toString"')}}`, 2), /"toString"/],
    ['with a number for a tensor', file('{"a":5}'), /"a" is not an object/],
    ['with metadata that is no text', file('{"__metadata__":{"a":5}}'), /metadata must be text/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'some/file')).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(message) }),
    );
    expect(() => decodeSafetensors(bytes, 'some/file')).toThrow(/^some\/file: damaged at byte \d+/);
  });

  it('with any one header byte changed opens or is refused, and does nothing else', () => {
    const bytes = encodeSafetensors({ a: tensors['floats'], b: tensors['bytes'] }, { k: 'v' });
    let refusals = 0;
    for (let at = 0; at < bytes.length - 19; at++) {
      for (const value of [0, 0x22, 0x39, 0x7d, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        try {
          decodeSafetensors(changed, 'x');
        } catch (error) {
          expect(error).toHaveProperty('code', 'bad-file');
          refusals++;
        }
      }
    }
    expect(refusals).toBeGreaterThan(500);
  });
});
