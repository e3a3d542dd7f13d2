import { useState } from 'preact/hooks';
import type { TextModel } from '../../text/index.js';
import { FitControls } from '../parts/fit-controls.js';
import { Select, Slider } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { TextInput } from '../parts/text-input.js';
import { shownDuration } from '../state/duration.js';
import type { Job } from '../state/use-job.js';
import { useGpu } from '../state/use-gpu.js';
import { isText, useKept } from '../state/use-kept.js';
import { useTextFit } from '../state/use-text-fit.js';
import type { Unfinished } from '../state/use-unfinished.js';
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
  const [sample, setSample] = useState('');
  const fit = useTextFit<TextChoices>(job, 'character', 'text/unfinished', isChoices);
  const train = (settings: TextChoices, from?: Unfinished<TextChoices>): void => {
    setSample('');
    fit.run(settings, from, {
      everyMinutes: checkpointMinutes(text.length),
      async make() {
        const { TextModel } = await import('../../text/index.js');
        return new TextModel(modelOptions(settings));
      },
      fit: (model, watching) =>
        model.fit(text, {
          ...{ ...batchOf(text.length), minutes: settings.minutes, ...watching },
          sample: { ...SAMPLE, onSample: setSample },
        }),
      async done(model) {
        if (settings.onGpu !== true) return onModel(model, text);
        // One character after the other is no work for a graphics card.
        const { TextModel } = await import('../../text/index.js');
        onModel(await TextModel.fromBytes(model.toBytes(), { engine: 'wasm' }), text);
        await model.dispose();
      },
    });
  };
  const hasGpu = useGpu();
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
        {hasGpu && (
          <Select
            label="Computed by"
            value={choices.onGpu === true ? 'gpu' : 'cpu'}
            disabled={job.isRunning}
            options={[
              ['cpu', 'The processor'],
              ['gpu', 'The graphics card, for large networks'],
            ]}
            onInput={(by) => setChoices({ ...choices, onGpu: by === 'gpu' })}
          />
        )}
      </div>
      <FitControls
        fit={fit}
        label="Train"
        disabled={isShort}
        // What was chosen where there was a card may be kept where there is none.
        onTrain={() => train({ ...choices, onGpu: hasGpu && choices.onGpu === true })}
        canGoOn={({ onGpu }) => onGpu !== true || hasGpu}
        onGoOn={(found) => {
          setChoices(found.settings);
          train(found.settings, found);
        }}
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
