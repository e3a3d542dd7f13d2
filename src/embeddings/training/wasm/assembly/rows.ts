import { gatheredRow, inputRow } from './step';
import { Job, Settings } from './settings';
import { madd } from './vector';

/**
 * The input vector of a list of rows: their mean, or their sum times `scale`.
 * @returns its address; `spread` gives back what training changed of it
 */
export function gather(settings: Settings, job: Job, list: usize, count: u32, scale: f32): usize {
  const rowBytes = settings.rowBytes;
  const h = inputRow(job);
  const kept = gatheredRow(job, settings);
  const first = settings.inputs + <usize>load<u32>(list) * rowBytes;
  memory.copy(h, first, rowBytes);
  for (let i: u32 = 1; i < count; i++) {
    const row = settings.inputs + <usize>load<u32>(list + (<usize>i << 2)) * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(h + at, f32x4.add(v128.load(h + at), v128.load(row + at)));
    }
  }
  const scales = f32x4.splat(scale);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const value = f32x4.mul(v128.load(h + at), scales);
    v128.store(h + at, value);
    v128.store(kept + at, value);
  }
  return h;
}

/** Adds the change of the input vector since it was gathered, times `scale`, to each of its rows. */
export function spread(settings: Settings, job: Job, list: usize, count: u32, scale: f32): void {
  const rowBytes = settings.rowBytes;
  const h = inputRow(job);
  const kept = gatheredRow(job, settings);
  const scales = f32x4.splat(scale);
  for (let at: usize = 0; at < rowBytes; at += 16) {
    v128.store(kept + at, f32x4.mul(scales, f32x4.sub(v128.load(h + at), v128.load(kept + at))));
  }
  for (let i: u32 = 0; i < count; i++) {
    const row = settings.inputs + <usize>load<u32>(list + (<usize>i << 2)) * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(row + at, f32x4.add(v128.load(row + at), v128.load(kept + at)));
    }
  }
}
