import { useState } from 'preact/hooks';
import type { TriggerModel } from '../../audio/index.js';
import { Button } from '../parts/button.js';
import { ErrorNote } from '../parts/error-note.js';
import { Checkbox } from '../parts/field.js';
import { FilePicker } from '../parts/file-picker.js';
import { Card } from '../parts/screen.js';
import { Meter } from '../parts/meter.js';
import { announce } from '../state/announce.js';
import { useJob } from '../state/use-job.js';
import { chime } from './chime.js';
import { asWav } from './clip.js';
import { AFTER_SECONDS, BEFORE_SECONDS, type Firing } from './firing.js';
import { FiringList } from './firing-list.js';
import { ScorePanel } from './score-panel.js';
import { nearestThreshold, type HeldOutFigures } from './threshold-meaning.js';
import { useMicrophone } from './use-microphone.js';

/** Where it fired, and what becomes of that. */
export interface FiringLog {
  readonly firings: readonly Firing[];
  readonly add: (firing: Firing) => void;
  readonly remove: (firings: readonly Firing[]) => void;
  /** Undefined where nothing learns from marks. */
  readonly mark?: (firing: Firing, isRight: boolean | undefined) => void;
}

const NO_FIGURES =
  ' With ten clips of the word or more, the training of a new network holds some back, and says here what each threshold comes to.';

/** Tries a model: with the microphone, or on a recording. */
export function Trying({
  model,
  figures,
  log,
  onThreshold,
}: {
  model: TriggerModel;
  figures: HeldOutFigures | undefined;
  log: FiringLog;
  /** The model has another one now. */
  onThreshold: () => void;
}) {
  const reading = useJob();
  const [threshold, setThreshold] = useState(model.thresholds[model.word]);
  const [chimes, setChimes] = useState(true);
  const microphone = useMicrophone(model, {
    onHeard: () => chimes && void chime(),
    onFiring: (firing) => {
      log.add(firing);
      if (firing.isRight !== undefined) log.mark?.(firing, firing.isRight);
    },
  });
  const move = (to: number): void => {
    if (to === threshold) return;
    setThreshold(to);
    model.setThreshold(to);
    microphone.setThreshold(to);
    onThreshold();
  };
  const read = (files: readonly File[]): void =>
    reading.run(async () => {
      const { decodeWav } = await import('./wav-files.js');
      const { firingOf } = await import('./firing-sound.js');
      const without: string[] = [];
      for (const file of files) {
        const sound = decodeWav(await asWav(file), file.name);
        const events = await model.detect(sound);
        for (const { timeSeconds: seconds, score } of events) {
          const [from, to] = [seconds - BEFORE_SECONDS, seconds + AFTER_SECONDS].map((at) =>
            Math.max(0, Math.round(at * sound.sampleRate)),
          );
          const moment = { samples: sound.samples.slice(from, to), sampleRate: sound.sampleRate };
          log.add(firingOf({ where: file.name, seconds, score }, moment));
        }
        announce(`${events.length} found in ${file.name}.`);
        if (events.length === 0) without.push(file.name);
      }
      if (without.length > 0) {
        throw Object.assign(new Error(`“${model.word}” was not heard in ${without.join(', ')}.`), {
          hint: 'A lower threshold hears more.',
        });
      }
    });
  const { job } = microphone;
  return (
    <Card title="Try" note={`Say “${model.word}” and watch the score rise.`} wide>
      <div class="row">
        <Button primary onClick={job.isRunning ? job.stop : microphone.listen}>
          {job.isRunning ? 'Stop listening' : 'Listen'}
        </Button>
        {log.mark && (
          <Button disabled={!job.isRunning} onClick={microphone.missed}>
            It did not hear me
          </Button>
        )}
        <Checkbox label="Chime when it hears the word" isOn={chimes} onChange={setChimes} />
      </div>
      <Meter peak={microphone.level} />
      <ErrorNote error={job.error ?? reading.error} />
      <ScorePanel
        {...{ threshold, figures }}
        points={microphone.points}
        fired={microphone.fired}
        hint={log.mark && !figures ? NO_FIGURES : undefined}
        onThreshold={(to) => move(nearestThreshold(to))}
      />
      <FiringList firings={log.firings} onMark={log.mark} onRemove={log.remove} />
      <FilePicker
        label="Or try it on a recording: drop a sound file here, or choose one"
        accept="audio/*,.wav"
        multiple
        disabled={reading.isRunning}
        onFiles={read}
      />
      {figures && <p class="note">On clips that were held back, as it was trained: {figures.verdict}</p>}
    </Card>
  );
}
