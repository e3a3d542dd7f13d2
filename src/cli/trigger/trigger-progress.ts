import type { TriggerProgress } from '../../audio/training/training-plan.js';
import { Progress } from '../terminal/progress.js';

/** One bar for each phase of training. */
export function progressBars(): { update: (progress: TriggerProgress) => void; end: () => void } {
  let current: { phase: string; bar: Progress } | undefined;
  const end = () => current?.bar.end();
  return {
    update({ phase, done, total, loss }) {
      if (current?.phase !== phase) {
        end();
        current = {
          phase,
          bar: new Progress(phase, { total, unit: phase === 'loading' ? 'clips' : 'examples', from: done }),
        };
      }
      current.bar.update(done, loss === undefined ? '' : `loss ${loss.toFixed(3)}`);
    },
    end,
  };
}
