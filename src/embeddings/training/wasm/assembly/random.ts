import { Job } from './settings';

/** The next 64 random bits: xorshift64* (Vigna 2016). The high half is the better one. */
@inline
export function nextRandom(job: Job): u64 {
  let x = job.random;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  job.random = x;
  return x * 2685821657736338717;
}

/** A whole number from 0 to `count` - 1 from the high half of random bits. */
@inline
export function below(random: u64, count: u32): u32 {
  return u32(((random >> 32) * u64(count)) >> 32);
}
