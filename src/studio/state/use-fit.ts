import { useState } from 'preact/hooks';
import type { SequenceHistory, StepReport } from '../../tasks/index.js';
import { shownDuration, timeLeft } from './duration.js';
import { useCurve, type Curve } from './use-curve.js';
import { useJob, type Job } from './use-job.js';

/** A training of a sequence task: how far it is, and its loss. */
export interface Fit {
  readonly job: Job;
  readonly state: { readonly share: number | undefined; readonly text: string } | undefined;
  readonly curve: Curve;
  /**
   * Trains.
   * @param train is given what stops it and what is told of each step
   * @param done takes what was trained, also where it was stopped after a step or more
   */
  readonly run: <Model extends { dispose(): Promise<void> }>(
    train: (options: { signal: AbortSignal; onStep: (report: StepReport) => void }) => Promise<{
      readonly model: Model;
      readonly history: Promise<SequenceHistory>;
    }>,
    done: (model: Model) => Promise<void>,
  ) => void;
}

/** @param ended what is told to those who listen, when a training came to its end */
export function useFit(ended: string): Fit {
  const job = useJob(ended);
  const [state, setState] = useState<Fit['state']>();
  const curve = useCurve(['loss']);
  const run: Fit['run'] = (train, done) =>
    job.run(async (signal) => {
      curve.clear();
      setState({ share: undefined, text: 'Getting ready …' });
      const begun = performance.now();
      const onStep = ({ step, steps, loss }: StepReport): void => {
        curve.add('loss', step, loss);
        setState({
          share: step / steps,
          text: `Step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${timeLeft(begun, step / steps)}`,
        });
      };
      try {
        const { model, history } = await train({ signal, onStep });
        try {
          const { steps, stopped, loss } = await history;
          if (steps === 0) throw new Error('It was stopped before it had learned anything.');
          await done(model);
          const seconds = (performance.now() - begun) / 1000;
          setState({
            share: 1,
            text: `${stopped ? 'Stopped' : 'Done'} after ${shownDuration(seconds)}: loss ${loss.at(-1)?.toFixed(3) ?? '?'}.`,
          });
        } catch (error) {
          await model.dispose();
          throw error;
        }
      } catch (error) {
        setState(undefined);
        throw error;
      }
    });
  return { job, state, curve, run };
}
