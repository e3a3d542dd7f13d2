import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64 } from '../../src/base/encoding/base64.js';

describe('decodeBase64', () => {
  it("gives the bytes that Node's Buffer wrote, for every length of the last group", () => {
    for (const length of [0, 1, 2, 3, 4, 5, 1000]) {
      const bytes = randomBytes(length);
      expect(Buffer.from(decodeBase64(bytes.toString('base64'))).equals(bytes)).toBe(true);
    }
  });
});
