import { useState } from 'preact/hooks';
import type { TriggerEpochReport, TriggerModel, TriggerProgress } from '../../audio/index.js';
import { FitControls } from '../parts/fit-controls.js';
import { Select } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { timeLeft } from '../state/duration.js';
import { useCurve } from '../state/use-curve.js';
import type { Job } from '../state/use-job.js';
import { useUnfinished, type Unfinished } from '../state/use-unfinished.js';
import type { KeptClip } from './clip.js';
import { embeddingAddress } from './embedding.js';
import { EpochFigures } from './epoch-figures.js';
import type { HeldOutFigures } from './threshold-meaning.js';

/** How thorough a training is. */
interface Plan {
  readonly name: string;
  readonly examples?: number;
  readonly epochs?: number;
  /** Whether it stands upon the speech embedding that comes along: few clips and little training are enough then. */
  readonly isUponEmbedding?: boolean;
}
/** By name; the last is the recipe of `seqkit train-trigger` for a network of its own. */
const PLANS: Readonly<Record<string, Plan>> = {
  quick: {
    name: 'A first try, upon a network that knows speech',
    ...{ examples: 500, epochs: 4, isUponEmbedding: true },
  },
  good: { name: 'Good: 2,000 examples, 12 times', examples: 2000, epochs: 12 },
  thorough: { name: 'Thorough: the whole recipe, half an hour or more' },
};
/** What the user chose of a training. */
interface TriggerChoices {
  /** By name. */
  readonly plan: string;
  readonly word: string;
  /** Whether it begins with the model that is there. */
  readonly isFurther?: boolean;
}
const isTriggerChoices = (value: unknown): boolean => {
  const { plan, word } = (value ?? {}) as Record<string, unknown>;
  return typeof word === 'string' && typeof plan === 'string' && Object.hasOwn(PLANS, plan);
};
const NOTHING_LEARNED = 'The training was stopped before it had learned anything, so there is no model.';
/** With fewer of the word there is nothing to learn from. */
const LEAST = 5;

const PHASES: Readonly<Record<TriggerProgress['phase'], string>> = {
  loading: 'Reading the clips',
  mixing: 'Mixing examples',
  training: 'Training',
  mining: 'Looking for what it mistakes for the word',
};

/** Mixes examples from the clips and trains. */
export function Training({
  job,
  phrase,
  clips,
  model: before,
  onModel,
}: {
  job: Job;
  phrase: string;
  clips: readonly KeptClip[];
  /** That may be trained further. */
  model: TriggerModel | undefined;
  onModel: (model: TriggerModel, figures: HeldOutFigures | undefined) => void;
}) {
  const [plan, setPlan] = useState('quick');
  const [isFurther, setFurther] = useState(false);
  const [state, setState] = useState<{ share: number | undefined; text: string }>();
  const curve = useCurve(['loss']);
  const [told, setTold] = useState<{ reports: readonly TriggerEpochReport[]; threshold: number }>();
  const words = clips.filter(({ kind }) => kind === 'activates').length;
  const unfinished = useUnfinished<TriggerChoices>('wake/unfinished', isTriggerChoices);
  const train = (settings: TriggerChoices, from?: Unfinished<TriggerChoices>): void =>
    job.run(async (signal) => {
      curve.clear();
      setTold(undefined);
      setState({ share: undefined, text: 'Reading the clips …' });
      const { TriggerModel } = await import('../../audio/index.js');
      const { splitClipSet } = await import('./clip-set.js');
      const { train: set, test } = await splitClipSet(clips, signal, (read, total) =>
        setState({ share: read / total, text: `Reading the clips: ${read} of ${total}` }),
      ).catch((error: unknown) => {
        setState(undefined);
        throw error;
      });
      const { examples, epochs, isUponEmbedding } = PLANS[settings.plan];
      const options = { word: settings.word, seed: 1, engine: 'wasm' } as const;
      const model =
        settings.isFurther && before
          ? await TriggerModel.from(before, { ...options, train: 'all' })
          : new TriggerModel(
              isUponEmbedding
                ? { ...options, features: 'embedding', embedding: await embeddingAddress() }
                : options,
            );
      // A model that was there may have learned the clips that are held back now.
      const heldOut = settings.isFurther ? undefined : test;
      let share = from?.share ?? 0;
      const store = unfinished.store(settings, () => share, from);
      const threshold = model.thresholds[model.word];
      let phase = '';
      let begun = 0;
      try {
        const { epochs: done } = await model.fit(set, {
          ...(examples !== undefined && { examples }),
          ...(epochs !== undefined && { epochs }),
          ...{ worker: true, signal, checkpoint: store, resume: from !== undefined },
          ...(heldOut && { heldOut }),
          onProgress: (at) => {
            if (at.phase !== phase) {
              phase = at.phase;
              begun = performance.now();
            }
            const done = at.total === 0 ? 0 : at.done / at.total;
            // Mixing begins anew, training where it was broken off.
            const before = at.phase === 'training' ? from?.share : 0;
            setState({
              share: done,
              text: `${PHASES[at.phase]}, ${Math.round(100 * done)}%, ${timeLeft(begun, done, before)}`,
            });
          },
          onEpoch: (report) => {
            share = report.epoch / (epochs ?? model.settings.training.epochs);
            curve.add('loss', report.epoch, report.loss);
            setTold((before) => ({ reports: [...(before?.reports ?? []), report], threshold }));
          },
        });
        if (done === 0)
          throw Object.assign(new Error(NOTHING_LEARNED), { hint: 'Let it go through the examples once.' });
        let figures: HeldOutFigures | undefined;
        if (heldOut) {
          setState({ share: 1, text: 'Measuring on the clips that were held back …' });
          figures = await (await import('./held-out-figures.js')).heldOutFigures(model, heldOut);
        }
        setState({
          share: 1,
          text: signal.aborted ? 'Stopped: it has what it learned until then.' : 'Trained.',
        });
        onModel(model, figures);
        unfinished.forget();
      } catch (error) {
        setState(undefined);
        unfinished.offerAgain();
        await model.dispose();
        throw error;
      }
    });
  return (
    <Card
      title="Train"
      note="Examples are mixed from your clips, and from the other speech and the noise that come with seqkit."
      wide
    >
      <div class="columns">
        <Select
          label="How thorough"
          value={plan}
          disabled={job.isRunning}
          options={Object.entries(PLANS).map(([key, { name }]) => [key, name] as const)}
          onInput={setPlan}
        />
        {before && (
          <Select
            label="Begin with"
            value={isFurther ? 'model' : 'new'}
            disabled={job.isRunning}
            options={[
              ['new', 'A new network'],
              ['model', 'The model that is there'],
            ]}
            onInput={(from) => setFurther(from === 'model')}
          />
        )}
      </div>
      <FitControls
        fit={{ job, state, curve, unfinished }}
        label="Train"
        disabled={words < LEAST}
        onTrain={() =>
          train({ plan, word: phrase.trim() || 'word', isFurther: isFurther && before !== undefined })
        }
        onGoOn={(found) => {
          setPlan(found.settings.plan);
          setFurther(found.settings.isFurther === true);
          train(found.settings, found);
        }}
        canGoOn={({ isFurther: goesOn }) => goesOn !== true || before !== undefined}
        {...(words < LEAST && {
          note: (
            <span class="note">
              {words} of {LEAST} clips of the word that it takes at least.
            </span>
          ),
        })}
        xName="times through the examples"
      >
        {told && <EpochFigures {...told} />}
      </FitControls>
    </Card>
  );
}
