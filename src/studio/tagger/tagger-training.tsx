import type { SequenceTagger, Tagged, TaggedSequence, TagFigures } from '../../tasks/index.js';
import { FitControls } from '../parts/fit-controls.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, Slider, TextArea } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { holdBack, HOLD_BACK_FROM } from '../state/hold-back.js';
import { shownError, type ShownError } from '../state/shown-error.js';
import type { Fit } from '../state/use-fit.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import type { Unfinished } from '../state/use-unfinished.js';
import { FIRST_EXAMPLES } from './first-examples.js';
import { readExamples, typesOf, writeExamples } from './notation.js';

/** What was held back, and how it came out. */
export interface TaggerTest {
  readonly figures: TagFigures;
  readonly right: readonly Tagged[];
  readonly found: readonly Tagged[];
}

const SIZES = {
  small: { units: 24, embeddingDim: 24, name: 'Small: 24 units each way, learns fast' },
  medium: { units: 64, embeddingDim: 64, name: 'Medium: 64 units' },
} as const;
const ENDINGS = ['.txt', '.conll', '.conllu', '.tsv'];
const isNumber = (value: unknown): boolean => typeof value === 'number';
const FIRST_EPOCHS = 30;

/** What the user has chosen of a training. */
export interface TaggerChoices {
  readonly size: keyof typeof SIZES;
  readonly epochs: number;
}
export const isTaggerChoices = (value: unknown): boolean => {
  const { size, epochs } = (value ?? {}) as Record<string, unknown>;
  return typeof size === 'string' && Object.hasOwn(SIZES, size) && isNumber(epochs);
};

/** Where examples are typed or read, and a tagger is trained on them. */
export function TaggerTraining({
  fit,
  onModel,
}: {
  fit: Fit<TaggerChoices>;
  /** @param test undefined where nothing was held back */
  onModel: (model: SequenceTagger, test: TaggerTest | undefined) => void;
}) {
  const reading = useJob('The examples are read.');
  const [typed, setTyped] = useKept('tagger/examples', FIRST_EXAMPLES, isText);
  const [kept, setSize] = useKept('tagger/size', 'small', isText);
  const [epochs, setEpochs] = useKept('tagger/epochs', FIRST_EPOCHS, isNumber);
  const size = kept === 'medium' ? 'medium' : 'small';
  const disabled = fit.job.isRunning || reading.isRunning;
  const { examples, error } = read(typed);
  const types = typesOf(examples.flatMap(({ tags }) => tags));
  const isUnfit = error !== undefined || types.length === 0 || examples.length < 2;
  const open = (load: () => Promise<File>): void =>
    reading.run(async () => {
      const { entitiesOf, parseConll } = await import('../../tasks/index.js');
      const file = await load();
      setTyped(writeExamples(parseConll(await file.text(), { name: file.name }), entitiesOf));
    });
  const train = (chosen: TaggerChoices, from?: Unfinished<TaggerChoices>): void =>
    fit.run(
      chosen,
      from,
      async (watching) => {
        const { SequenceTagger } = await import('../../tasks/index.js');
        const { units, embeddingDim } = SIZES[chosen.size];
        const model = new SequenceTagger({ units, embeddingDim, engine: 'wasm', seed: 1 });
        const options = { epochs: chosen.epochs, learningRate: 0.02, batchSize: 8, heldOut: 0 };
        return { model, history: model.fit(holdBack(examples).train, { ...options, ...watching }) };
      },
      async (model) => {
        const { entitiesOf } = await import('../../tasks/index.js');
        const right = holdBack(examples).test.map((each) => ({ ...each, entities: entitiesOf(each.tags) }));
        onModel(
          model,
          right.length === 0
            ? undefined
            : {
                ...{ right, figures: await model.evaluate(right) },
                found: await model.tagAll(right.map(({ tokens }) => tokens)),
              },
        );
      },
    );
  return (
    <Card
      title="Examples"
      note="One a line. Mark what is to be found: the words in square brackets, their type behind them in round ones."
      wide
    >
      <TextArea
        label="Marked examples"
        value={typed}
        onInput={setTyped}
        rows={10}
        disabled={disabled}
        hint={`${examples.length} examples${types.length > 0 ? `, with the types ${types.join(', ')}` : ', nothing marked'}. ${examples.length >= HOLD_BACK_FROM ? 'About a fifth is held back to test on.' : ''}`}
      />
      <ErrorNote error={error ?? reading.error} />
      <div class="columns">
        <FilePicker
          label="Or drop a file in columns (CoNLL), or choose one. It takes the place of what is typed."
          accept={ENDINGS.join(',')}
          disabled={disabled}
          onFiles={([file]) => open(() => Promise.resolve(file))}
        />
        <div class="stack">
          <FolderChoice endings={ENDINGS} disabled={disabled} onFile={open} />
          <Select
            label="Network"
            value={size}
            disabled={disabled}
            options={Object.entries(SIZES).map(([name, { name: shown }]) => [name, shown] as const)}
            onInput={setSize}
          />
          <Slider
            label="Passes over the examples"
            value={epochs}
            min={5}
            max={1000}
            step={5}
            disabled={disabled}
            onInput={setEpochs}
          />
        </div>
      </div>
      <FitControls
        fit={fit}
        label={`Train on ${examples.length} examples`}
        disabled={reading.isRunning || isUnfit}
        onTrain={() => train({ size, epochs })}
        onGoOn={(found) => {
          setSize(found.settings.size);
          setEpochs(found.settings.epochs);
          train(found.settings, found);
        }}
      />
    </Card>
  );
}

function read(typed: string): { examples: TaggedSequence[]; error?: ShownError } {
  try {
    return { examples: readExamples(typed) };
  } catch (error) {
    return { examples: [], error: shownError(error) };
  }
}
