import type { ComponentChildren } from 'preact';
import { Button } from './button.js';
import { ErrorNote } from './error-note.js';
import { LineChart } from './line-chart.js';
import { Progress } from './progress.js';
import type { Fit } from '../state/use-fit.js';

/** Begins and stops a training, and shows how it is going. */
export function FitControls({
  fit,
  label,
  disabled,
  onTrain,
  note,
  title = 'Loss',
  xName = 'steps',
  children,
}: {
  fit: Pick<Fit<unknown>, 'job' | 'state' | 'curve'>;
  label: string;
  /** Whether there is nothing to train on. */
  disabled: boolean;
  onTrain: () => void;
  /** What stands beside the buttons. */
  note?: ComponentChildren;
  /** Of the curve. */
  title?: string;
  xName?: string;
  /** What is seen of it below the curve. */
  children?: ComponentChildren;
}) {
  const { job, state, curve } = fit;
  return (
    <>
      <div class="row">
        <Button primary onClick={onTrain} disabled={job.isRunning || disabled}>
          {label}
        </Button>
        <Button onClick={job.stop} disabled={!job.isRunning}>
          Stop, and keep what it learned
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
