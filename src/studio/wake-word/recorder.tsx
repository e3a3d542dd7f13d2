import { useState } from 'preact/hooks';
import type { ClipKind } from '../../audio/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Select, TextField } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { announce } from '../state/announce.js';
import { Meter } from '../parts/meter.js';
import { Progress } from '../parts/progress.js';
import { useJob } from '../state/use-job.js';
import { isText, useKept } from '../state/use-kept.js';
import { KIND_NAMES, newId, type KeptClip } from './clip.js';
import { lookAt } from './clip-look.js';
import { useAddedFiles } from './use-added-files.js';

const COUNTDOWN = 3;
const TAKE_SECONDS = 2;
const BACKGROUND_SECONDS = 60;
const SPEECH_SECONDS = 4;
const KINDS = Object.keys(KIND_NAMES) as ClipKind[];

const secondsOf = (kind: ClipKind): number =>
  kind === 'activates' ? TAKE_SECONDS : kind === 'negatives' ? SPEECH_SECONDS : BACKGROUND_SECONDS;

/** Records takes, with a countdown, a level meter and a check of each; or takes files. */
export function Recorder({
  phrase,
  onPhrase,
  count,
  onClips,
  disabled,
}: {
  phrase: string;
  onPhrase: (phrase: string) => void;
  /** Clips that there are, from which the names go on. */
  count: number;
  onClips: (clips: readonly KeptClip[]) => void;
  disabled: boolean;
}) {
  const job = useJob();
  const files = useAddedFiles(onClips);
  const [speaker, setSpeaker] = useKept('wake/speaker', 'me', isText);
  const [kind, setKind] = useState<ClipKind>('activates');
  const [stage, setStage] = useState('');
  const [level, setLevel] = useState(0);
  const [verdict, setVerdict] = useState({ text: '', isGood: true });
  const slug = phrase.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'word';
  const take = (takes: number): void =>
    job.run(async (signal) => {
      const { recordClip } = await import('../../audio/browser/index.js');
      const { encodeWav } = await import('../../audio/index.js');
      try {
        for (let i = 0; i < takes && !signal.aborted; i++) {
          for (let left = COUNTDOWN; left > 0 && !signal.aborted; left--) {
            setStage(String(left));
            if (i === 0 || left === COUNTDOWN) announce(`Recording in ${left}.`);
            await new Promise((resolve) => setTimeout(resolve, i === 0 ? 700 : 350));
          }
          if (signal.aborted) return;
          setStage(
            kind === 'activates'
              ? `Say “${phrase}”`
              : kind === 'negatives'
                ? 'Say anything else'
                : 'Listening',
          );
          const sound = await recordClip({
            seconds: secondsOf(kind),
            signal,
            onLevel: ({ peak }) => setLevel(peak),
          });
          if (signal.aborted && kind === 'activates') return;
          const who = speaker.replace(/[^\p{L}\p{N}-]+/gu, '') || 'me';
          const clip = {
            ...{ id: newId(), kind, bytes: encodeWav(sound) },
            name: `${who}_${kind === 'activates' ? slug : kind}-${count + i + 1}.wav`,
          };
          const { problems } = await lookAt(clip);
          const told = problems.length === 0 ? 'Good take.' : problems.map(({ text }) => text).join(' ');
          setVerdict({ text: told, isGood: problems.length === 0 });
          announce(told);
          onClips([clip]);
        }
      } finally {
        setStage('');
        setLevel(0);
      }
    });
  const isBusy = job.isRunning || files.job.isRunning;
  return (
    <Card title="Record" note="Say the word in your own way: near and far, quick and slow." wide>
      <div class="columns">
        <TextField label="The word or phrase" value={phrase} onInput={onPhrase} disabled={job.isRunning} />
        <TextField
          label="Who speaks"
          value={speaker}
          onInput={setSpeaker}
          disabled={job.isRunning}
          hint="With five speakers or more, whole voices are held back to test on."
        />
        <Select
          label="What is recorded"
          value={kind}
          disabled={job.isRunning}
          options={KINDS.map((each) => [each, KIND_NAMES[each]] as const)}
          onInput={(next) => setKind(next as ClipKind)}
        />
      </div>
      <div class="row">
        <Button primary disabled={disabled || isBusy} onClick={() => take(1)}>
          {kind === 'backgrounds' ? `Record ${BACKGROUND_SECONDS} s of the room` : 'Record a take'}
        </Button>
        {kind !== 'backgrounds' && (
          <Button disabled={disabled || isBusy} onClick={() => take(10)}>
            Record ten in a row
          </Button>
        )}
        <Button disabled={!job.isRunning} onClick={job.stop}>
          Stop
        </Button>
      </div>
      {(stage !== '' || verdict.text !== '') && (
        <div class="take">
          <b class="stage">{stage || (verdict.isGood ? '✓' : 'Once more')}</b>
          <Meter peak={level} />
          <p>{stage === '' ? verdict.text : ''}</p>
        </div>
      )}
      <ErrorNote error={job.error ?? files.job.error} />
      <FilePicker
        label={`Or drop sound files or folders here (${KIND_NAMES[kind].toLowerCase()}), or choose some`}
        accept="audio/*,.wav"
        multiple
        folders
        disabled={disabled || isBusy}
        onFiles={(some) => files.add(some, kind)}
      />
      {files.state && (
        <div class="row">
          <Progress label="Reading files" {...files.state} />
          <Button quiet onClick={files.job.stop}>
            Stop reading
          </Button>
        </div>
      )}
    </Card>
  );
}
