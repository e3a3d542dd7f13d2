import { IS_NODE } from './platform.js';

// What the host has for threads; threads.ts starts them.

/** How many threads the machine runs at once: 1 where the host does not say (Node before 20.16). */
export function hardwareThreads(): number {
  if (!IS_NODE) return globalThis.navigator?.hardwareConcurrency ?? 1;
  const { getBuiltinModule } = process as Partial<Pick<NodeJS.Process, 'getBuiltinModule'>>;
  return getBuiltinModule?.('node:os').availableParallelism() ?? 1;
}

/** Whether threads can share memory: always in Node, in a page only where it is cross-origin isolated. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (IS_NODE || globalThis.crossOriginIsolated);
}

/** Whether this thread may sleep until another wakes it: not the first of a page. */
export function maySleep(): boolean {
  return IS_NODE || typeof document === 'undefined';
}
