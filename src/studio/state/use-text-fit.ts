import { useState } from 'preact/hooks';
import type { CheckpointStore, TextHistory, TextProgress } from '../../text/index.js';
import { shownDuration, timeLeft } from './duration.js';
import { useCurve } from './use-curve.js';
import type { Fit } from './use-fit.js';
import type { Job } from './use-job.js';
import { useUnfinished, type Unfinished } from './use-unfinished.js';

/** What a training of text or tunes is told by its screen. */
export interface WatchedTextFit {
  readonly worker: true;
  readonly signal: AbortSignal;
  readonly checkpoint: { readonly store: CheckpointStore; readonly everyMinutes: number };
  readonly resume: boolean;
  readonly onProgress: (at: TextProgress) => void;
}

/** A training of text or tunes by the clock: how far it is, its loss and that of what is held out. */
export interface TextFit<Settings> extends Pick<Fit<Settings>, 'job' | 'state' | 'curve' | 'unfinished'> {
  /**
   * Trains.
   * @param settings what the user has chosen for it
   * @param from what it goes on from
   * @param training.everyMinutes how often it is saved
   * @param training.make the model, which has learned nothing yet
   * @param training.done takes it when it has
   */
  readonly run: <Model extends { dispose(): Promise<void> }>(
    settings: Settings,
    from: Unfinished<Settings> | undefined,
    training: {
      readonly everyMinutes: number;
      readonly make: () => Promise<Model>;
      readonly fit: (model: Model, watching: WatchedTextFit) => Promise<TextHistory>;
      readonly done: (model: Model) => void | Promise<void>;
    },
  ) => void;
}

/**
 * @param unit what the model reads, such as a character
 * @param key under which a training under way is kept
 * @param isSettings whether what was kept are settings of the kind
 */
export function useTextFit<Settings>(
  job: Job,
  unit: string,
  key: string,
  isSettings: (value: unknown) => boolean,
): TextFit<Settings> {
  const [state, setState] = useState<Fit<Settings>['state']>();
  const curve = useCurve(['training', 'held out']);
  const unfinished = useUnfinished<Settings>(key, isSettings);
  const run: TextFit<Settings>['run'] = (settings, from, { everyMinutes, make, fit, done }) =>
    job.run(async (signal) => {
      curve.clear();
      setState({ share: 0, text: 'Getting ready …' });
      const model = await make();
      const begun = performance.now();
      let share = from?.share ?? 0;
      let epoch = 0;
      const onProgress = (at: TextProgress): void => {
        share = at.progress;
        curve.add('training', at.step, at.bitsPerCharacter);
        if (at.heldOutLoss !== undefined && at.epoch !== epoch) {
          curve.add('held out', at.step, at.heldOutLoss / Math.LN2);
        }
        epoch = at.epoch;
        const speed = Math.round(at.charactersPerSecond / 1000);
        setState({
          share,
          text: `${at.bitsPerCharacter.toFixed(2)} bits a ${unit}, ${speed}k ${unit}s a second, ${timeLeft(begun, share, from?.share)}`,
        });
      };
      try {
        const { stopped, bitsPerCharacter } = await fit(model, {
          ...{ worker: true, signal, onProgress, resume: from !== undefined },
          checkpoint: { store: unfinished.store(settings, () => share, from), everyMinutes },
        });
        const seconds = (performance.now() - begun) / 1000;
        setState({
          share: 1,
          text: `${stopped ? 'Stopped' : 'Done'} after ${shownDuration(seconds)}: ${bitsPerCharacter.at(-1)?.toFixed(2) ?? '?'} bits a ${unit}.`,
        });
        await done(model);
        unfinished.forget();
      } catch (error) {
        setState(undefined);
        unfinished.offerAgain();
        await model.dispose();
        throw error;
      }
    });
  return { job, state, curve, unfinished, run };
}
