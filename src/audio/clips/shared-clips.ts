import { hardwareThreads } from '../../base/host/thread-support.js';
import type { Clip, ClipSet } from './clips.js';

/**
 * A copy of sound in memory that threads share; the same sound where it lies there already. A program that
 * has no further use for its clips can put them there itself, one by one, and so never holds them twice.
 */
export function inSharedMemory(samples: Float32Array): Float32Array {
  if (samples.buffer instanceof SharedArrayBuffer) return samples;
  const shared = new Float32Array(new SharedArrayBuffer(samples.byteLength));
  shared.set(samples);
  return shared;
}

/**
 * Makes the sound of all clips that would make it when it is first asked for, on every core: a voice, say, is
 * another program's work.
 *
 * @param onLoaded called with how many are made, of how many; no more are made once it says `false`
 */
export async function loadClips(
  clips: ClipSet,
  onLoaded: (done: number, total: number) => Promise<boolean>,
): Promise<void> {
  const lists: unknown[] = Object.values(clips);
  const waiting = lists
    .filter((list): list is Clip[] => Array.isArray(list))
    .flat()
    .filter((clip) => clip.load !== undefined);
  let [next, done] = [0, 0];
  let wanted = true;
  const load = async () => {
    while (wanted && next < waiting.length) {
      await waiting[next++].load!();
      wanted = (await onLoaded(++done, waiting.length)) && wanted;
    }
  };
  await Promise.all(Array.from({ length: hardwareThreads() }, load));
}

/** Clips whose sound all threads can read. */
export function sharedClips(clips: ClipSet): ClipSet {
  const entries = Object.entries(clips).map(([kind, value]: [string, unknown]) => [
    kind,
    Array.isArray(value) ? (value as Clip[]).map(sharedClip) : value,
  ]);
  return Object.fromEntries(entries) as ClipSet;
}

function sharedClip({ name, speaker, word, samples, speech }: Clip): Clip {
  return { name, speaker, word, samples: inSharedMemory(samples), speech };
}
