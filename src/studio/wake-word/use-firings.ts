import { useKeptList, type KeptList } from '../state/use-kept-list.js';
import type { KeptClip } from './clip.js';
import { clipIdOf, clipOf, isFiring, MOST_FIRINGS, type Firing } from './firing.js';
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
      clips.remove([{ id: clipIdOf(firing) }]);
      const clip = clipOf(marked);
      if (clip) clips.add([clip]);
    },
  };
}
