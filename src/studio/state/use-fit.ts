import { useState } from 'preact/hooks';
import type { ResumableFitOptions, SequenceHistory, StepReport } from '../../tasks/index.js';
import { shownDuration, timeLeft } from './duration.js';
import { useCurve, type Curve } from './use-curve.js';
import { useUnfinished, type Unfinished, type UnfinishedTraining } from './use-unfinished.js';
import { useJob, type Job } from './use-job.js';

/** What a training is told by its screen. */
export type WatchedFit = Pick<ResumableFitOptions, 'signal' | 'onStep' | 'checkpoint' | 'resume'>;

/** A training of a sequence task: how far it is, and its loss. */
export interface Fit<Settings> {
  readonly job: Job;
  readonly state: { readonly share: number | undefined; readonly text: string } | undefined;
  readonly curve: Curve;
  readonly unfinished: UnfinishedTraining<Settings>;
  /**
   * Trains.
   * @param settings what the user has chosen for it
   * @param from what it goes on from
   * @param train is given what stops it, what is told of each step and where it is saved
   * @param done takes what was trained, also where it was stopped after a step or more
   */
  readonly run: <Model extends { dispose(): Promise<void> }>(
    settings: Settings,
    from: Unfinished<Settings> | undefined,
    train: (options: WatchedFit) => Promise<{
      readonly model: Model;
      readonly history: Promise<SequenceHistory>;
    }>,
    done: (model: Model) => Promise<void>,
  ) => void;
}

/** A training is saved so often. */
const SAVE_MINUTES = 0.05;

/**
 * @param ended what is told to those who listen, when a training came to its end
 * @param key under which a training under way is kept
 * @param isSettings whether what was kept are settings of the kind
 */
export function useFit<Settings>(
  ended: string,
  key: string,
  isSettings: (value: unknown) => boolean,
): Fit<Settings> {
  const job = useJob(ended);
  const [state, setState] = useState<Fit<Settings>['state']>();
  const unfinished = useUnfinished<Settings>(key, isSettings);
  const curve = useCurve(['loss']);
  const run: Fit<Settings>['run'] = (settings, from, train, done) =>
    job.run(async (signal) => {
      curve.clear();
      setState({ share: undefined, text: 'Getting ready …' });
      const begun = performance.now();
      let share = from?.share ?? 0;
      const store = unfinished.store(settings, () => share, from);
      const saving = { checkpoint: { store, everyMinutes: SAVE_MINUTES }, resume: from !== undefined };
      const onStep = ({ step, steps, loss }: StepReport): void => {
        share = step / steps;
        curve.add('loss', step, loss);
        setState({
          share,
          text: `Step ${step} of ${steps}, loss ${loss.toFixed(3)}, ${timeLeft(begun, share, from?.share)}`,
        });
      };
      try {
        const { model, history } = await train({ signal, onStep, ...saving });
        try {
          const { steps, stopped, loss } = await history;
          if (steps === 0) throw new Error('It was stopped before it had learned anything.');
          await done(model);
          unfinished.forget();
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
        unfinished.offerAgain();
        throw error;
      }
    });
  return { job, state, curve, unfinished, run };
}
