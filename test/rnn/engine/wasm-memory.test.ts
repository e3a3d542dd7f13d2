import { describe, expect, it } from 'vitest';
import { LinearMemory } from '../../../src/rnn/engine/wasm/linear-memory.js';
import { Random } from '../../../src/base/math/random.js';

describe('linear memory', () => {
  it('gives out blocks that never overlap and takes them back', () => {
    const memory = new LinearMemory();
    const random = new Random(3);
    const held: { start: number; bytes: number }[] = [];
    for (let round = 0; round < 2000; round++) {
      if (held.length > 40 || (held.length > 0 && random.uniform() < 0.45)) {
        const [{ start, bytes }] = held.splice(random.integer(held.length), 1);
        memory.release(start, bytes);
      } else {
        const bytes = random.integer(3000);
        const start = memory.allocate(bytes);
        expect(start % 64).toBe(0);
        expect(start).toBeGreaterThanOrEqual(256);
        const clash = held.find((other) => start < other.start + other.bytes && other.start < start + bytes);
        expect(clash).toBe(undefined);
        held.push({ start, bytes });
      }
    }
    for (const { start, bytes } of held) memory.release(start, bytes);
    expect(memory.allocate(1)).toBe(256);
  });

  it('keeps room behind the last block, where kernels read', () => {
    const memory = new LinearMemory();
    const start = memory.allocate(3 * 65536);
    expect(memory.memory.buffer.byteLength - (start + 3 * 65536)).toBeGreaterThanOrEqual(64);
  });

  it('says how much it wanted where there is no more', () => {
    expect(() => new LinearMemory().allocate(2 ** 33)).toThrow(
      expect.objectContaining({ code: 'engine', message: expect.stringContaining('8193 MiB') as string }),
    );
  });
});
