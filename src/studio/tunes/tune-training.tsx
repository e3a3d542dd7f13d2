import { useEffect, useState } from 'preact/hooks';
import type { TuneModel } from '../../text/index.js';
import { dataText } from '../files/files.js';
import { FolderChoice } from '../parts/folder-choice.js';
import { Button } from '../parts/button.js';
import { FitControls } from '../parts/fit-controls.js';
import { Checkbox, Select, Slider, TextArea } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { shownDuration } from '../state/duration.js';
import type { Job } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { useTextFit } from '../state/use-text-fit.js';
import type { Unfinished } from '../state/use-unfinished.js';
import { abcOf, readForTraining, understood, type TunesToLearn } from './read-tune-files.js';

/** What `seqkit train-music` has. */
const FIT = { seqLength: 96, learningRate: 6e-3, heldOut: 0.05 };
const DROPOUT = 0.3;
/** Fewer tunes fill no batch of sixteen. */
const FULL_BATCH_TUNES = 30;
const FIRST = { units: '128', minutes: 1, chords: false };
const ENDINGS = ['.abc', '.mid', '.midi'];

interface TuneChoices extends Omit<typeof FIRST, 'chords'> {
  /** Whether the chord of each bar is learnt too; what was kept by an earlier studio does not say. */
  readonly chords?: boolean;
}
const isChoices = (value: unknown): boolean => {
  const { units, minutes, chords } = (value ?? {}) as Record<string, unknown>;
  const isChoice = chords === undefined || typeof chords === 'boolean';
  return typeof units === 'string' && typeof minutes === 'number' && isChoice;
};
/** A training is saved so often. */
const SAVE_MINUTES = 0.05;

/** Where tunes come in and a model is trained on them. */
export function TuneTraining({ job, onModel }: { job: Job; onModel: (model: TuneModel) => void }) {
  const [abc, setAbc, isRead] = useKept('tunes/abc', '', isText);
  const [choices, setChoices] = useKept<TuneChoices>('tunes/choices', FIRST, isChoices);
  const [read, setRead] = useState<TunesToLearn>();
  const fit = useTextFit<TuneChoices>(job, 'symbol', 'tunes/unfinished', isChoices);
  const open = (load: () => Promise<string>): void => job.run(async () => setAbc(await load()));
  useEffect(() => {
    if (isRead && abc === '') open(() => dataText('tunes/seqkit-tunes.abc'));
  }, [isRead]);
  useEffect(() => {
    const timer = setTimeout(
      () => void (abc === '' ? Promise.resolve(undefined) : readForTraining(abc)).then(setRead),
      300,
    );
    return () => clearTimeout(timer);
  }, [abc]);
  const openFiles = (files: () => Promise<readonly File[]>): void => open(async () => abcOf(await files()));
  const train = (chosen: TuneChoices, from?: Unfinished<TuneChoices>): void =>
    fit.run(chosen, from, {
      everyMinutes: SAVE_MINUTES,
      async make() {
        const { TuneModel } = await import('../../text/index.js');
        return new TuneModel({
          ...{ units: Number(chosen.units), layers: 1, dropout: DROPOUT },
          ...{ engine: 'wasm', seed: 1 },
        });
      },
      async fit(model, watching) {
        const { readTunes } = await import('../../text/index.js');
        const { tunes } = readTunes(abc);
        return model.fit(tunes, {
          ...FIT,
          ...(tunes.length < FULL_BATCH_TUNES && { batchSize: 2, seqLength: 32, heldOut: 0 }),
          ...{ minutes: chosen.minutes, chords: chosen.chords === true, ...watching },
        });
      },
      done: onModel,
    });
  return (
    <Card
      title="Tunes to learn"
      note="In ABC notation. A network reads them as degrees of their key, with their form and bars, so it composes in any key. The tunes that come with seqkit are there to begin with."
      wide
    >
      <TextArea
        label="Tunes in ABC"
        value={abc}
        onInput={setAbc}
        rows={9}
        mono
        disabled={job.isRunning}
        hint={<span role="status">{read ? understood(read) : 'No tunes yet.'}</span>}
      />
      <div class="columns">
        <FilePicker
          label="Drop ABC or MIDI files here, or choose some"
          accept={ENDINGS.join(',')}
          multiple
          disabled={job.isRunning}
          onFiles={(files) => openFiles(() => Promise.resolve(files))}
        />
        <div class="stack">
          <FolderChoice
            endings={ENDINGS}
            disabled={job.isRunning}
            onFile={(load) => openFiles(async () => [await load()])}
          />
          <Button
            quiet
            disabled={job.isRunning}
            onClick={() => open(() => dataText('tunes/seqkit-tunes.abc'))}
          >
            The tunes that come with seqkit
          </Button>
        </div>
      </div>
      <div class="columns">
        <Select
          label="Network"
          value={choices.units}
          disabled={job.isRunning}
          options={[
            ['64', 'Small: 64 units'],
            ['128', 'Medium: 128 units'],
            ['256', 'Large: 256 units'],
          ]}
          onInput={(units) => setChoices({ ...choices, units })}
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
      <Checkbox
        label="Learn chords too: then it composes with them, and over chords of yours"
        isOn={choices.chords === true}
        disabled={job.isRunning}
        onChange={(chords) => setChoices({ ...choices, chords })}
      />
      <FitControls
        fit={fit}
        label="Train"
        disabled={!read || read.tunes.length === 0}
        onTrain={() => train(choices)}
        onGoOn={(found) => {
          setChoices(found.settings);
          train(found.settings, found);
        }}
        title="Bits a symbol"
      />
    </Card>
  );
}
