/** Work that is put off until nothing new came for a while, as writing what is still being moved or typed. */
export interface LateWork {
  /** Has it done so long after the last time that this was called. */
  readonly soon: () => void;
  /** Does it at once, where it is still to be done. */
  readonly now: () => void;
  /** There is no need for it any more. */
  readonly drop: () => void;
}

/** Something moves or is typed: it is written when it has stood still for so long. */
const QUIET_MS = 250;

/** What is still to be done in this page, which may be closed or reloaded meanwhile. */
const waiting = new Set<LateWork>();
if (typeof addEventListener === 'function') {
  addEventListener('pagehide', () => {
    for (const late of waiting) late.now();
  });
}

/** @param work told of nothing: it asks for what is newest then */
export function lateWork(work: () => void): LateWork {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    waiting.delete(late);
  };
  const now = (): void => {
    if (timer === undefined) return;
    drop();
    work();
  };
  const late: LateWork = {
    soon() {
      drop();
      waiting.add(late);
      timer = setTimeout(now, QUIET_MS);
    },
    now,
    drop,
  };
  return late;
}
