// How threads over one shared memory work through a command list together. The words they
// meet by stand at the bottom of the memory, behind the constants. Nothing here is reached by
// a session of one thread, whose memory need not be shared.

/** Counts the jobs that were given out. */
const job: usize = 192;
/** Counts arrivals at barriers, over all jobs; it wraps around. */
const arrivals: usize = 196;
/** What `arrivals` was when the job was given out. */
const before: usize = 200;
const list: usize = 204;
const end: usize = 208;
const scratchBytes: usize = 212;
const failed: usize = 216;

/** Looks this often before it sleeps: some tens of microseconds. */
const patience: i32 = 20000;

/** The same for one that may not sleep, before it gives others a turn: about half a second. */
const longPatience: i32 = 1 << 28;

let barriers: i32 = 0;

/** Whether this thread may sleep: the first thread of a page may not. */
let sleeps: bool = true;

export function neverSleep(): void {
  sleeps = false;
}

export function listOfJob(): usize {
  return load<usize>(list);
}
export function endOfJob(): usize {
  return load<usize>(end);
}
export function scratchOfJob(): usize {
  return load<usize>(scratchBytes);
}

/** Gives all threads a job. The caller is one of them. */
export function giveJob(from: usize, to: usize, scratch: usize): void {
  store<i32>(before, atomic.load<i32>(arrivals));
  store<usize>(list, from);
  store<usize>(end, to);
  store<usize>(scratchBytes, scratch);
  atomic.add<i32>(job, 1);
  atomic.notify(job);
}

/** Waits for the job after the `seen`-th. */
export function awaitJob(seen: i32): void {
  for (let look = 0; look < patience; look++) {
    if (atomic.load<i32>(job) != seen) return;
  }
  while (atomic.load<i32>(job) == seen) atomic.wait<i32>(job, seen, -1);
}

/** Begins to count the barriers of a job. */
export function beginJob(): void {
  barriers = 0;
}

/** How many arrivals the barrier waits for. */
let target: i32 = 0;

/** Comes to the next barrier of `count` threads. Returns whether all are here. */
export function arrive(count: i32): bool {
  barriers++;
  target = load<i32>(before) + barriers * count;
  if (atomic.add<i32>(arrivals, 1) + 1 != target) return false;
  atomic.notify(arrivals);
  return true;
}

/**
 * Waits at the barrier that `arrive` came to. Traps where one of the others has failed.
 * @param nanoseconds how long, about; -1 for ever
 * @returns whether all are here
 */
export function awaitOthers(nanoseconds: i64): bool {
  let looks = 0;
  while (true) {
    const now = atomic.load<i32>(arrivals);
    if (now - target >= 0) return true;
    if (atomic.load<i32>(failed)) unreachable();
    if (++looks <= patience) continue;
    if (sleeps) {
      if (atomic.wait<i32>(arrivals, now, nanoseconds) == AtomicWaitResult.TIMED_OUT) return false;
    } else if (nanoseconds >= 0 && looks > longPatience) return false;
  }
}

/** Returns when all `count` threads are here. Traps where one of them has failed. */
export function waitAtBarrier(count: i32): void {
  if (!arrive(count)) awaitOthers(-1);
}

/** Called where a thread cannot go on: the others stop waiting for it. */
export function fail(): void {
  atomic.store<i32>(failed, 1);
  atomic.notify(arrivals);
}
