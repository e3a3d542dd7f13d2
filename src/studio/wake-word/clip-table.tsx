import { useEffect, useState } from 'preact/hooks';
import type { ClipKind } from '../../audio/index.js';
import { Button, Card } from '../parts/parts.js';
import { player } from '../parts/sound-player.js';
import { KIND_NAMES, lookAt, type ClipLook, type KeptClip } from './clip-list.js';
import { Waveform } from './waveform.js';

/** Rows that are shown at once: a thousand waves would make the page slow. */
const PAGE = 12;

/** The clips, with their waves and what is wrong with them. */
export function ClipTable({
  clips,
  onRemove,
  onClear,
}: {
  clips: readonly KeptClip[];
  onRemove: (id: string) => void;
  onClear: () => void;
}) {
  const [shown, setShown] = useState(PAGE);
  const counts = (['activates', 'negatives', 'backgrounds'] as const).map(
    (kind) => [kind, clips.filter((clip) => clip.kind === kind).length] as const,
  );
  return (
    <Card title="Your clips" wide>
      <p class="note" role="status">
        {counts.map(([kind, count]) => `${KIND_NAMES[kind]}: ${count}`).join(' · ')}
      </p>
      {clips.length === 0 ? (
        <p>Nothing yet. Record the word twenty times or more, and have others say it too.</p>
      ) : (
        <>
          <ul class="clips">
            {[...clips]
              .reverse()
              .slice(0, shown)
              .map((clip) => (
                <ClipRow key={clip.id} clip={clip} onRemove={() => onRemove(clip.id)} />
              ))}
          </ul>
          <div class="row">
            {clips.length > shown && (
              <Button quiet onClick={() => setShown(shown + PAGE)}>
                Show more ({clips.length - shown})
              </Button>
            )}
            <Button
              quiet
              onClick={() => {
                if (confirm(`Remove all ${clips.length} clips?`)) onClear();
              }}
            >
              Remove all
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}

function ClipRow({ clip, onRemove }: { clip: KeptClip; onRemove: () => void }) {
  const [look, setLook] = useState<ClipLook>();
  useEffect(() => void lookAt(clip).then(setLook), [clip.id]);
  return (
    <li>
      <Button
        quiet
        label={`Play ${clip.name}`}
        disabled={!look || look.seconds === 0}
        onClick={() => look && void player.play(look.samples, look.sampleRate, () => undefined)}
      >
        ▶
      </Button>
      {look ? <Waveform look={look} name={clip.name} /> : <span class="wave" />}
      <span class="clip-name">
        <b>{clip.name}</b>
        <span class="note">
          {kindName(clip.kind)}
          {look && `, ${look.seconds.toFixed(2)} s`}
        </span>
      </span>
      <Button quiet label={`Remove ${clip.name}`} onClick={onRemove}>
        Remove
      </Button>
      {look?.problems.map(({ text, isError }) => (
        <p key={text} class={isError ? 'problem is-error' : 'problem'}>
          {text}
        </p>
      ))}
    </li>
  );
}

const kindName = (kind: ClipKind): string => KIND_NAMES[kind];
