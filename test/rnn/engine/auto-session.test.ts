import { describe, expect, it } from 'vitest';
import { AutoSession, type AutoReport, type Candidate } from '../../../src/rnn/engine/auto-session.js';
import { openEngine, openSession } from '../../../src/rnn/engine/choose.js';
import { bestGpu } from '../../../src/rnn/engine/rivals.js';
import type { Session } from '../../../src/rnn/program/engine.js';
import { timeProduct } from '../../../src/rnn/engine/probe.js';
import type { Program } from '../../../src/rnn/program/program.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { Random } from '../../../src/base/math/random.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { ProgramRunner } from '../../../src/rnn/training/program-runner.js';
import { Trainer } from '../../../src/rnn/training/trainer.js';

const [N, T, D, H] = [3, 4, 5, 6];

/** The wasm engine, or one as right and 40 ms a run slower; `failures` says at which of its runs it throws. */
async function candidate(
  name: string,
  pauseMs = 0,
  failures: readonly number[] = [],
): Promise<Candidate & { disposed: () => boolean }> {
  const { session } = await openEngine('wasm');
  let disposed = false;
  let runs = 0;
  const slow: Session = {
    engine: 'wasm',
    has: (buffer) => session.has(buffer),
    read: (buffer) => session.read(buffer),
    write: (buffer, values) => session.write(buffer, values),
    dispose() {
      disposed = true;
      session.dispose();
    },
    async compile(program: Program) {
      const executable = await session.compile(program);
      return {
        write: (input, values) => executable.write(input, values),
        read: (output) => executable.read(output),
        dispose: () => executable.dispose(),
        async run() {
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          await executable.run();
          if (failures.includes(++runs)) throw new Error(`${name} failed in run ${runs}`);
        },
      };
    },
  };
  return { name, device: `the device of ${name}`, session: slow, disposed: () => disposed };
}

const openAgain = (): Promise<never> => Promise.reject(new Error('opened again'));

/** Six steps with a prediction before, between and after: every loss and every output. */
async function train(session: Session): Promise<number[]> {
  const random = new Random(4);
  const layers = [
    new LSTM({ units: H, returnSequences: true, stateful: true }),
    new Dropout({ rate: 0.5 }),
    new Dense({ units: 2 }),
  ];
  const stack = new LayerStack(layers);
  stack.build(D, new Random(1));
  for (const weight of stack.weights) weight.attach(session);
  const runner = new ProgramRunner(stack, session);
  const trainer = new Trainer(runner, 9);
  trainer.compile({ optimizer: new Adam({ learningRate: 1e-2 }), loss: 'meanSquaredError' });
  const size = { batch: N, time: T, features: D };
  const tensor = (features: number) => {
    const shape = [N, T, features];
    return { data: Float32Array.from({ length: N * T * features }, () => random.normal()), shape };
  };
  const indices = [0, 1, 2];
  const numbers: number[] = [];
  for (let step = 0; step < 6; step++) {
    const examples = { inputs: [tensor(D)], targets: [tensor(2)], weights: [], lengths: [] };
    if (step % 3 === 0) numbers.push((await trainer.evaluate(size, examples, indices, 0, N)).loss);
    numbers.push((await trainer.train(size, examples, indices, 0, N)).loss);
    if (step % 3 === 2) {
      await runner.predict(size, examples, { indices, start: 0, count: N }, ([{ rows }]) =>
        numbers.push(...Array.from(rows)),
      );
    }
  }
  numbers.push(...layers.flatMap((layer) => layer.getWeights().flatMap(({ data }) => Array.from(data))));
  return numbers;
}

describe('AutoSession', () => {
  it.each([
    ['stays where it is', 0, 40],
    ['moves', 40, 0],
  ])('%s if that is faster, with the same numbers to the last bit', async (_, homePause, rivalPause) => {
    const home = await candidate('wasm', homePause);
    const rival = await candidate('gpu:webgpu', rivalPause);
    const reports: AutoReport[] = [];
    const findRivals = async () => ({ rivals: [rival], ruledOut: [{ engine: 'gpu:webgl2', why: 'none' }] });
    const session = new AutoSession({
      home,
      findRivals,
      openAgain,
      onChoice: (report) => reports.push(report),
    });
    const [best, other] = homePause < rivalPause ? [home, rival] : [rival, home];
    expect(await train(session)).toEqual(await train((await openEngine('wasm')).session));
    expect(reports).toEqual([
      {
        engine: best.name,
        device: best.device,
        stepMs: [
          { engine: best.name, device: best.device, ms: expect.any(Number) },
          { engine: other.name, device: other.device, ms: expect.any(Number) },
        ],
        ruledOut: [{ engine: 'gpu:webgl2', why: 'none' }],
      },
    ]);
    expect([best.disposed(), other.disposed()]).toEqual([false, true]);
    session.dispose();
    expect(best.disposed()).toBe(true);
  });

  it('goes on at home where a rival fails on the job, and says why', async () => {
    const home = await candidate('wasm');
    const rival = await candidate('gpu:webgpu');
    rival.session.compile = () => Promise.reject(new Error('too large'));
    const reports: AutoReport[] = [];
    const findRivals = async () => ({ rivals: [rival], ruledOut: [] });
    const session = new AutoSession({
      home,
      findRivals,
      openAgain,
      onChoice: (report) => reports.push(report),
    });
    expect(await train(session)).toEqual(await train((await openEngine('wasm')).session));
    expect(reports[0]).toMatchObject({
      engine: 'wasm',
      ruledOut: [{ engine: 'gpu:webgpu', why: 'too large' }],
    });
    expect(rival.disposed()).toBe(true);
  });

  it.each(['wasm', 'gpu webgpu'])(
    'goes on with %s where that made the state, and tries nothing',
    async (made) => {
      const home = await candidate('wasm');
      const rival = await candidate('gpu:webgpu', 1);
      const reports: AutoReport[] = [];
      const session = new AutoSession({
        home,
        findRivals: () => Promise.reject(new Error('looked')),
        openAgain: (engine) => (engine === made ? Promise.resolve(rival) : openAgain()),
        onChoice: (report) => reports.push(report),
      });
      await expect(session.goOnWith('another')).rejects.toThrow('opened again');
      expect([session.isOpen, reports]).toEqual([true, []]);
      session.write('kept', [1, 2, 3]);
      await session.goOnWith(made);
      const [best, other] = made === 'wasm' ? [home, rival] : [rival, home];
      expect([...best.session.read('kept')]).toEqual([1, 2, 3]);
      expect(await train(session)).toEqual(await train((await openEngine('wasm')).session));
      const { name: engine, device } = best;
      expect(reports).toEqual([{ engine, device, stepMs: [], ruledOut: [], resumed: true }]);
      expect([best.disposed(), other.disposed()]).toEqual([false, made !== 'wasm']);
      session.dispose();
    },
  );

  it('that fails where it is at home disposes of its rivals, takes its steps back and may go on', async () => {
    // In the second of its timed steps.
    const [home, rival] = [await candidate('wasm', 0, [4]), await candidate('gpu:webgpu')];
    const rivals: Candidate[] = [rival];
    const findRivals = () => Promise.resolve({ rivals: [...rivals], ruledOut: [] });
    const session = new AutoSession({ home, findRivals, openAgain });
    const stack = new LayerStack([new Dense({ units: 2 })]);
    stack.build(D, new Random(1));
    for (const weight of stack.weights) weight.attach(session);
    const trainer = new Trainer(new ProgramRunner(stack, session), 9);
    trainer.compile({ optimizer: new Adam({ learningRate: 1e-2 }), loss: 'meanSquaredError' });
    const x = { data: new Float32Array(N * D).fill(1), shape: [N, D] };
    const y = { data: new Float32Array(N * 2), shape: [N, 2] };
    const size = { batch: N, time: undefined, features: D };
    const examples = { inputs: [x], targets: [y], weights: [], lengths: [] };
    const before = stack.weights.map((weight) => weight.get());
    const { loss: lossBefore } = await trainer.evaluate(size, examples, [0, 1, 2], 0, N);
    await expect(trainer.train(size, examples, [0, 1, 2], 0, N)).rejects.toThrow('wasm failed in run 4');
    expect(stack.weights.map((weight) => weight.get())).toEqual(before);
    expect([home.disposed(), rival.disposed()]).toEqual([false, true]);
    rivals.pop();
    const alone = await trainer.train(size, examples, [0, 1, 2], 0, N);
    expect(alone.loss).toBe(lossBefore);
    expect(stack.weights.map((weight) => weight.get())).not.toEqual(before);
  });

  it('looks for rivals only when something is trained', async () => {
    const findRivals = () => Promise.reject(new Error('looked'));
    const session = new AutoSession({ home: await candidate('wasm'), findRivals, openAgain });
    const stack = new LayerStack([new Dense({ units: 2 })]);
    stack.build(D, new Random(1));
    for (const weight of stack.weights) weight.attach(session);
    const runner = new ProgramRunner(stack, session);
    const trainer = new Trainer(runner, 9);
    const x = { data: new Float32Array(N * D), shape: [N, D] };
    const examples = { inputs: [x], targets: [], weights: [], lengths: [] };
    const batch = { indices: [0, 1, 2], start: 0, count: N };
    await runner.predict({ batch: N, time: undefined, features: D }, examples, batch, () => {});
    trainer.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
    const y = { data: new Float32Array(N * 2), shape: [N, 2] };
    const size = { batch: N, time: undefined, features: D };
    await expect(trainer.train(size, { ...examples, targets: [y] }, [0, 1, 2], 0, N)).rejects.toThrow(
      'looked',
    );
  });
});

describe('openSession', () => {
  it('auto never picks a processor that plays a GPU', async () => {
    const reports: AutoReport[] = [];
    const session = await openSession('auto', { onChoice: (report) => reports.push(report) });
    await train(session);
    expect(reports).toHaveLength(1);
    for (const { device } of reports[0].stepMs) expect(device).not.toMatch(/swiftshader|llvmpipe/i);
    session.dispose();
  });
});

describe('timeProduct', () => {
  it.each([
    ['throws', [1], 'gpu:webgpu failed in run 1'],
    ['throws later', [2], 'gpu:webgpu failed in run 2'],
  ])('disposes of a session that %s', async (_what, failures, message) => {
    const probed = await candidate('gpu:webgpu', 0, failures);
    await expect(timeProduct(probed.session, 8)).rejects.toThrow(message);
    expect(probed.disposed()).toBe(true);
  });

  it('leaves one that answers, and disposes of one that multiplies wrongly', async () => {
    const right = await candidate('gpu:webgpu');
    await timeProduct(right.session, 8);
    expect(right.disposed()).toBe(false);
    const wrong = await candidate('gpu:webgpu');
    const compile = wrong.session.compile.bind(wrong.session);
    wrong.session.compile = async (program) => {
      const executable = await compile(program);
      return { ...executable, read: () => new Float32Array(64) };
    };
    await expect(timeProduct(wrong.session, 8)).rejects.toThrow('came to 0 and 0, not 8');
    expect(wrong.disposed()).toBe(true);
    right.session.dispose();
  });
});

describe('bestGpu', () => {
  const device = { name: 'Radeon', isSoftware: false };

  it('takes WebGPU before WebGL2', () => {
    const [webgpu, webgl2] = [
      { engine: 'gpu:webgpu', device } as const,
      { engine: 'gpu:webgl2', device } as const,
    ];
    expect(bestGpu([webgpu, webgl2])).toBe('gpu:webgpu');
    expect(bestGpu([{ engine: 'gpu:webgpu', why: 'no adapter.' }, webgl2])).toBe('gpu:webgl2');
  });

  it('says why each way is closed', () => {
    expect(() =>
      bestGpu([
        { engine: 'gpu:webgpu', why: 'no adapter.' },
        { engine: 'gpu:webgl2', why: 'no browser.' },
      ]),
    ).toThrow(
      expect.objectContaining({
        code: 'engine',
        message: 'There is no GPU here. gpu:webgpu: no adapter. gpu:webgl2: no browser.',
        hint: "See seqkit devices, or take engine: 'wasm'.",
      }),
    );
  });
});
