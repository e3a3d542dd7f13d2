import { useEffect, useRef, useState } from 'preact/hooks';
import { encodeWav } from '../../audio/index.js';
import type { CursorPlace } from '../../text/index.js';
import { download } from '../files/files.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { TextArea } from '../parts/field.js';
import { printSheet } from '../parts/print-sheet.js';
import { player } from '../parts/sound-player.js';
import { useJob } from '../state/use-job.js';

/** Of the staves, in pixels. */
const SHEET_WIDTH = 700;

/** A tune as it is drawn. */
interface Sheet {
  readonly address: string;
  /** Where its notes stand. */
  readonly places: readonly CursorPlace[];
}

/** A tune as sheet music that follows its ABC, with its sound and its files. */
export function TuneView({ abc, onInput }: { abc: string; onInput: (abc: string) => void }) {
  const job = useJob();
  const [sheet, setSheet] = useState<Sheet>();
  const [isPlaying, setPlaying] = useState(false);
  const [warning, setWarning] = useState('');
  const title = /^T:(.*)$/m.exec(abc)?.[1].trim() ?? 'A tune';
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'tune';
  useEffect(() => {
    let address = '';
    let isGone = false;
    void (async () => {
      const { tuneCursor, tuneSheet } = await import('../../text/index.js');
      const svg = await tuneSheet(abc, { width: SHEET_WIDTH });
      const places = await tuneCursor(abc, { width: SHEET_WIDTH });
      if (isGone) return;
      address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      setSheet({ address, places });
      setWarning('');
    })().catch((error: unknown) => setWarning((error as Error).message));
    return () => {
      isGone = true;
      // What plays is not this tune any more.
      player.stop();
      URL.revokeObjectURL(address);
    };
  }, [abc]);
  const play = (): void =>
    job.run(async () => {
      const { tuneSound } = await import('../../text/index.js');
      const { samples, sampleRate } = await tuneSound(abc);
      await player.play(samples, sampleRate, () => setPlaying(false));
      setPlaying(true);
    });
  return (
    <div class="tune">
      {sheet && (
        <div class="sheet">
          <div>
            <img src={sheet.address} alt={`Sheet music of “${title}”; its notes stand below in ABC.`} />
            {isPlaying && <Cursor places={sheet.places} />}
          </div>
        </div>
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
        <Button disabled={!sheet} onClick={printSheet}>
          Print
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

/** Marks the note that sounds, on the picture that it lies over. */
function Cursor({ places }: { places: readonly CursorPlace[] }) {
  const mark = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let shown = -1;
    let frame = 0;
    const step = (): void => {
      frame = requestAnimationFrame(step);
      const { seconds } = player;
      const at = places.findLastIndex((place) => place.seconds <= seconds);
      const { current } = mark;
      const picture = current?.parentElement?.querySelector('img');
      if (!current || !picture || at < 0 || at === shown) return;
      const { left, top, width, height } = places[at];
      const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(3)}%`;
      Object.assign(current.style, {
        left: percent(left, picture.naturalWidth),
        top: percent(top, picture.naturalHeight),
        width: percent(width, picture.naturalWidth),
        height: percent(height, picture.naturalHeight),
      });
      if (shown < 0 || places[shown].top !== top) current.scrollIntoView({ block: 'nearest' });
      shown = at;
    };
    step();
    return () => cancelAnimationFrame(frame);
  }, [places]);
  return <span ref={mark} class="cursor" aria-hidden="true" />;
}
