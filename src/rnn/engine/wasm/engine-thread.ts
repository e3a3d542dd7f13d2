import type { SeqkitError } from '../../../base/errors.js';
import { runThread } from '../../../base/host/threads.js';
import type { Executable } from '../../program/engine.js';
import { operands, type Program } from '../../program/program.js';
import { sessionOf, type SessionPlan } from './session-plan.js';

// What runs in the thread of a session that computes apart from its caller.

/** Numbers by the names of their buffers. */
export type NumbersByName = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** What it is asked. `compile` and `run` are answered, in their order; the others are not. */
export type EngineRequest =
  | { readonly ask: 'compile'; readonly id: number; readonly program: Program }
  | { readonly ask: 'run'; readonly id: number; readonly inputs: NumbersByName }
  | { readonly ask: 'write'; readonly name: string; readonly values: Float32Array }
  | { readonly ask: 'release'; readonly id: number };

/** What it answers; before all, once, which kernels run there. */
export type EngineAnswer =
  | { readonly variant: string | undefined }
  | { readonly outputs: NumbersByName; readonly kept: NumbersByName }
  | {
      readonly failure: { message: string; code: SeqkitError['code'] | undefined; hint: string | undefined };
    };

/** A program with what its run changes. */
interface Ready {
  readonly executable: Executable;
  readonly outputs: readonly string[];
  readonly kept: readonly string[];
}

// It starts with a `SessionPlan`.
runThread(async ({ data, starter }) => {
  const programs = new Map<number, Ready>();
  const session = await sessionOf(data as SessionPlan);
  const read = (names: readonly string[], numbers: (name: string) => Float32Array): NumbersByName =>
    new Map(names.map((name) => [name, numbers(name) as Float32Array<ArrayBuffer>]));

  const answer = async (request: EngineRequest): Promise<EngineAnswer | undefined> => {
    switch (request.ask) {
      case 'compile': {
        const { id, program } = request;
        const made = program.buffers.filter(({ kind }) => kind === 'parameter' || kind === 'state');
        const names = made.map(({ name }) => name);
        const isNew = names.filter((name) => !session.has(name));
        programs.set(id, {
          executable: await session.compile(program),
          outputs: program.buffers.filter(({ kind }) => kind === 'output').map(({ name }) => name),
          kept: keptThatChange(program),
        });
        return { outputs: new Map(), kept: read(isNew, (name) => session.read(name) as Float32Array) };
      }
      case 'run': {
        const { executable, outputs, kept } = programs.get(request.id)!;
        for (const [name, values] of request.inputs) executable.write(name, values);
        await executable.run();
        return {
          outputs: read(outputs, (name) => executable.read(name).slice() as Float32Array),
          kept: read(kept, (name) => session.read(name) as Float32Array),
        };
      }
      case 'write':
        return void session.write(request.name, request.values);
      case 'release': {
        programs.get(request.id)?.executable.dispose();
        programs.delete(request.id);
      }
    }
    return undefined;
  };

  // A run may wait for other threads, and the next request is not to come between.
  let last = Promise.resolve();
  starter.onMessage((message) => {
    last = last.then(async () => {
      try {
        const made = await answer(message as EngineRequest);
        if (made === undefined) return;
        const all = 'outputs' in made ? [...made.outputs.values(), ...made.kept.values()] : [];
        starter.post(
          made,
          all.map(({ buffer }) => buffer),
        );
      } catch (error) {
        const { code, hint } = error as Partial<SeqkitError>;
        starter.post({ failure: { message: (error as Error).message, code, hint } } satisfies EngineAnswer);
      }
    });
  });
  starter.post({ variant: session.variant } satisfies EngineAnswer);
});

/** Parameters and states that a run of a program writes. */
function keptThatChange({ steps }: Program): string[] {
  const names = new Set<string>();
  for (const step of steps) {
    for (const { buffer } of operands(step).outputs) {
      if (buffer.kind === 'parameter' || buffer.kind === 'state') names.add(buffer.name);
    }
  }
  return [...names];
}
