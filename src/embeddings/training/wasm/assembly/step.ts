import { below, nextRandom } from './random';
import { Job, Settings } from './settings';
import { madd, sigmoid, sumsOf, zero } from './vector';

/** Targets that are taken side by side. */
export const groupSize: u32 = 6;

/** One pair in so many has its scores kept for the loss. */
const sampleEvery: u32 = 64;

// Scratch of a thread: four rows, then the list of targets' addresses, then a list of rows.
// h: the input vector. h0: as it was gathered. work: what several groups add to it together.

@inline
export function inputRow(job: Job): usize {
  return job.scratch;
}

@inline
export function gatheredRow(job: Job, settings: Settings): usize {
  return job.scratch + settings.rowBytes;
}

@inline
function workRow(job: Job, settings: Settings): usize {
  return job.scratch + 2 * settings.rowBytes;
}

@inline
function unusedRow(job: Job, settings: Settings): usize {
  return job.scratch + 3 * settings.rowBytes;
}

@inline
export function targetList(job: Job, settings: Settings): usize {
  return job.scratch + 4 * settings.rowBytes;
}

/** A word drawn from the noise distribution by Walker's alias method. */
@inline
function drawNoise(settings: Settings, random: u64): u32 {
  const word = below(random, settings.words);
  const entry = settings.noise + (<usize>word << 3);
  return u32(random) < load<u32>(entry) ? word : load<u32>(entry, 4);
}

/**
 * One step of negative sampling (Mikolov et al. 2013, equation 4): the input vector h is to score
 * high with the target and low with `negative` words drawn from the noise. A draw that hits the
 * target itself is left out.
 */
export function trainTarget(settings: Settings, job: Job, h: usize, target: u32, rate: f32): void {
  const rowBytes = settings.rowBytes;
  const outputs = settings.outputs;
  const negative = settings.negative;
  const list = targetList(job, settings);
  store<usize>(list, outputs + <usize>target * rowBytes);
  let count: u32 = 1;
  for (let i: u32 = 0; i < negative; i++) {
    const word = drawNoise(settings, nextRandom(job));
    if (word == target) continue;
    store<usize>(list + (<usize>count << 2), outputs + <usize>word * rowBytes);
    count++;
  }
  trainList(settings, job, h, count, rate);
}

/**
 * The step for `count` targets whose addresses are in the list, the first of them the true one:
 *
 *   g_k = rate * (label_k - sigmoid(h . v_k));  h += sum_k g_k v_k;  v_k += g_k h
 *
 * with the h and v_k of before the step, the ascent of log sigmoid(h . v_0) + sum_k log
 * sigmoid(-h . v_k). A noise word that was drawn twice is changed twice, the second time from what
 * the first left.
 */
export function trainList(settings: Settings, job: Job, h: usize, count: u32, rate: f32): void {
  const list = targetList(job, settings);
  const unused = unusedRow(job, settings);
  const rowBytes = settings.rowBytes;
  let padded = count;
  while (padded % groupSize != 0) {
    store<usize>(list + (<usize>padded << 2), unused);
    padded++;
  }
  let sample: usize = 0;
  if (job.pairs % sampleEvery == 0 && job.sampled < job.sampleRoom && count <= groupSize) {
    sample = job.samples + (<usize>job.sampled << 5);
    job.sampled += 1;
  }
  job.pairs += 1;
  if (padded == groupSize) {
    group(h, list, rowBytes, count, 1, rate, h, h, sample);
    return;
  }
  // Groups after the first would see a changed h, so what they add is kept apart until the end.
  const work = workRow(job, settings);
  memory.fill(work, 0, rowBytes);
  for (let first: u32 = 0; first < padded; first += groupSize) {
    const live = min(groupSize, count - first);
    group(h, list + (<usize>first << 2), rowBytes, live, first == 0 ? 1 : 0, rate, work, work, 0);
  }
  for (let at: usize = 0; at < rowBytes; at += 16) {
    v128.store(h + at, f32x4.add(v128.load(h + at), v128.load(work + at)));
  }
}

/**
 * Six targets at once. `live` of them count; `positives` (1 or 0) of those, at the front, are true.
 * What is to be added to h goes onto `from` and is stored at `to`.
 */
@inline
function group(
  h: usize,
  list: usize,
  rowBytes: usize,
  live: u32,
  positives: u32,
  rate: f32,
  from: usize,
  to: usize,
  sample: usize,
): void {
  const p0 = load<usize>(list);
  const p1 = load<usize>(list, 4);
  const p2 = load<usize>(list, 8);
  const p3 = load<usize>(list, 12);
  const p4 = load<usize>(list, 16);
  const p5 = load<usize>(list, 20);
  let s0 = zero;
  let s1 = zero;
  let s2 = zero;
  let s3 = zero;
  let s4 = zero;
  let s5 = zero;
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const x = v128.load(h + at);
    s0 = madd(x, v128.load(p0 + at), s0);
    s1 = madd(x, v128.load(p1 + at), s1);
    s2 = madd(x, v128.load(p2 + at), s2);
    s3 = madd(x, v128.load(p3 + at), s3);
    s4 = madd(x, v128.load(p4 + at), s4);
    s5 = madd(x, v128.load(p5 + at), s5);
  }
  const low = sumsOf(s0, s1, s2, s3);
  const high = sumsOf(s4, s5, zero, zero);
  if (sample != 0) {
    // The scores as the loss sees them; a target that does not count scores high, which costs nothing.
    const sign = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(positives));
    const signed = v128.bitselect(low, f32x4.neg(low), sign);
    v128.store(sample, v128.bitselect(signed, f32x4.splat(80), i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(live))));
    v128.store(sample, v128.bitselect(f32x4.neg(high), f32x4.splat(80), i32x4.lt_s(i32x4(4, 5, 6, 7), i32x4.splat(live))), 16);
  }
  const label = v128.and(f32x4.splat(1), i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(positives)));
  const rates = f32x4.splat(rate);
  const gLow = v128.and(
    f32x4.mul(rates, f32x4.sub(label, sigmoid(low))),
    i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(live)),
  );
  const gHigh = v128.and(
    f32x4.neg(f32x4.mul(rates, sigmoid(high))),
    i32x4.lt_s(i32x4(4, 5, 6, 7), i32x4.splat(live)),
  );
  const g0 = i32x4.shuffle(gLow, gLow, 0, 0, 0, 0);
  const g1 = i32x4.shuffle(gLow, gLow, 1, 1, 1, 1);
  const g2 = i32x4.shuffle(gLow, gLow, 2, 2, 2, 2);
  const g3 = i32x4.shuffle(gLow, gLow, 3, 3, 3, 3);
  const g4 = i32x4.shuffle(gHigh, gHigh, 0, 0, 0, 0);
  const g5 = i32x4.shuffle(gHigh, gHigh, 1, 1, 1, 1);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const x = v128.load(h + at);
    let y = v128.load(p0 + at);
    let sum = madd(g0, y, v128.load(from + at));
    v128.store(p0 + at, madd(g0, x, y));
    y = v128.load(p1 + at);
    sum = madd(g1, y, sum);
    v128.store(p1 + at, madd(g1, x, y));
    y = v128.load(p2 + at);
    sum = madd(g2, y, sum);
    v128.store(p2 + at, madd(g2, x, y));
    y = v128.load(p3 + at);
    sum = madd(g3, y, sum);
    v128.store(p3 + at, madd(g3, x, y));
    y = v128.load(p4 + at);
    sum = madd(g4, y, sum);
    v128.store(p4 + at, madd(g4, x, y));
    y = v128.load(p5 + at);
    sum = madd(g5, y, sum);
    v128.store(p5 + at, madd(g5, x, y));
    v128.store(to + at, sum);
  }
}
