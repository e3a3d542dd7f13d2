import { SeqkitError } from '../../base/errors.js';
import { describeSession, type Session } from '../program/engine.js';
import type { AutoOptions, Candidate } from './auto-session.js';
import type { Device } from './devices/devices.js';
import { timeProduct, within } from './probe.js';

// What may take the place of the wasm engine when something is trained: loaded then.

export type GpuPath = 'gpu:webgpu' | 'gpu:webgl2';

/** What is at the end of one way to a GPU. */
export type GpuLook = { readonly engine: GpuPath } & ({ readonly device: Device } | { readonly why: string });

type Open<Name> = (name: Name) => Promise<{ session: Session; device: Device }>;

/** How to see what is at the end of a way to a GPU, and to go there. */
interface GpuWays {
  readonly look: (path: GpuPath) => Promise<GpuLook>;
  readonly open: Open<GpuPath>;
}

/** How long `auto` waits for an engine's first product, in milliseconds. */
const PROBE_MS = 2000;

/** The first way that ends at a real GPU. @throws SeqkitError `engine` where none does */
export function bestGpu(looks: readonly GpuLook[]): GpuPath {
  const found = looks.find((look) => 'device' in look);
  if (found) return found.engine;
  const reasons = looks.map((look) => ('why' in look ? `${look.engine}: ${look.why}` : ''));
  throw new SeqkitError(`There is no GPU here. ${reasons.join(' ')}`, {
    code: 'engine',
    hint: "See seqkit devices, or take engine: 'wasm'.",
  });
}

/** The engine that a training state names, as `gpu webgpu`; a home of other kernels is none. */
export async function openAgain(description: string, open: Open<string>): Promise<Candidate> {
  const name = description.startsWith('gpu ') ? description.replace(' ', ':') : description.split(' ')[0];
  try {
    const { session, device } = await open(name);
    if (describeSession(session) === description) return { name, device: device.name, session };
    session.dispose();
    throw new SeqkitError(`Here it would be ${describeSession(session)}.`, { code: 'engine' });
  } catch (error) {
    throw new SeqkitError(
      `The training was begun on the engine ${description}, which cannot be had here. ${(error as Error).message}`,
      { code: 'engine', hint: 'Resume where that engine is (see seqkit devices), or begin anew on another.' },
    );
  }
}

/** Every GPU here that answers in time, and why the others are none. */
export async function findRivals(
  paths: readonly GpuPath[],
  ways: GpuWays,
): ReturnType<AutoOptions['findRivals']> {
  const rivals: Candidate[] = [];
  const ruledOut: { engine: string; why: string }[] = [];
  for (const engine of paths) {
    const probing = probe(engine, ways);
    const found = await within(PROBE_MS, probing);
    if (found === undefined) {
      ruledOut.push({ engine, why: `It did not answer within ${PROBE_MS / 1000} s.` });
      void probing.then((late) => 'session' in late && late.session.dispose());
    } else if ('why' in found) ruledOut.push({ engine, why: found.why });
    else rivals.push(found);
  }
  return { rivals, ruledOut };
}

/** One small product on one way to a GPU, or why there is none. */
async function probe(engine: GpuPath, { look: lookAt, open }: GpuWays): Promise<Candidate | { why: string }> {
  const look = await lookAt(engine);
  if ('why' in look) return look;
  try {
    const { session, device } = await open(engine);
    await timeProduct(session, 64);
    return { name: engine, device: device.name, session };
  } catch (error) {
    return { why: (error as Error).message };
  }
}
