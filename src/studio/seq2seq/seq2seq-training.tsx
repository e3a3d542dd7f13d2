import { useEffect, useState } from 'preact/hooks';
import type { Seq2Seq, Seq2SeqEvaluation, TextPair } from '../../tasks/index.js';
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
import { arrowed, FIRST_PAIRS, tabbed } from './typed-pairs.js';

/** What was held back, and how it came out. */
export interface PairTest {
  readonly evaluation: Seq2SeqEvaluation;
  readonly mistakes: readonly { readonly source: string; readonly target: string; readonly given: string }[];
}

export interface Seq2SeqChoices {
  readonly source: 'characters' | 'words';
  readonly target: 'characters' | 'words';
  readonly units: number;
  readonly epochs: number;
}
const FIRST_CHOICES: Seq2SeqChoices = { source: 'words', target: 'characters', units: 32, epochs: 40 };
export const isSeq2SeqChoices = (value: unknown): boolean => {
  const { source, target, units, epochs } = (value ?? {}) as Record<string, unknown>;
  const isKind = (kind: unknown): boolean => kind === 'characters' || kind === 'words';
  return isKind(source) && isKind(target) && typeof units === 'number' && typeof epochs === 'number';
};
const KINDS = [
  ['words', 'words'],
  ['characters', 'characters'],
] as const;
const SIZES = [32, 64, 128];
const ENDINGS = ['.tsv', '.txt'];

/** Where pairs are typed or read, and a model is trained that writes the one for the other. */
export function Seq2SeqTraining({
  fit,
  onModel,
}: {
  fit: Fit<Seq2SeqChoices>;
  /** @param test undefined where nothing was held back */
  onModel: (model: Seq2Seq, test: PairTest | undefined) => void;
}) {
  const reading = useJob('The pairs are read.');
  const [typed, setTyped] = useKept('seq2seq/pairs', FIRST_PAIRS, isText);
  const [choices, setChoices] = useKept('seq2seq/choices', FIRST_CHOICES, isSeq2SeqChoices);
  const { pairs, error } = usePairs(typed);
  const disabled = fit.job.isRunning || reading.isRunning;
  const open = (load: () => Promise<File>): void =>
    reading.run(async () => {
      const { parsePairs } = await import('../../tasks/index.js');
      const file = await load();
      const text = await file.text();
      parsePairs(tabbed(text), file.name);
      setTyped(arrowed(text));
    });
  const train = (chosen: Seq2SeqChoices, from?: Unfinished<Seq2SeqChoices>): void =>
    fit.run(
      chosen,
      from,
      async (watching) => {
        const { Seq2Seq } = await import('../../tasks/index.js');
        const { source: sourceTokens, target: targetTokens, units, epochs } = chosen;
        const model = new Seq2Seq({
          ...{ sourceTokens, targetTokens, units, embeddingDim: units / 2, engine: 'wasm', seed: 1 },
        });
        const options = { epochs, batchSize: 16, learningRate: 0.01, heldOut: 0 };
        return { model, history: model.fit(holdBack(pairs).train, { ...options, ...watching }) };
      },
      (model) => {
        const { test } = holdBack(pairs);
        onModel(model, test.length === 0 ? undefined : tested(model, test, chosen.target));
        return Promise.resolve();
      },
    );
  return (
    <Card title="Examples" note="One a line: a text, an arrow, and what it is to become." wide>
      <TextArea
        label="Pairs"
        value={typed}
        onInput={setTyped}
        rows={10}
        disabled={disabled}
        hint={`${pairs.length} pairs. ${pairs.length >= HOLD_BACK_FROM ? 'About a fifth is held back to test on. ' : ''}A tab or -> will do for the arrow.`}
      />
      <ErrorNote error={error ?? reading.error} />
      <div class="columns">
        <FilePicker
          label="Or drop a file of pairs with tabs, or choose one. It takes the place of what is typed."
          accept={ENDINGS.join(',')}
          disabled={disabled}
          onFiles={([file]) => open(() => Promise.resolve(file))}
        />
        <FolderChoice endings={ENDINGS} disabled={disabled} onFile={open} />
      </div>
      <div class="columns">
        <Select
          label="The source is made of"
          value={choices.source}
          options={KINDS}
          disabled={disabled}
          onInput={(source) => setChoices({ ...choices, source: source as Seq2SeqChoices['source'] })}
        />
        <Select
          label="The answer is made of"
          value={choices.target}
          options={KINDS}
          disabled={disabled}
          onInput={(target) => setChoices({ ...choices, target: target as Seq2SeqChoices['target'] })}
        />
        <Select
          label="Network"
          value={String(choices.units)}
          options={SIZES.map((units) => [String(units), `${units} units`] as const)}
          disabled={disabled}
          onInput={(units) => setChoices({ ...choices, units: Number(units) })}
        />
        <Slider
          label="Passes over the pairs"
          value={choices.epochs}
          min={5}
          max={200}
          step={5}
          disabled={disabled}
          onInput={(epochs) => setChoices({ ...choices, epochs })}
        />
      </div>
      <FitControls
        fit={fit}
        label={`Train on ${pairs.length} pairs`}
        disabled={reading.isRunning || pairs.length < 2}
        onTrain={() => train(choices)}
        onGoOn={(found) => {
          setChoices(found.settings);
          train(found.settings, found);
        }}
      />
    </Card>
  );
}

/** What is typed, as pairs. */
function usePairs(typed: string): { pairs: readonly TextPair[]; error: ShownError | undefined } {
  const [read, setRead] = useState<{ pairs: readonly TextPair[]; error: ShownError | undefined }>({
    ...{ pairs: [], error: undefined },
  });
  useEffect(() => {
    let isGone = false;
    void import('../../tasks/index.js')
      .then(({ parsePairs }) => ({ pairs: parsePairs(tabbed(typed)), error: undefined }))
      .catch((error: unknown) => ({ pairs: [], error: shownError(error) }))
      .then((next) => !isGone && setRead(next));
    return () => void (isGone = true);
  }, [typed]);
  return read;
}

function tested(model: Seq2Seq, test: readonly TextPair[], made: Seq2SeqChoices['target']): PairTest {
  // An answer of words has one space between them.
  const read = (text: string): string => (made === 'words' ? text.trim().replace(/\s+/g, ' ') : text);
  const given = model.translateAll(test.map(([source]) => source));
  return {
    evaluation: model.evaluate(test),
    mistakes: test.flatMap(([source, target], i) =>
      given[i].text === read(target) ? [] : [{ source, target, given: given[i].text }],
    ),
  };
}
