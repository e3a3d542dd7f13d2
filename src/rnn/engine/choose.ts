import { SeqkitError } from '../../base/errors.js';
import type { Device } from './devices/devices.js';
import { processorName } from './devices/processor.js';
import type { AutoReport } from './auto-session.js';
import {
  engineChoices,
  engineName,
  threadCount,
  type ConcreteEngine,
  type EngineChoice,
} from './engine-names.js';
import type { GpuLook, GpuPath } from './rivals.js';
import type { Session, SyncSession } from '../program/engine.js';
import { createWasmSession, openWasmSession, planWasmSession, prepareWasm } from './wasm/wasm-engine.js';

/** The ways to a GPU, the better first. */
const gpuPaths: readonly GpuPath[] = ['gpu:webgpu', 'gpu:webgl2'];

export interface OpenOptions {
  /** Threads of the wasm engine; the others have one. @default what suits the machine */
  threads?: number | undefined;
  /** Called once under `auto`, when it has chosen. */
  onChoice?: ((report: AutoReport) => void) | undefined;
  /** Whether the wasm engine is to run in a thread apart from the caller's; `auto` is `wasm` then. @default false */
  worker?: boolean | undefined;
}

/**
 * @throws SeqkitError `bad-value` for a name that is none of `engineChoices`; `engine` where one is
 *   asked for by name that this machine does not have, or for threads that the engine has not
 */
export async function openSession(choice: EngineChoice, options: OpenOptions = {}): Promise<Session> {
  engineName.parse(choice, 'engine');
  checkThreads(choice, options.threads);
  // Streaming at batch 1 runs at once, on wasm, whatever trains the model; but for the judge, which needs none.
  if (choice !== 'reference') await prepareWasm();
  if (options.worker) return openWorkerSession(choice, options);
  if (choice === 'auto') return openAutoSession(options);
  const name = choice === 'gpu' ? await findBestGpu() : choice;
  return (await openEngine(name, options.threads)).session;
}

/** A session of one engine, with what it runs on. */
export async function openEngine(
  name: ConcreteEngine,
  threads?: number,
): Promise<{ session: Session; device: Device }> {
  if (name === 'reference' || name === 'wasm') {
    if (name === 'wasm') await prepareWasm();
    const session = name === 'wasm' ? await openWasmSession(threads) : (await loadReference())();
    return { session, device: { name: await processorName(), isSoftware: false } };
  }
  const { createGpuEngine } = await import('./gpu/gpu-engine.js');
  const backend = name.slice('gpu:'.length) as Parameters<typeof createGpuEngine>[0]['backend'];
  const session = await createGpuEngine({ backend }).createSession();
  return { session, device: session.device };
}

async function openWorkerSession(choice: EngineChoice, { threads, onChoice }: OpenOptions): Promise<Session> {
  if (choice !== 'auto' && choice !== 'wasm') {
    throw new SeqkitError(`The engine "${choice}" does not run in a worker.`, {
      code: 'usage',
      hint: 'Leave worker out, or take the engine wasm. A GPU computes beside the page as it is.',
    });
  }
  const { WorkerSession } = await import('./wasm/worker-session.js');
  const session = await WorkerSession.open(await planWasmSession(threads));
  if (choice === 'auto') {
    onChoice?.({ engine: 'wasm', device: await processorName(), stepMs: [], ruledOut: [] });
  }
  return session;
}

function checkThreads(choice: EngineChoice, threads: number | undefined): void {
  if (threads === undefined) return;
  threadCount.parse(threads, 'threads');
  if (threads > 1 && choice !== 'auto' && choice !== 'wasm') {
    throw new SeqkitError(`The engine "${choice}" runs on one thread, not on ${threads}.`, {
      code: 'usage',
      hint: 'Leave threads out, or take the engine wasm.',
    });
  }
}

/** Makes a session of the float64 judge; undefined until one was asked for. */
let createReferenceSession: (() => SyncSession) | undefined;

async function loadReference(): Promise<() => SyncSession> {
  createReferenceSession ??= (await import('./reference/reference-engine.js')).createReferenceSession;
  return createReferenceSession;
}

/** A session whose programs run at once, for one step at a time. After `openSession` of the same choice only. */
export function openStreamingSession(choice: EngineChoice): SyncSession {
  return choice === 'reference' ? createReferenceSession!() : createWasmSession();
}

async function findBestGpu(): Promise<GpuPath> {
  const looks: GpuLook[] = [];
  for (const engine of gpuPaths) looks.push(await lookForGpu(engine));
  const { bestGpu } = await import('./rivals.js');
  return bestGpu(looks);
}

const looked = new Map<GpuPath, Promise<GpuLook>>();

/** The answer stays the same while the process runs. */
function lookForGpu(engine: GpuPath): Promise<GpuLook> {
  const look = looked.get(engine) ?? lookOnce(engine);
  looked.set(engine, look);
  return look;
}

async function lookOnce(engine: GpuPath): Promise<GpuLook> {
  const { findGpuDevice } = await import('./gpu/gpu-engine.js');
  try {
    const device = await findGpuDevice(engine === 'gpu:webgpu' ? 'webgpu' : 'webgl2');
    if (!device.isSoftware) return { engine, device };
    return { engine, why: `${device.name} is no GPU, but a processor that plays one.` };
  } catch (error) {
    return { engine, why: (error as Error).message };
  }
}

async function openAutoSession({ threads, onChoice }: OpenOptions): Promise<Session> {
  const home = { name: 'wasm', device: await processorName(), session: await openWasmSession(threads) };
  const { AutoSession } = await import('./auto-session.js');
  return new AutoSession({
    home,
    findRivals: async () =>
      (await import('./rivals.js')).findRivals(gpuPaths, { look: lookForGpu, open: openEngine }),
    openAgain: async (engine) => (await import('./rivals.js')).openAgain(engine, openNamed),
    onChoice,
  });
}

/** @throws SeqkitError `engine` for a name that is no engine's */
async function openNamed(name: string): Promise<{ session: Session; device: Device }> {
  if (name !== 'auto' && name !== 'gpu' && (engineChoices as readonly string[]).includes(name)) {
    return openEngine(name as ConcreteEngine);
  }
  throw new SeqkitError('This release does not know it.', { code: 'engine' });
}
