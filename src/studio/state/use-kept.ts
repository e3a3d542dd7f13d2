import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { lateWork } from './late.js';
import { keep, kept } from './store.js';

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
  const write = useMemo(() => lateWork(() => void keep(key, latest.current)), [key]);
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
      write.now();
    };
  }, [key]);
  const set = (next: Value | ((before: Value) => Value)): void => {
    latest.current = typeof next === 'function' ? (next as (before: Value) => Value)(latest.current) : next;
    changed.current = true;
    setValue(() => latest.current);
    write.soon();
  };
  return [value, set, isRead];
}

export const isText = (value: unknown): boolean => typeof value === 'string';
export const isBytes = (value: unknown): boolean => value instanceof Uint8Array;
