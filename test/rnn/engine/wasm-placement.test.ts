import { describe, expect, it } from 'vitest';
import { place } from '../../../src/rnn/engine/wasm/placement.js';
import type { Tenant } from '../../../src/rnn/engine/wasm/placement.js';
import { Random } from '../../../src/base/math/random.js';

const roundUp = (bytes: number): number => Math.ceil(bytes / 64) * 64;

function randomTenants(random: Random, count: number): Tenant[] {
  return Array.from({ length: count }, () => {
    const first = random.integer(100);
    return { bytes: 1 + random.integer(5000), first, last: first + random.integer(20) };
  });
}

describe('placement of temporaries', () => {
  it('never lets two that live at once overlap', () => {
    for (let seed = 0; seed < 30; seed++) {
      const tenants = randomTenants(new Random(seed), 120);
      const { bytes, offsets } = place(tenants, roundUp);
      let clashes = 0;
      tenants.forEach((a, i) => {
        const startA = offsets.get(a)!;
        expect(startA % 64).toBe(0);
        expect(startA + a.bytes).toBeLessThanOrEqual(bytes);
        for (const b of tenants.slice(i + 1)) {
          const atOnce = a.first <= b.last && b.first <= a.last;
          const startB = offsets.get(b)!;
          const overlap = startA < startB + b.bytes && startB < startA + a.bytes;
          if (atOnce && overlap) clashes++;
        }
      });
      expect(clashes).toBe(0);
    }
  });

  it('takes no more than what lives at once where lives are nested or apart', () => {
    const chain = Array.from({ length: 50 }, (_, i) => ({ bytes: 640, first: i, last: i + 1 }));
    expect(place(chain, roundUp).bytes).toBe(1280);
    const nested = Array.from({ length: 5 }, (_, i) => ({ bytes: 64 * (i + 1), first: i, last: 10 - i }));
    expect(place(nested, roundUp).bytes).toBe(64 * 15);
  });

  it('takes nothing for nothing', () => {
    expect(place([], roundUp)).toEqual({ bytes: 0, offsets: new Map() });
  });
});
