import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { player } from '../parts/sound-player.js';
import { useJob } from '../state/use-job.js';
import type { Firing } from './firing.js';

/** Where a model fired, the last first: to hear, and to mark as right or wrong. */
export function FiringList({
  firings,
  onMark,
  onRemove,
}: {
  firings: readonly Firing[];
  /** @param isRight undefined takes the mark back; without this nothing can be marked */
  onMark: ((firing: Firing, isRight: boolean | undefined) => void) | undefined;
  onRemove: (firings: readonly Firing[]) => void;
}) {
  const playing = useJob();
  if (firings.length === 0) return null;
  const play = ({ bytes, where }: Firing): void =>
    playing.run(async () => {
      const { decodeWav } = await import('./wav-files.js');
      const { samples, sampleRate } = decodeWav(bytes, where);
      await player.play(samples, sampleRate);
    });
  return (
    <section class="fired" aria-label="What was heard">
      <ul>
        {[...firings].reverse().map((firing) => (
          <li key={firing.id}>
            <Button quiet label={`Play what was heard in ${shown(firing)}`} onClick={() => play(firing)}>
              ▶
            </Button>
            <span class="clip-name">
              <b>{firing.where}</b>
              <span class="note">
                at {firing.seconds.toFixed(2)} s, score {firing.score.toFixed(2)}
              </span>
            </span>
            {onMark && (
              <span class="row">
                {([true, false] as const).map((isRight) => (
                  <Button
                    key={isRight}
                    quiet
                    label={`${isRight ? 'Right' : 'Wrong'}: ${shown(firing)}`}
                    pressed={firing.isRight === isRight}
                    onClick={() => onMark(firing, firing.isRight === isRight ? undefined : isRight)}
                  >
                    {isRight ? '✓ Right' : '✗ Wrong'}
                  </Button>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      <div class="row">
        <Button quiet onClick={() => onRemove(firings)}>
          Empty the list
        </Button>
        {onMark && (
          <span class="note" role="status">
            {learned(firings)}
          </span>
        )}
      </div>
      <ErrorNote error={playing.error} />
    </section>
  );
}

const shown = ({ where, seconds }: Firing): string => `${where} at ${seconds.toFixed(2)} s`;

function learned(firings: readonly Firing[]): string {
  const [right, wrong] = [true, false].map(
    (mark) => firings.filter(({ isRight }) => isRight === mark).length,
  );
  if (right + wrong === 0) return 'What you mark, the next training learns from.';
  return `Among your clips now: ${right} of the word, ${wrong} of false alarms. Train again, and it learns from them.`;
}
