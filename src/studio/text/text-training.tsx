import { useState } from 'preact/hooks';
import type { TextModel } from '../../text/index.js';
import { GoOn } from '../parts/go-on.js';
import { FitControls } from '../parts/fit-controls.js';
import { Select, Slider } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { TextInput } from '../parts/text-input.js';
import { shownDuration, timeLeft } from '../state/duration.js';
import { useCurve } from '../state/use-curve.js';
import type { Job } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { useUnfinished, type Unfinished } from '../state/use-unfinished.js';
import {
  batchOf,
  checkpointMinutes,
  FIRST_CHOICES,
  isChoices,
  LEAST_CHARACTERS,
  modelOptions,
  SIZES,
  type TextChoices,
} from './training-settings.js';

/** Between two samples of a model in training, in minutes, and their length. */
const SAMPLE = { everyMinutes: 0.05, length: 160 };

/** Where the text comes in and the model is trained, with a sample of it every few seconds. */
export function TextTraining({
  job,
  onModel,
}: {
  job: Job;
  onModel: (model: TextModel, text: string) => void;
}) {
  const [text, setText] = useKept('text/text', '', isText);
  const [choices, setChoices] = useKept('text/choices', FIRST_CHOICES, isChoices);
  const [state, setState] = useState<{ share: number; text: string }>();
  const [sample, setSample] = useState('');
  const curve = useCurve(['training', 'held out']);
  const unfinished = useUnfinished<TextChoices>('text/unfinished', isChoices);
  const train = (settings: TextChoices, from?: Unfinished<TextChoices>): void =>
    job.run(async (signal) => {
      curve.clear();
      setSample('');
      setState({ share: 0, text: 'Getting ready …' });
      const { TextModel } = await import('../../text/index.js');
      const model = new TextModel(modelOptions(settings));
      const begun = performance.now();
      let share = from?.share ?? 0;
      const store = unfinished.store(settings, () => share, from);
      let epoch = 0;
      try {
        const history = await model.fit(text, {
          ...{ ...batchOf(text.length), minutes: settings.minutes, worker: true, signal },
          checkpoint: { store, everyMinutes: checkpointMinutes(text.length) },
          resume: from !== undefined,
          sample: { ...SAMPLE, onSample: setSample },
          onProgress: (at) => {
            share = at.progress;
            curve.add('training', at.step, at.bitsPerCharacter);
            if (at.heldOutLoss !== undefined && at.epoch !== epoch) {
              curve.add('held out', at.step, at.heldOutLoss / Math.LN2);
            }
            epoch = at.epoch;
            setState({
              share: at.progress,
              text: `${at.bitsPerCharacter.toFixed(2)} bits a character, ${Math.round(at.charactersPerSecond / 1000)}k characters a second, ${timeLeft(begun, share, from?.share)}`,
            });
          },
        });
        setState({
          share: 1,
          text: `${history.stopped ? 'Stopped' : 'Done'} after ${shownDuration((performance.now() - begun) / 1000)}: ${history.bitsPerCharacter.at(-1)?.toFixed(2) ?? '?'} bits a character.`,
        });
        onModel(model, text);
        unfinished.forget();
      } catch (error) {
        setState(undefined);
        unfinished.offerAgain();
        await model.dispose();
        throw error;
      }
    });
  const isShort = text.trim().length < LEAST_CHARACTERS;
  return (
    <Card
      title="A text to learn"
      note="The network reads it again and again, and learns what character comes next."
      wide
    >
      <TextInput
        {...{ text, setText }}
        reading={job}
        disabled={job.isRunning}
        {...(isShort && { hint: `Paste ${LEAST_CHARACTERS} or more; 100,000 make it readable.` })}
      />
      <div class="columns">
        <Select
          label="Network"
          value={choices.size}
          disabled={job.isRunning}
          options={Object.entries(SIZES).map(([name, { name: shown }]) => [name, shown] as const)}
          onInput={(size) => setChoices({ ...choices, size })}
        />
        <Select
          label="Cell"
          value={choices.cell}
          disabled={job.isRunning}
          options={[
            ['gru', 'GRU'],
            ['lstm', 'LSTM'],
          ]}
          onInput={(cell) => setChoices({ ...choices, cell: cell as 'gru' | 'lstm' })}
        />
        <Slider
          label="Train for"
          value={choices.minutes}
          min={0.1}
          max={10}
          step={0.1}
          shown={shownDuration(60 * choices.minutes)}
          disabled={job.isRunning}
          onInput={(minutes) => setChoices({ ...choices, minutes })}
        />
      </div>
      <GoOn
        found={unfinished.found}
        disabled={job.isRunning}
        onGoOn={(found) => {
          setChoices(found.settings);
          train(found.settings, found);
        }}
        onForget={unfinished.forget}
      />
      <FitControls
        fit={{ job, state, curve }}
        label="Train"
        disabled={isShort}
        onTrain={() => train(choices)}
        title="Bits a character"
      >
        {sample !== '' && (
          <figure class="sample">
            <figcaption>What it writes by now</figcaption>
            <blockquote>{sample}</blockquote>
          </figure>
        )}
      </FitControls>
    </Card>
  );
}
