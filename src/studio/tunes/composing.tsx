import { useEffect, useState } from 'preact/hooks';
import { encodeWav } from '../../audio/index.js';
import type { ComposedTune, MusicModel, TuneModel } from '../../text/index.js';
import { download } from '../files/files.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, Slider, TextArea } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { player } from '../parts/sound-player.js';
import { useJob } from '../state/use-job.js';

/** What a model that goes by characters makes at most; one that knows form plans its tunes. */
const MOST_BARS = 16;
/** Of the staves, in pixels. */
const SHEET_WIDTH = 700;

/** What is asked of a tune here. */
interface Asked {
  readonly type?: string;
  readonly meter?: string;
  readonly key?: string;
  readonly temperature: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

function composedBy(model: MusicModel | TuneModel, asked: Asked): Promise<readonly ComposedTune[]> {
  return 'symbols' in model.seen
    ? (model as TuneModel).compose(asked)
    : (model as MusicModel).compose({ ...asked, maxBars: MOST_BARS });
}

/** Has the model compose a tune: sheet, sound, files. */
export function Composing({ model }: { model: MusicModel | TuneModel }) {
  const job = useJob('The tune is composed.');
  const { kinds, keys } = model.seen;
  const types = [...new Set(kinds.map(({ type }) => type).filter(Boolean))];
  const [type, setType] = useState('');
  const meters = [
    ...new Set(kinds.filter((kind) => type === '' || kind.type === type).map(({ meter }) => meter)),
  ];
  const [meter, setMeter] = useState('');
  const [key, setKey] = useState('');
  const [temperature, setTemperature] = useState(0.7);
  const [seed, setSeed] = useState(1);
  const [abc, setAbc] = useState('');
  const asked = {
    ...(type !== '' && { type }),
    ...(meter !== '' && meters.includes(meter) && { meter }),
    ...(key !== '' && { key }),
  };
  const compose = (): void =>
    job.run(async (signal) => {
      const [tune] = await composedBy(model, { ...asked, temperature, seed, signal });
      setSeed(seed + 1);
      if (tune) setAbc(tune.abc);
    });
  const any = ['', 'Any'] as const;
  return (
    <Card
      title="Compose"
      note="The tune always parses, its bars add up, and it plays: what would break that may not come."
      wide
    >
      <div class="columns">
        <Select
          label="Form"
          value={type}
          options={[any, ...types.map((each) => [each, each] as const)]}
          onInput={setType}
        />
        <Select
          label="Meter"
          value={meter}
          options={[any, ...meters.map((each) => [each, each] as const)]}
          onInput={setMeter}
        />
        <Select
          label="Key"
          value={key}
          options={[any, ...keys.map((each) => [each, each] as const)]}
          onInput={setKey}
        />
        <Slider
          label="Temperature"
          value={temperature}
          min={0.2}
          max={1.2}
          step={0.05}
          shown={temperature.toFixed(2)}
          onInput={setTemperature}
        />
      </div>
      <div class="row">
        <Button primary onClick={compose} disabled={job.isRunning}>
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

/** A tune as sheet music that follows its ABC, with its sound and its files. */
function TuneView({ abc, onInput }: { abc: string; onInput: (abc: string) => void }) {
  const job = useJob();
  const [sheet, setSheet] = useState('');
  const [isPlaying, setPlaying] = useState(false);
  const [warning, setWarning] = useState('');
  const title = /^T:(.*)$/m.exec(abc)?.[1].trim() ?? 'A tune';
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'tune';
  useEffect(() => {
    let address = '';
    let isGone = false;
    void (async () => {
      const { tuneSheet } = await import('../../text/index.js');
      const svg = await tuneSheet(abc, { width: SHEET_WIDTH });
      if (isGone) return;
      address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      setSheet(address);
      setWarning('');
    })().catch((error: unknown) => setWarning((error as Error).message));
    return () => {
      isGone = true;
      URL.revokeObjectURL(address);
    };
  }, [abc]);
  useEffect(() => () => player.stop(), []);
  const play = (): void =>
    job.run(async () => {
      const { tuneSound } = await import('../../text/index.js');
      const { samples, sampleRate } = await tuneSound(abc);
      await player.play(samples, sampleRate, () => setPlaying(false));
      setPlaying(true);
    });
  return (
    <div class="tune">
      {sheet !== '' && (
        <img class="sheet" src={sheet} alt={`Sheet music of “${title}”; its notes stand below in ABC.`} />
      )}
      {warning !== '' && <p class="error">{warning}</p>}
      <div class="row">
        <Button primary onClick={isPlaying ? () => player.stop() : play} disabled={job.isRunning}>
          {isPlaying ? 'Stop playing' : 'Play'}
        </Button>
        <Button onClick={() => download(`${name}.abc`, abc, 'text/plain')}>ABC</Button>
        <Button
          onClick={() =>
            job.run(async () => {
              const { tuneMidi } = await import('../../text/index.js');
              download(`${name}.mid`, await tuneMidi(abc), 'audio/midi');
            })
          }
        >
          MIDI
        </Button>
        <Button
          onClick={() =>
            job.run(async () => {
              const { tuneSound } = await import('../../text/index.js');
              download(`${name}.wav`, encodeWav(await tuneSound(abc)), 'audio/wav');
            })
          }
        >
          WAV
        </Button>
        <Button
          onClick={() =>
            job.run(async () => {
              const { tuneSheet } = await import('../../text/index.js');
              download(`${name}.svg`, await tuneSheet(abc, { width: SHEET_WIDTH }), 'image/svg+xml');
            })
          }
        >
          Sheet music
        </Button>
      </div>
      <ErrorNote error={job.error} />
      <TextArea
        label="The tune in ABC"
        value={abc}
        onInput={onInput}
        rows={8}
        mono
        hint="Change it: the sheet follows."
      />
    </div>
  );
}
