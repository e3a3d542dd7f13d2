import { describe, expect, it } from 'vitest';
import { CheckpointClock } from '../../../src/base/training/checkpoint-clock.js';
import { runTrainingLoop, type TrainingLoop } from '../../../src/base/training/training-loop.js';
import { EventLoopYielder } from '../../../src/base/host/yield-to-event-loop.js';

const EPOCHS = 2;
const BATCHES = 3;

/** A run of two epochs of three batches that writes down what is done. @param stopAfter so many steps */
function recorded({
  stopAfter = Infinity,
  stopsAt = 'before step',
  everySteps,
  at = { epoch: 1, batch: 0 },
}: {
  stopAfter?: number;
  stopsAt?: TrainingLoop<number>['stopsAt'];
  everySteps?: number;
  at?: { epoch: number; batch: number };
}): { log: string[]; loop: TrainingLoop<number> } {
  const log: string[] = [];
  let steps = 0;
  const loop: TrainingLoop<number> = {
    hasEpoch: () => at.epoch <= EPOCHS,
    *batches() {
      while (at.batch < BATCHES) yield at.batch;
    },
    step: async (batch) => {
      log.push(`step ${at.epoch}.${batch}`);
      at.batch++;
      steps++;
    },
    afterStep: (saved) => void log.push(saved ? 'saved' : '-'),
    endEpoch: () => {
      log.push(`end ${at.epoch}`);
      Object.assign(at, { epoch: at.epoch + 1, batch: 0 });
    },
    isStopped: () => steps >= stopAfter,
    stopsAt,
    checkpoint: {
      interval: everySteps === undefined ? { everyMinutes: 1000 } : { everySteps },
      step: () => steps,
      save: async () => void log.push(`save ${at.epoch}.${at.batch}`),
    },
  };
  return { log, loop };
}

describe('runTrainingLoop', () => {
  it('takes the steps of each epoch in order, and saves after every so many', async () => {
    const { log, loop } = recorded({ everySteps: 2 });
    expect(await runTrainingLoop(loop)).toBe(false);
    expect(log.join(', ')).toBe(
      'step 1.0, -, step 1.1, save 1.2, saved, step 1.2, -, end 1, step 2.0, save 2.1, saved, step 2.1, -, step 2.2, save 2.3, saved, end 2',
    );
  });

  it('goes on from within an epoch, and from its last step', async () => {
    const within = recorded({ at: { epoch: 2, batch: 2 } });
    await runTrainingLoop(within.loop);
    expect(within.log.join(', ')).toBe('step 2.2, -, end 2');
    const atTheEnd = recorded({ at: { epoch: 2, batch: 3 } });
    await runTrainingLoop(atTheEnd.loop);
    expect(atTheEnd.log.join(', ')).toBe('end 2');
  });

  it('asked before a step, ends the epoch whose last step a stop came in, and saves in the next', async () => {
    const none = recorded({ stopAfter: 0 });
    expect(await runTrainingLoop(none.loop)).toBe(true);
    expect(none.log.join(', ')).toBe('save 1.0');
    const within = recorded({ stopAfter: 2, everySteps: 2 });
    expect(await runTrainingLoop(within.loop)).toBe(true);
    expect(within.log.join(', ')).toBe('step 1.0, -, step 1.1, save 1.2, saved, save 1.2');
    const last = recorded({ stopAfter: 3 });
    expect(await runTrainingLoop(last.loop)).toBe(true);
    expect(last.log.join(', ')).toBe('step 1.0, -, step 1.1, -, step 1.2, -, end 1, save 2.0');
  });

  it('asked after a step, takes one at least, and saves once at the step that it stops at', async () => {
    const first = recorded({ stopAfter: 0, stopsAt: 'after step', everySteps: 1 });
    expect(await runTrainingLoop(first.loop)).toBe(true);
    expect(first.log.join(', ')).toBe('step 1.0, save 1.1');
    const last = recorded({ stopAfter: 3, stopsAt: 'after step' });
    expect(await runTrainingLoop(last.loop)).toBe(true);
    expect(last.log.join(', ')).toBe('step 1.0, -, step 1.1, -, step 1.2, save 1.3');
  });

  it('closes what gives the batches where it stops, and where a step throws', async () => {
    const closed: string[] = [];
    const { loop } = recorded({ stopAfter: 1 });
    const batches = async function* (): AsyncGenerator<number, void, void> {
      try {
        for (let batch = 0; ; batch++) yield batch;
      } finally {
        closed.push('closed');
      }
    };
    await runTrainingLoop({ ...loop, batches });
    expect(closed).toHaveLength(1);
    const step = () => Promise.reject(new Error('no step'));
    await expect(runTrainingLoop({ ...recorded({}).loop, batches, step })).rejects.toThrow('no step');
    expect(closed).toHaveLength(2);
  });

  it('lets a timer stop a run of steps that never wait', async () => {
    const { loop } = recorded({});
    let over = false;
    setTimeout(() => (over = true), 0);
    const batches = function* (): Generator<number, void, void> {
      for (let batch = 0; ; batch++) yield batch;
    };
    const eventLoop = new EventLoopYielder(5);
    const stopped = await runTrainingLoop({
      ...{ ...loop, batches, eventLoop, isStopped: () => over },
      step: async () => {},
      afterStep: () => {},
    });
    expect(stopped).toBe(true);
  });
});

describe('CheckpointClock', () => {
  it('goes by steps, by minutes, or by both', async () => {
    const steps = new CheckpointClock({ everySteps: 10 }, 5);
    expect([14, 15, 16].map((step) => steps.due(step))).toEqual([false, true, true]);
    steps.saved(16);
    expect([25, 26].map((step) => steps.due(step))).toEqual([false, true]);
    const [minutes, both] = [
      new CheckpointClock({ everyMinutes: 0.02 / 60 }, 0),
      new CheckpointClock({ everySteps: 10, everyMinutes: 0.02 / 60 }, 0),
    ];
    expect(both.due(10)).toBe(true);
    expect(minutes.due(1e9)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([minutes.due(0), both.due(0), new CheckpointClock({}, 0).due(1e9)]).toEqual([true, true, false]);
  });
});
