import { useEffect, useRef, useState } from 'preact/hooks';
import { keep, kept } from './store.js';

/** A value is written so long after it was last changed. */
const WRITE_DELAY_MS = 250;

/**
 * State that outlives a reload.
 * @param isValid tells whether what was kept is of the kind: an earlier studio may have kept something else
 * @returns the value, what sets it, and whether what was kept has been read
 */
export function useKept<Value>(
  key: string,
  initial: Value,
  isValid: (value: unknown) => boolean,
): [Value, (value: Value | ((before: Value) => Value)) => void, boolean] {
  const [value, setValue] = useState(initial);
  const [isRead, setRead] = useState(false);
  const changed = useRef(false);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    void kept(key).then((found) => {
      if (isGone) return;
      if (!changed.current && found !== undefined && isValid(found)) {
        latest.current = found as Value;
        setValue(() => found as Value);
      }
      setRead(true);
    });
    return () => {
      isGone = true;
      if (timer.current === undefined) return;
      clearTimeout(timer.current);
      void keep(key, latest.current);
    };
  }, [key]);
  const set = (next: Value | ((before: Value) => Value)): void => {
    latest.current = typeof next === 'function' ? (next as (before: Value) => Value)(latest.current) : next;
    changed.current = true;
    setValue(() => latest.current);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void keep(key, latest.current);
    }, WRITE_DELAY_MS);
  };
  return [value, set, isRead];
}

export const isText = (value: unknown): boolean => typeof value === 'string';
export const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
