import { useState } from 'preact/hooks';
import type { ClassifierEvaluation, SequenceClassifier } from '../../tasks/index.js';
import { FitControls } from '../parts/fit-controls.js';
import { Select } from '../parts/field.js';
import { shownDuration, timeLeft } from '../state/duration.js';
import { useCurve } from '../state/use-curve.js';
import type { Fit } from '../state/use-fit.js';
import type { Job } from '../state/use-job.js';
import { useUnfinished, type Unfinished } from '../state/use-unfinished.js';
import { split, type TextExample } from './columns.js';

/** What tells the classes; a network takes its time, and is saved while it trains. */
const ENCODERS = {
  linear: { name: 'Words and word pairs, at once', isNetwork: false },
  nbsvm: { name: 'The same, weighed by how telling they are', isNetwork: false },
  gru: { name: 'A recurrent network, in the order of the words', isNetwork: true },
  conv: { name: 'A convolution over the words', isNetwork: true },
} as const;
type EncoderChoice = keyof typeof ENCODERS;

/** What the user has chosen of a training. */
interface ClassifierChoices {
  readonly encoder: EncoderChoice;
}
const isChoices = (value: unknown): boolean => {
  const { encoder } = (value ?? {}) as Record<string, unknown>;
  return typeof encoder === 'string' && Object.hasOwn(ENCODERS, encoder);
};
/** A training is saved so often. */
const SAVE_MINUTES = 0.05;
/** With fewer there is nothing to learn from. */
const LEAST = 4;

/** Trains a classifier on the examples that are there. */
export function ClassifierTraining({
  job,
  examples,
  onModel,
}: {
  job: Job;
  examples: readonly TextExample[];
  /** @param evaluation undefined where nothing was held back */
  onModel: (model: SequenceClassifier, evaluation: ClassifierEvaluation | undefined) => void;
}) {
  const [encoder, setEncoder] = useState<EncoderChoice>('linear');
  const [state, setState] = useState<Fit<ClassifierChoices>['state']>();
  const curve = useCurve(['training', 'held out']);
  const unfinished = useUnfinished<ClassifierChoices>('classifier/unfinished', isChoices);
  const train = (chosen: ClassifierChoices, from?: Unfinished<ClassifierChoices>): void =>
    job.run(async (signal) => {
      const { SequenceClassifier } = await import('../../tasks/index.js');
      const { train: training, test } = split(examples);
      const { isNetwork } = ENCODERS[chosen.encoder];
      curve.clear();
      setState({ share: undefined, text: 'Training …' });
      const begun = performance.now();
      let share = from?.share ?? 0;
      try {
        const model = await SequenceClassifier.train(training, {
          ...{ encoder: chosen.encoder, engine: 'wasm', seed: 1, signal },
          ...(isNetwork && {
            checkpoint: {
              store: unfinished.store(chosen, () => share, from),
              everyMinutes: SAVE_MINUTES,
            },
            resume: from !== undefined,
          }),
          onProgress({ epoch, epochs, loss, heldOutLoss }) {
            if (epoch === undefined || epochs === undefined) return;
            share = epoch / epochs;
            if (loss !== undefined) curve.add('training', epoch, loss);
            if (heldOutLoss !== undefined) curve.add('held out', epoch, heldOutLoss);
            const left = timeLeft(begun, share, from?.share);
            setState({
              share,
              text: `Time ${epoch} of ${epochs} through the examples at most, loss ${loss?.toFixed(3) ?? '?'}, ${left}`,
            });
          },
        });
        const evaluation =
          test.length > 0 ? await model.evaluate(test, { mistakes: test.length }) : undefined;
        onModel(model, evaluation);
        unfinished.forget();
        const seconds = (performance.now() - begun) / 1000;
        setState({ share: 1, text: `Done after ${shownDuration(seconds)}.` });
      } catch (error) {
        setState(undefined);
        unfinished.offerAgain();
        throw error;
      }
    });
  return (
    <>
      <Select
        label="What tells the classes"
        value={encoder}
        disabled={job.isRunning}
        options={Object.entries(ENCODERS).map(([key, { name }]) => [key, name] as const)}
        onInput={(next) => setEncoder(next as EncoderChoice)}
      />
      <FitControls
        fit={{ job, state, curve, unfinished }}
        label={`Train on ${examples.length} examples`}
        stopLabel="Stop"
        disabled={examples.length < LEAST}
        onTrain={() => train({ encoder })}
        onGoOn={(found) => {
          setEncoder(found.settings.encoder);
          train(found.settings, found);
        }}
        xName="times through the examples"
      />
    </>
  );
}
