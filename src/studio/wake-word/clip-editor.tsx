import { useEffect, useState } from 'preact/hooks';
import type { DecodedWav } from '../../audio/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { player } from '../parts/sound-player.js';
import { useJob } from '../state/use-job.js';
import type { KeptClip } from './clip.js';
import { peaksOf, type ClipLook } from './clip-look.js';
import { EdgeHandle } from './edge-handle.js';
import { Spectrogram } from './spectrogram.js';
import { Waveform } from './waveform.js';

const STRETCHES = 300;
/** Speech is at least as long, in seconds. */
const SHORTEST = 0.05;

/** A clip from near: its wave, its frequencies, and where its speech lies, which may be moved. */
export function ClipEditor({
  clip,
  look,
  onSpeech,
}: {
  clip: KeptClip;
  look: ClipLook;
  /** Undefined for where it was found. */
  onSpeech: (speech: readonly [start: number, end: number] | undefined) => void;
}) {
  const job = useJob();
  const [sound, setSound] = useState<DecodedWav & { peaks: readonly number[] }>();
  // Kept here too: keys may come faster than the clip is written.
  const [[start, end], setEdges] = useState(look.speech.map((share) => share * look.seconds));
  useEffect(() => {
    if (clip.speech === undefined) setEdges(look.speech.map((share) => share * look.seconds));
  }, [look]);
  const move = (edges: readonly [start: number, end: number]): void => {
    setEdges([...edges]);
    onSpeech(edges);
  };
  useEffect(
    () =>
      job.run(async () => {
        const { decodeWav } = await import('../../audio/index.js');
        const decoded = decodeWav(clip.bytes, clip.name);
        setSound({ ...decoded, peaks: peaksOf(decoded.samples, STRETCHES) });
      }),
    [clip.bytes],
  );
  const play = (from: number, to: number): void =>
    job.run(async () => {
      if (!sound) return;
      const { samples, sampleRate } = sound;
      await player.play(samples.slice(Math.floor(from * sampleRate), Math.ceil(to * sampleRate)), sampleRate);
    });
  const isSpeech = clip.kind !== 'backgrounds';
  return (
    <div class="clip-editor">
      {sound && (
        <div class="edges">
          <Waveform
            peaks={sound.peaks}
            speech={[start / look.seconds, end / look.seconds]}
            seconds={look.seconds}
            name={clip.name}
          />
          <Spectrogram {...sound} label={`The frequencies of ${clip.name}`} />
          {isSpeech && (
            <>
              <EdgeHandle
                label={`Beginning of the speech of ${clip.name}`}
                seconds={start}
                total={look.seconds}
                min={0}
                max={Math.max(start, end - SHORTEST)}
                onMove={(to) => move([to, end])}
              />
              <EdgeHandle
                label={`End of the speech of ${clip.name}`}
                seconds={end}
                total={look.seconds}
                min={Math.min(end, start + SHORTEST)}
                max={look.seconds}
                onMove={(to) => move([start, to])}
              />
            </>
          )}
        </div>
      )}
      {isSpeech && (
        <div class="row">
          <Button quiet onClick={() => play(start, end)}>
            Play the speech
          </Button>
          <Button quiet disabled={clip.speech === undefined} onClick={() => onSpeech(undefined)}>
            As it was found
          </Button>
          <span class="note">
            Speech from {start.toFixed(2)} to {end.toFixed(2)} s. Move the edges where they are wrong: the
            model learns to fire at the end of the word.
          </span>
        </div>
      )}
      <ErrorNote error={job.error} />
    </div>
  );
}
