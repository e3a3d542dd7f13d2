import { useEffect, useState } from 'preact/hooks';
import { keepEach, keptEach } from '../state/store.js';
import { isClip, type KeptClip } from './clip.js';

/** Each clip has a key of its own, so that a take writes no other clip anew. */
const PREFIX = 'wake/clip/';
const keyOf = ({ id }: KeptClip): string => PREFIX + id;

/** The clips of the user, which outlive a reload. */
export function useClips(): {
  clips: readonly KeptClip[];
  add: (added: readonly KeptClip[]) => void;
  /** Puts a clip in the place of the one with its id. */
  change: (changed: KeptClip) => void;
  remove: (removed: readonly KeptClip[]) => void;
} {
  const [clips, setClips] = useState<readonly KeptClip[]>([]);
  useEffect(() => {
    // What is added until then comes after what was there.
    void keptEach(PREFIX).then((found) => setClips((now) => [...found.filter(isClip), ...now]));
  }, []);
  return {
    clips,
    add(added) {
      setClips((before) => [...before, ...added]);
      void keepEach(added.map((clip) => [keyOf(clip), clip]));
    },
    change(changed) {
      setClips((before) => before.map((clip) => (clip.id === changed.id ? changed : clip)));
      void keepEach([[keyOf(changed), changed]]);
    },
    remove(removed) {
      const gone = new Set(removed);
      setClips((before) => before.filter((clip) => !gone.has(clip)));
      void keepEach(removed.map((clip) => [keyOf(clip), undefined]));
    },
  };
}
