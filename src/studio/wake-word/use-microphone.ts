import { useRef, useState } from 'preact/hooks';
import type { TriggerModel } from '../../audio/index.js';
import type { Listening } from '../../audio/browser/index.js';
import { announce } from '../state/announce.js';
import { useJob, type Job } from '../state/use-job.js';
import { AFTER_SECONDS, BEFORE_SECONDS, MICROPHONE, type Firing } from './firing.js';
import { RecentSound } from './recent-sound.js';
import { trim, type ScorePoint } from './score-curve.js';

/** A model that listens to the microphone, and what there is to see of it. */
export interface Microphone {
  readonly job: Job;
  readonly level: number;
  /** Smoothed, of the last seconds. */
  readonly points: { readonly current: ScorePoint[] };
  /** Of the last seconds, when it fired. */
  readonly fired: { readonly current: number[] };
  readonly listen: () => void;
  readonly setThreshold: (threshold: number) => void;
  /** The last moments, as one at which it should have fired. */
  readonly missed: () => void;
}

/**
 * Listens, and keeps the sound of each moment at which the model fires.
 * @param onHeard told at once
 * @param onFiring told when its sound has come
 */
export function useMicrophone(
  model: TriggerModel,
  { onHeard, onFiring }: { onHeard: () => void; onFiring: (firing: Firing) => void },
): Microphone {
  const job = useJob();
  const [level, setLevel] = useState(0);
  const points = useRef<ScorePoint[]>([]);
  const fired = useRef<number[]>([]);
  const open = useRef<{ readonly session: Listening; recent: RecentSound | undefined } | undefined>(
    undefined,
  );
  const told = useRef({ onHeard, onFiring });
  told.current = { onHeard, onFiring };
  const keep = (recent: RecentSound, at: { seconds: number; score: number }, isRight?: boolean): void => {
    const samples = recent.cut(at.seconds - BEFORE_SECONDS, at.seconds + AFTER_SECONDS);
    if (samples.length === 0) return;
    void import('./firing-sound.js').then(({ firingOf }) => {
      const firing = firingOf({ where: MICROPHONE, ...at }, { samples, sampleRate: recent.sampleRate });
      told.current.onFiring(isRight === undefined ? firing : { ...firing, isRight });
    });
  };
  const listen = (): void =>
    job.run(async (signal) => {
      points.current.length = fired.current.length = 0;
      const browser = await import('../../audio/browser/index.js');
      // Fetched now, so that a firing is not lost where it cannot be later.
      await import('./firing-sound.js');
      let failure: Error | undefined;
      const ended = new AbortController();
      // Their last sound is still to come.
      const waiting: { seconds: number; score: number }[] = [];
      const session = await browser.listen({
        model,
        onSound: ({ samples, sampleRate }) => {
          if (!open.current) return;
          const recent = (open.current.recent ??= new RecentSound(sampleRate, BEFORE_SECONDS + 1));
          recent.push(samples);
          while (waiting.length > 0 && recent.seconds >= waiting[0].seconds + AFTER_SECONDS) {
            keep(recent, waiting.shift()!);
          }
        },
        onScore: ({ smoothed, timeSeconds }) => {
          points.current.push([timeSeconds, smoothed]);
          trim(points.current, fired.current, timeSeconds);
        },
        onTrigger: ({ timeSeconds, score, word }) => {
          fired.current.push(timeSeconds);
          waiting.push({ seconds: timeSeconds, score });
          announce(`Heard ${word}.`);
          told.current.onHeard();
        },
        onLevel: ({ peak }) => setLevel(peak),
        onError: (error) => {
          failure = error;
          ended.abort();
        },
      });
      // Sound comes in tasks of its own, so none was missed.
      open.current = { session, recent: undefined };
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
        ended.signal.addEventListener('abort', () => resolve());
      });
      const { recent } = open.current;
      open.current = undefined;
      await session.stop();
      if (recent) for (const at of waiting) keep(recent, at);
      setLevel(0);
      if (failure) throw failure;
    });
  return {
    ...{ job, level, points, fired, listen },
    setThreshold: (threshold) => open.current?.session.setThreshold(threshold),
    missed: () => {
      const recent = open.current?.recent;
      if (!recent) return;
      const { seconds } = recent;
      const near = points.current.filter(([at]) => at > seconds - BEFORE_SECONDS);
      keep(recent, { seconds, score: Math.max(0, ...near.map(([, score]) => score)) }, true);
    },
  };
}
