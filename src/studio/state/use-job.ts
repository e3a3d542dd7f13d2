import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from './announce.js';
import { isStop, shownError, type ShownError } from './shown-error.js';

/** Something that takes its time, one at a time: whether it goes on, how to end it, and what went wrong. */
export interface Job {
  readonly isRunning: boolean;
  readonly error: ShownError | undefined;
  /** Begins the work; while one goes on nothing happens. */
  readonly run: (work: (signal: AbortSignal) => Promise<void>) => void;
  readonly stop: () => void;
}

/** @param ended what is told to those who listen, when the work came to its end */
export function useJob(ended?: string): Job {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ShownError>();
  const control = useRef<AbortController | undefined>(undefined);
  // Who leaves the screen ends what it does.
  useEffect(() => () => control.current?.abort(), []);
  const run = (work: (signal: AbortSignal) => Promise<void>): void => {
    if (control.current) return;
    const own = new AbortController();
    control.current = own;
    setRunning(true);
    setError(undefined);
    void work(own.signal)
      .then(() => ended !== undefined && !own.signal.aborted && announce(ended))
      .catch((reason: unknown) => {
        if (!isStop(reason)) setError(shownError(reason));
      })
      .finally(() => {
        control.current = undefined;
        setRunning(false);
      });
  };
  return { isRunning, error, run, stop: () => control.current?.abort() };
}
