import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/button.js';
import { Card } from '../parts/screen.js';
import { ErrorNote } from '../parts/error-note.js';
import { player } from '../parts/sound-player.js';
import { VirtualList } from '../parts/virtual-list.js';
import { useJob } from '../state/use-job.js';
import { KIND_NAMES, kindName, type KeptClip } from './clip.js';
import { lookInTurn, type ClipLook } from './clip-look.js';
import { ClipEditor } from './clip-editor.js';
import { Waveform } from './waveform.js';

/** About how high a row is, pixels. */
const ROW_HEIGHT = 60;

/** The clips, with their waves and what is wrong with them. */
export function ClipTable({
  clips,
  onChange,
  onRemove,
}: {
  clips: readonly KeptClip[];
  onChange: (changed: KeptClip) => void;
  onRemove: (clips: readonly KeptClip[]) => void;
}) {
  const playing = useJob();
  const counts = (['activates', 'negatives', 'backgrounds'] as const).map(
    (kind) => [kind, clips.filter((clip) => clip.kind === kind).length] as const,
  );
  useEffect(() => () => player.stop(), []);
  const play = (clip: KeptClip): void =>
    playing.run(async () => {
      const { decodeWav } = await import('../../audio/index.js');
      const { samples, sampleRate } = decodeWav(clip.bytes, clip.name);
      await player.play(samples, sampleRate);
    });
  return (
    <Card title="Your clips" wide>
      <p class="note" role="status">
        {counts.map(([kind, count]) => `${KIND_NAMES[kind]}: ${count}`).join(' · ')}
      </p>
      {clips.length === 0 ? (
        <p>Nothing yet. Record the word twenty times or more, and have others say it too.</p>
      ) : (
        <>
          <div class="clips">
            <VirtualList
              label="Clips, the last first"
              items={[...clips].reverse()}
              rowHeight={ROW_HEIGHT}
              row={(clip) => (
                <ClipRow
                  clip={clip}
                  onPlay={() => play(clip)}
                  onChange={onChange}
                  onRemove={() => onRemove([clip])}
                />
              )}
            />
          </div>
          <div class="row">
            <Button
              quiet
              onClick={() => {
                if (confirm(`Remove all ${clips.length} clips?`)) onRemove(clips);
              }}
            >
              Remove all
            </Button>
          </div>
        </>
      )}
      <ErrorNote error={playing.error} />
    </Card>
  );
}

function ClipRow({
  clip,
  onPlay,
  onChange,
  onRemove,
}: {
  clip: KeptClip;
  onPlay: () => void;
  onChange: (changed: KeptClip) => void;
  onRemove: () => void;
}) {
  const [look, setLook] = useState<ClipLook>();
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    let isThere = true;
    void lookInTurn(clip, () => isThere).then((seen) => seen && isThere && setLook(seen));
    return () => {
      isThere = false;
    };
  }, [clip]);
  return (
    <>
      <Button quiet label={`Play ${clip.name}`} disabled={!look || look.seconds === 0} onClick={onPlay}>
        ▶
      </Button>
      {look ? <Waveform {...look} name={clip.name} /> : <span class="wave" />}
      <span class="clip-name">
        <b>{clip.name}</b>
        <span class="note">
          {kindName(clip)}
          {look && `, ${look.seconds.toFixed(2)} s`}
        </span>
      </span>
      <span class="row">
        <Button
          quiet
          label={`Look closer at ${clip.name}`}
          expanded={isNear}
          disabled={!look || look.seconds === 0}
          onClick={() => setNear(!isNear)}
        >
          Look closer
        </Button>
        <Button quiet label={`Remove ${clip.name}`} onClick={onRemove}>
          Remove
        </Button>
      </span>
      {look?.problems.map(({ text, isError }) => (
        <p key={text} class={isError ? 'problem is-error' : 'problem'}>
          {text}
        </p>
      ))}
      {isNear && look && (
        <ClipEditor clip={clip} look={look} onSpeech={(speech) => onChange({ ...clip, speech })} />
      )}
    </>
  );
}
