import { useEffect, useRef, useState } from 'preact/hooks';
import type { CheckpointStore } from '../../text/index.js';
import { keep, kept } from './store.js';

/** A training that was broken off, as by a reload. */
export interface Unfinished<Settings> {
  readonly checkpoint: Uint8Array;
  /** What the user had chosen for it. */
  readonly settings: Settings;
  /** How far it was. */
  readonly share: number;
}

/** What a screen keeps of a training under way, so that it can go on after a reload. */
export interface UnfinishedTraining<Settings> {
  /** The one that was broken off before this page was opened. */
  readonly found: Unfinished<Settings> | undefined;
  /**
   * The store of a training that begins, or goes on.
   * @param share how far it is, asked at each checkpoint
   * @param from what it goes on from
   */
  readonly store: (settings: Settings, share: () => number, from?: Unfinished<Settings>) => CheckpointStore;
  /** Offers again what was kept last: a training could not begin, or has failed. */
  readonly offerAgain: () => void;
  /** Forgets it: the training has come to its end, or is not wanted any more. */
  readonly forget: () => void;
}

/** @param isSettings whether what was kept is of the kind */
export function useUnfinished<Settings>(
  key: string,
  isSettings: (value: unknown) => boolean,
): UnfinishedTraining<Settings> {
  const [found, setFound] = useState<Unfinished<Settings>>();
  const isTaken = useRef(false);
  const last = useRef<Unfinished<Settings> | undefined>(undefined);
  useEffect(() => {
    void kept(key).then((value) => {
      const { checkpoint, settings, share } = (value ?? {}) as Partial<Unfinished<Settings>>;
      if (isTaken.current || !(checkpoint instanceof Uint8Array) || typeof share !== 'number') return;
      if (!isSettings(settings)) return;
      last.current = { checkpoint, settings: settings as Settings, share };
      setFound(last.current);
    });
  }, [key]);
  return {
    found,
    store: (settings, share, from) => {
      // From here on there is the one under way.
      isTaken.current = true;
      setFound(undefined);
      return {
        read: () => Promise.resolve(from?.checkpoint),
        write: (checkpoint) => {
          last.current = { checkpoint, settings, share: share() };
          return keep(key, last.current);
        },
      };
    },
    offerAgain: () => setFound(last.current),
    forget: () => {
      isTaken.current = true;
      last.current = undefined;
      setFound(undefined);
      void keep(key, undefined);
    },
  };
}
