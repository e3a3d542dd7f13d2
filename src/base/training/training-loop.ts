import type { EventLoopYielder } from '../host/yield-to-event-loop.js';
import { CheckpointClock, type CheckpointInterval } from './checkpoint-clock.js';

/** What of a training differs from one kind of model to the next. It keeps its own position in the run. */
export interface TrainingLoop<Batch> {
  /** Whether another epoch is to come. */
  hasEpoch(): boolean;
  /** What of the epoch is still to be trained on; asked for one at a time, so that it may end early. */
  batches(): Iterable<Batch> | AsyncIterable<Batch>;
  /** Trains on a batch, counts it, and reports. */
  step(batch: Batch): Promise<void>;
  /** After a step that the run goes on from. @param saved whether a checkpoint was written at it */
  afterStep?(saved: boolean): Promise<void> | void;
  /** After the last batch: validates, reports, and moves to the next epoch. Not where a stop cut the epoch short. */
  endEpoch(): Promise<void> | void;
  /** Whether it is to stop, as by a signal. */
  isStopped(): boolean;
  /** Where that is asked: before each step, or after it, so that a run takes one step at least. */
  readonly stopsAt: 'before step' | 'after step';
  /** Lets others have their turn before that is asked. */
  readonly eventLoop?: EventLoopYielder | undefined;
  readonly checkpoint?: LoopCheckpoint | undefined;
}

/** What saves a run between steps. */
export interface LoopCheckpoint {
  readonly interval: CheckpointInterval;
  /** Steps taken so far. */
  step(): number;
  /** Writes where the run stands: when that is due, and when it is stopped. */
  save(): Promise<void>;
}

/**
 * Runs a training to its end, or until it is stopped.
 *
 * @returns whether it was stopped
 */
export async function runTrainingLoop<Batch>(loop: TrainingLoop<Batch>): Promise<boolean> {
  const { stopsAt, eventLoop, checkpoint } = loop;
  const clock = checkpoint && new CheckpointClock(checkpoint.interval, checkpoint.step());
  const stops = async (at: TrainingLoop<Batch>['stopsAt']): Promise<boolean> => {
    if (at !== stopsAt) return false;
    await eventLoop?.give();
    return loop.isStopped();
  };
  while (loop.hasEpoch()) {
    let stopped = false;
    for await (const batch of loop.batches()) {
      stopped = await stops('before step');
      if (stopped) break;
      await loop.step(batch);
      stopped = await stops('after step');
      if (stopped) break;
      const due = clock?.due(checkpoint!.step()) === true;
      if (due) {
        await checkpoint!.save();
        clock.saved(checkpoint!.step());
      }
      await loop.afterStep?.(due);
    }
    if (stopped) {
      await checkpoint?.save();
      return true;
    }
    await loop.endEpoch();
  }
  return false;
}
