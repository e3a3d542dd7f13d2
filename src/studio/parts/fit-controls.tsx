import type { ComponentChildren } from 'preact';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';
import { GoOn } from './go-on.js';
import { LineChart } from './line-chart.js';
import { Progress } from './progress.js';
import type { Fit } from '../state/use-fit.js';
import type { Unfinished } from '../state/use-unfinished.js';

/** Begins and stops a training, offers to go on with one that was broken off, and shows how it is going. */
export function FitControls<Settings>({
  fit,
  label,
  stopLabel = 'Stop, and keep what it learned',
  disabled,
  onTrain,
  onGoOn,
  canGoOn = () => true,
  note,
  title = 'Loss',
  xName = 'steps',
  children,
}: {
  fit: Pick<Fit<Settings>, 'job' | 'state' | 'curve' | 'unfinished'>;
  label: string;
  /** What stopping comes to. */
  stopLabel?: string;
  /** Whether there is nothing to train on. */
  disabled: boolean;
  onTrain: () => void;
  onGoOn: (found: Unfinished<Settings>) => void;
  /** Whether what it was begun with is still there. */
  canGoOn?: (settings: Settings) => boolean;
  /** What stands beside the buttons. */
  note?: ComponentChildren;
  /** Of the curve. */
  title?: string;
  xName?: string;
  /** What is seen of it below the curve. */
  children?: ComponentChildren;
}) {
  const { job, state, curve, unfinished } = fit;
  const { found } = unfinished;
  return (
    <>
      {found && !job.isRunning && !disabled && canGoOn(found.settings) && (
        <GoOn share={found.share} onGoOn={() => onGoOn(found)} onForget={unfinished.forget} />
      )}
      <div class="row">
        <Button primary onClick={onTrain} disabled={job.isRunning || disabled}>
          {label}
        </Button>
        <Button onClick={job.stop} disabled={!job.isRunning}>
          {stopLabel}
        </Button>
        {note}
      </div>
      <ErrorNote error={job.error} />
      {state && (
        <>
          <Progress label="Training" {...state} />
          <LineChart title={title} xName={xName} lines={curve.lines} />
          {children}
        </>
      )}
    </>
  );
}
