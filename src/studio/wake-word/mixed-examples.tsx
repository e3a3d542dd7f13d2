import { useState } from 'preact/hooks';
import type { Mixture } from '../../audio/advanced.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Card } from '../parts/screen.js';
import { player } from '../parts/sound-player.js';
import { useJob } from '../state/use-job.js';
import { RATE, type KeptClip } from './clip.js';
import { peaksOf } from './clip-look.js';
import { Spectrogram } from './spectrogram.js';

const STRETCHES = 400;
const HEIGHT = 60;

/** What is laid into an example, by the names of the library. */
const KINDS: Readonly<Record<string, string>> = {
  activate: 'the word',
  'half-activate': 'half of the word',
  negative: 'other speech',
  spliced: 'pieces of speech',
  speech: 'running speech',
  'look-alike': 'sounds like the word',
  alarm: 'a false alarm',
  'room-tone': 'the room',
};

/** An example, and where the model is to fire in it, in seconds. */
interface Example {
  readonly number: number;
  readonly mixture: Mixture;
  readonly peaks: readonly number[];
  readonly labels: readonly (readonly [from: number, to: number])[];
}

/** Examples as training mixes them, to look at and to hear: the words, and the labels after them. */
export function MixedExamples({ clips }: { clips: readonly KeptClip[] }) {
  const job = useJob();
  const [example, setExample] = useState<Example>();
  const mix = (): void =>
    job.run(async () => {
      player.stop();
      const { LABEL_MS, mixNumbered, triggerPreset } = await import('../../audio/advanced.js');
      const { splitClipSet } = await import('./clip-set.js');
      const { train } = await splitClipSet(clips);
      const { synthesis } = triggerPreset('standard');
      const number = example ? example.number + 1 : 0;
      const mixture = mixNumbered(train, synthesis, { seed: 1, example: number });
      const labels = mixture.placed
        .filter(({ kind }) => kind === 'activate')
        .map(({ speechEndSeconds: end }) => [end, end + LABEL_MS / 1000] as const);
      setExample({ number, mixture, labels, peaks: peaksOf(mixture.samples, STRETCHES) });
    });
  return (
    <Card
      title="What it learns from"
      note="Training lays your clips over noise and among other speech, at random places, in rooms and through microphones that are made up. After each whole word stand labels: there the model is to fire."
      wide
    >
      <div class="row">
        <Button onClick={mix} disabled={job.isRunning}>
          {example ? 'Mix another' : 'Mix an example'}
        </Button>
        {example && <Button onClick={() => void player.play(example.mixture.samples, RATE)}>Play it</Button>}
        {example && <Button onClick={() => player.stop()}>Stop</Button>}
      </div>
      <ErrorNote error={job.error} />
      {example && <ExampleView key={example.number} {...example} />}
    </Card>
  );
}

function ExampleView({ number, mixture, peaks, labels }: Example) {
  const seconds = mixture.samples.length / RATE;
  const x = (at: number): number => (STRETCHES * at) / seconds;
  return (
    <>
      <figure class="example">
        <svg
          viewBox={`0 0 ${STRETCHES} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Example ${number + 1}, ${seconds} s; labels: ${labels.length === 0 ? 'none' : labels.map(([from, to]) => `${from.toFixed(2)} to ${to.toFixed(2)} s`).join(', ')}`}
        >
          {mixture.placed.map(({ startSeconds, speechEndSeconds, kind }) => (
            <rect
              key={startSeconds}
              class={kind === 'activate' ? 'placed is-word' : 'placed'}
              x={x(startSeconds)}
              width={Math.max(1, x(speechEndSeconds - startSeconds))}
              y={0}
              height={HEIGHT}
            />
          ))}
          {labels.map(([from, to]) => (
            <rect key={from} class="label" x={x(from)} width={x(to - from)} y={HEIGHT - 6} height={6} />
          ))}
          {peaks.map((peak, index) => {
            const height = Math.max(0.6, Math.sqrt(peak) * (HEIGHT - 16));
            return (
              <rect
                key={index}
                class="peak"
                x={index + 0.15}
                y={(HEIGHT - height) / 2}
                width={0.7}
                height={height}
              />
            );
          })}
        </svg>
        <Spectrogram samples={mixture.samples} sampleRate={RATE} label="The frequencies of the example" />
        <figcaption>
          <span class="key key-0">the word</span>
          <span class="key key-1">labels</span>
        </figcaption>
      </figure>
      <div class="scroll">
        <table>
          <caption class="unseen">What was laid into the example</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Speed</th>
              <th scope="col">Echo</th>
            </tr>
          </thead>
          <tbody>
            {[...mixture.placed]
              .sort((a, b) => a.startSeconds - b.startSeconds)
              .map(({ startSeconds, speechEndSeconds, kind, speed, rt60Seconds }) => (
                <tr key={startSeconds}>
                  <td>{KINDS[kind] ?? kind}</td>
                  <td>{startSeconds.toFixed(2)} s</td>
                  <td>{speechEndSeconds.toFixed(2)} s</td>
                  <td>{speed.toFixed(2)}</td>
                  <td>{rt60Seconds === undefined ? 'none' : `${rt60Seconds.toFixed(2)} s`}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
