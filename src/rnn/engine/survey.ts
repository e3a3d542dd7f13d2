import type { SeqkitError } from '../../base/errors.js';
import { openEngine } from './choose.js';
import { engineChoices, type ConcreteEngine } from './engine-names.js';
import { timeProduct, within } from './probe.js';

/** One engine, as it is found on this machine. */
export type EngineSurvey = { readonly engine: ConcreteEngine } & (EngineFound | EngineMissing);

export interface EngineFound {
  readonly device: string;
  /** Whether a processor plays the GPU: right, but slow. */
  readonly isSoftware: boolean;
  /** Of a product of two (n, n) matrices, there and back: 10^9 operations a second. */
  readonly gflops: number;
  /** The first product, with all that is compiled and started for it, in ms. */
  readonly firstMs: number;
}

export interface EngineMissing {
  /** Why it is not to be had. */
  readonly problem: string;
  /** How to get it, or what to take in its place. */
  readonly hint: string | undefined;
}

/** n of the products that are timed. */
export const SURVEYED_SIZE = 256;

const PATIENCE_MS = 30_000;

/** Every engine, one after the other: where it would run, and how fast, or how to get it. */
export async function* surveyEngines(): AsyncGenerator<EngineSurvey> {
  for (const engine of engineChoices) {
    if (engine !== 'auto' && engine !== 'gpu') yield { engine, ...(await survey(engine)) };
  }
}

async function survey(engine: ConcreteEngine): Promise<EngineFound | EngineMissing> {
  try {
    const { session, device } = await openEngine(engine);
    const speed = await within(PATIENCE_MS, timeProduct(session, SURVEYED_SIZE));
    if (speed === undefined) {
      return { problem: `${device.name} did not answer within ${PATIENCE_MS / 1000} s.`, hint: undefined };
    }
    session.dispose();
    return { device: device.name, isSoftware: device.isSoftware, ...speed };
  } catch (error) {
    const { message, hint } = error as SeqkitError;
    return { problem: message, hint };
  }
}
