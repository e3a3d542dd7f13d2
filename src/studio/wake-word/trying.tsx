import { useEffect, useRef, useState } from 'preact/hooks';
import { decodeWav, type TriggerModel } from '../../audio/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Slider } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { Meter } from '../parts/meter.js';
import { player } from '../parts/sound-player.js';
import { announce } from '../state/announce.js';
import { shownDuration } from '../state/duration.js';
import { shownError } from '../state/shown-error.js';
import { useJob } from '../state/use-job.js';
import { asWav } from './clip.js';
import { ScoreCurve, trim, type ScorePoint } from './score-curve.js';
import type { HeldOutFigures } from './training.js';

/** What was heard, and where. */
interface Heard {
  readonly where: string;
  readonly seconds: number;
  readonly score: number;
}

const CHIME_RATE = 44_100;
const SHOWN = 12;

/** Tries a model: with the microphone, or on a recording. */
export function Trying({
  model,
  figures,
  onThreshold,
}: {
  model: TriggerModel;
  /** Null where the model was trained elsewhere, and nothing is known of them. */
  figures: HeldOutFigures | undefined | null;
  onThreshold: () => void;
}) {
  const listening = useJob();
  const reading = useJob();
  const [threshold, setThreshold] = useState(model.thresholds[model.word]);
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  const [level, setLevel] = useState(0);
  const points = useRef<ScorePoint[]>([]);
  const fired = useRef<number[]>([]);
  // The threshold is the model's: who listens, listens anew with it.
  useEffect(() => {
    const timer = setTimeout(() => {
      if (Math.abs(model.thresholds[model.word] - threshold) < 1e-9) return;
      model.setThreshold(threshold);
      onThreshold();
    }, 250);
    return () => clearTimeout(timer);
  }, [threshold]);
  const note = (found: Heard): void => setHeard((before) => [found, ...before].slice(0, SHOWN));
  const listen = (): void =>
    listening.run(async (signal) => {
      points.current.length = 0;
      fired.current.length = 0;
      const { listen: open } = await import('../../audio/browser/index.js');
      let failure: Error | undefined;
      const ended = new AbortController();
      const session = await open({
        ...{ model, threshold },
        onScore: ({ score, timeSeconds }) => {
          points.current.push([timeSeconds, score]);
          trim(points.current);
        },
        onTrigger: ({ timeSeconds, score, word }) => {
          fired.current.push(timeSeconds);
          note({ where: 'microphone', seconds: timeSeconds, score });
          announce(`Heard ${word}.`);
          void chime();
        },
        onLevel: ({ peak }) => setLevel(peak),
        onError: (error) => {
          failure = error;
          ended.abort();
        },
      });
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
        ended.signal.addEventListener('abort', () => resolve());
      });
      await session.stop();
      setLevel(0);
      if (failure) throw failure;
    });
  const read = (files: readonly File[]): void =>
    reading.run(async () => {
      const without: string[] = [];
      for (const file of files) {
        const events = await model.detect(decodeWav(await asWav(file), file.name), { threshold });
        for (const { timeSeconds, score } of events) note({ where: file.name, seconds: timeSeconds, score });
        announce(`${events.length} found in ${file.name}.`);
        if (events.length === 0) without.push(file.name);
      }
      if (without.length > 0) {
        throw Object.assign(new Error(`“${model.word}” was not heard in ${without.join(', ')}.`), {
          hint: 'A lower threshold hears more.',
        });
      }
    });
  return (
    <Card title="Try" note={`Say “${model.word}” and watch the score rise.`} wide>
      <div class="columns">
        <div class="stack">
          <div class="row">
            <Button primary onClick={listening.isRunning ? listening.stop : listen}>
              {listening.isRunning ? 'Stop listening' : 'Listen'}
            </Button>
          </div>
          <Meter peak={level} />
        </div>
        <div>
          <Slider
            label="Threshold"
            value={threshold}
            min={0.02}
            max={0.98}
            step={0.01}
            shown={threshold.toFixed(2)}
            disabled={listening.isRunning}
            onInput={setThreshold}
          />
          <p class="hint">{meaning(figures, threshold)}</p>
        </div>
      </div>
      <ErrorNote error={listening.error ?? reading.error} />
      {listening.isRunning && <ScoreCurve points={points} fired={fired} threshold={threshold} />}
      <FilePicker
        label="Or try it on a recording: drop a sound file here, or choose one"
        accept="audio/*,.wav"
        multiple
        disabled={reading.isRunning}
        onFiles={read}
      />
      {heard.length > 0 && (
        <div class="scroll">
          <table>
            <caption class="unseen">What was heard, the last first</caption>
            <thead>
              <tr>
                <th scope="col">Heard in</th>
                <th scope="col">At</th>
                <th scope="col">Score</th>
              </tr>
            </thead>
            <tbody>
              {heard.map(({ where, seconds, score }, index) => (
                <tr key={`${heard.length - index}`}>
                  <td>{where}</td>
                  <td>{seconds.toFixed(2)} s</td>
                  <td>{score.toFixed(2)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {figures && <p class="note">On clips that were held back, as it was trained: {figures.verdict}</p>}
    </Card>
  );
}

/** What a threshold comes to, on clips that were held back. */
function meaning(figures: HeldOutFigures | undefined | null, threshold: number): string {
  if (figures === null) return 'A lower one hears more, and fires more often at other words.';
  if (!figures)
    return 'With ten clips of the word or more, some are held back, and say what a threshold comes to.';
  const point = figures.tradeoff.reduce((best, each) =>
    Math.abs(each.threshold - threshold) < Math.abs(best.threshold - threshold) ? each : best,
  );
  const missed = Math.round(point.missed * figures.clips);
  const alarms = Math.round(point.falseAlarmsPerHour * figures.hours);
  return `There it misses ${missed} of ${figures.clips} held-out clips, and fires ${alarms} times in ${shownDuration(3600 * figures.hours)} of other speech.`;
}

async function chime(): Promise<void> {
  try {
    const tone = new Float32Array(Math.round(0.24 * CHIME_RATE)).map((_, i) => {
      const seconds = i / CHIME_RATE;
      const hz = seconds < 0.12 ? 880 : 1320;
      return 0.2 * Math.sin(2 * Math.PI * hz * seconds) * Math.exp(-((seconds % 0.12) * 20));
    });
    await player.play(tone, CHIME_RATE);
  } catch (error) {
    announce(shownError(error).message);
  }
}
