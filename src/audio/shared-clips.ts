import { hardwareThreads } from '../rnn/host/threads.js';
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

/** Clips whose sound all threads can read, none of it made on demand any more. */
export async function sharedClips(clips: ClipSet): Promise<ClipSet> {
  const entries: [string, unknown][] = [];
  for (const [kind, list] of Object.entries(clips) as [keyof ClipSet, ClipSet[keyof ClipSet]][]) {
    entries.push([kind, Array.isArray(list) ? await sharedList(list) : list]);
  }
  return Object.fromEntries(entries) as unknown as ClipSet;
}

async function sharedList(clips: readonly Clip[]): Promise<Clip[]> {
  // What another program makes, a voice say, is made on every core.
  let next = 0;
  const loader = async () => {
    while (next < clips.length) await clips[next++].load?.();
  };
  await Promise.all(Array.from({ length: hardwareThreads() }, loader));
  return clips.map(({ name, speaker, word, samples, speech }) => {
    return { name, speaker, word, samples: inSharedMemory(samples), speech };
  });
}
