import { useKeptList, type KeptList } from '../state/use-kept-list.js';
import type { KeptClip } from './clip.js';
import { clipOf, isFiring, MOST_FIRINGS, type Firing } from './firing.js';
import type { FiringLog } from './trying.js';

/** Where models fired, which outlives a reload. What is marked becomes a clip to learn from. */
export function useFirings(clips: KeptList<KeptClip>): Required<FiringLog> {
  const list = useKeptList<Firing>('wake/fired/', isFiring, MOST_FIRINGS);
  return {
    firings: list.items,
    add: (firing) => list.add([firing]),
    remove: list.remove,
    mark: (firing, isRight) => {
      const marked = { ...firing, isRight };
      list.change(marked);
      // A mark that is changed takes the clip of the one before along.
      const before = clipOf({ ...firing, isRight: firing.isRight ?? true });
      if (before) clips.remove([before]);
      const clip = clipOf(marked);
      if (clip) clips.add([clip]);
    },
  };
}
