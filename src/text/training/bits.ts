import { numberOrInfinity } from '../../base/schema/index.js';

const nat = numberOrInfinity();

/** Nats as bits: 1 nat is 1 / ln 2 bits. @throws SeqkitError `bad-value` for what is no number */
export function toBits(nats: number): number {
  return nat.parse(nats, 'toBits: nats') / Math.LN2;
}
