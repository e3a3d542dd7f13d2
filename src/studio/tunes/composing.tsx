import { useState } from 'preact/hooks';
import type { ComposedTune, MusicModel, TuneModel } from '../../text/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, Slider, TextField } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { useJob } from '../state/use-job.js';
import {
  BAR_CHOICES,
  compose,
  FORMS,
  keysOf,
  knowsChords,
  knowsForm,
  withChords,
  type AskedHere,
} from './asked.js';
import { TuneView } from './tune-view.js';

/** Has the model compose a tune: sheet, sound, files. */
export function Composing({ model }: { model: MusicModel | TuneModel }) {
  const job = useJob('The tune is composed.');
  const { kinds } = model.seen;
  const hasForm = knowsForm(model);
  const hasChordsOfItsOwn = knowsChords(model);
  const keys = keysOf(model);
  const types = [...new Set(kinds.map(({ type }) => type).filter(Boolean))];
  const [asked, setAsked] = useState<AskedHere>({
    ...{ type: '', meter: '', key: '', form: '', bars: '', progression: '' },
    temperature: 0.7,
  });
  const [hasChords, setChords] = useState(false);
  const [seed, setSeed] = useState(1);
  const [abc, setAbc] = useState('');
  const set = (change: Partial<AskedHere>): void => setAsked((before) => ({ ...before, ...change }));
  const metersOf = (type: string): string[] => [
    ...new Set(kinds.filter((kind) => type === '' || kind.type === type).map(({ meter }) => meter)),
  ];
  const composeOne = (): void =>
    job.run(async (signal) => {
      const [tune]: readonly ComposedTune[] = await compose(model, asked, { seed, signal });
      setSeed(seed + 1);
      if (tune) setAbc(hasChords ? await withChords(tune.abc) : tune.abc);
    });
  return (
    <Card
      title="Compose"
      note="The tune always parses, its bars add up, and it plays: what would break that may not come."
      wide
    >
      <div class="columns">
        <Choice
          label="Kind"
          value={asked.type}
          choices={types}
          onInput={(type) => set({ type, meter: metersOf(type).includes(asked.meter) ? asked.meter : '' })}
        />
        <Choice
          label="Meter"
          value={asked.meter}
          choices={metersOf(asked.type)}
          onInput={(meter) => set({ meter })}
        />
        <Choice label="Key" value={asked.key} choices={keys} onInput={(key) => set({ key })} />
        {hasForm && (
          <>
            <Select
              label="Form"
              value={asked.form}
              options={[['', 'Any'], ...FORMS]}
              onInput={(form) => set({ form })}
            />
            <Choice
              label="Bars of each section"
              value={asked.bars}
              choices={BAR_CHOICES}
              onInput={(bars) => set({ bars })}
            />
          </>
        )}
        <Select
          label="Chords"
          value={hasChords ? 'rules' : ''}
          options={[
            ['', hasChordsOfItsOwn ? 'The model’s own' : 'None'],
            ['rules', 'By the rules of harmony'],
          ]}
          onInput={(value) => setChords(value !== '')}
        />
        {hasChordsOfItsOwn && (
          <TextField
            label="Chords to play over"
            value={asked.progression}
            placeholder="D | G A7 | Em | A"
            hint="A | between bars, % for one like the last. Empty leaves them to the model."
            onInput={(progression) => set({ progression })}
          />
        )}
        <Slider
          label="Temperature"
          value={asked.temperature}
          min={0.2}
          max={1.2}
          step={0.05}
          shown={asked.temperature.toFixed(2)}
          onInput={(temperature) => set({ temperature })}
        />
      </div>
      <div class="row">
        <Button primary onClick={composeOne} disabled={job.isRunning}>
          {job.isRunning ? 'Composing …' : 'Compose a tune'}
        </Button>
        <Button onClick={job.stop} disabled={!job.isRunning}>
          Stop
        </Button>
      </div>
      <ErrorNote error={job.error} />
      {abc !== '' && <TuneView abc={abc} onInput={setAbc} />}
    </Card>
  );
}

/** One of some, or any. */
function Choice({
  choices,
  ...rest
}: {
  label: string;
  value: string;
  choices: readonly string[];
  onInput: (value: string) => void;
}) {
  return <Select {...rest} options={[['', 'Any'], ...choices.map((each) => [each, each] as const)]} />;
}
