import type { HeldOutFigures } from '../../audio/detection/trigger-evaluation.js';
import type { TriggerEpochReport, TriggerProgress } from '../../audio/training/training-plan.js';
import { Progress } from '../terminal/progress.js';

/** One bar for each phase of training, with the loss, and what the last epoch came to on held-out clips. */
export function progressBars(): {
  update: (progress: TriggerProgress) => void;
  endEpoch: (report: TriggerEpochReport) => void;
  end: () => void;
} {
  let current: { phase: string; bar: Progress } | undefined;
  let heldOut = '';
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
      current.bar.update(done, loss === undefined ? '' : `loss ${loss.toFixed(3)}${heldOut}`);
    },
    endEpoch({ heldOut: figures }) {
      if (figures !== undefined) heldOut = `, ${heldOutText(figures)}`;
    },
    end,
  };
}

function heldOutText({ missed, falseAlarmsPerHour }: HeldOutFigures): string {
  const rate = falseAlarmsPerHour.toFixed(falseAlarmsPerHour < 10 ? 1 : 0);
  return `held out: ${Math.round(100 * missed)}% missed, ${rate} false alarms/h`;
}
