import type { Session } from '../program/engine.js';
import { ProgramBuilder } from '../program/program.js';

/** How fast an engine multiplied two small matrices. */
export interface ProductSpeed {
  /** Of the product, in 10^9 additions and multiplications a second. */
  readonly gflops: number;
  /** From the first call to its answer: compiling and warming up, in ms. */
  readonly firstMs: number;
}

/** The best of so many runs counts, or of those that fit into so many milliseconds. */
const [runs, runsMs] = [5, 200];

/**
 * Times one product of two (n, n) matrices on a session, and checks a number of the answer.
 * Each run counts with its way to the device and back. A session that fails at it is disposed of.
 */
export async function timeProduct(session: Session, n = 256): Promise<ProductSpeed> {
  try {
    return await timeRuns(session, n);
  } catch (error) {
    session.dispose();
    throw error;
  }
}

async function timeRuns(session: Session, n: number): Promise<ProductSpeed> {
  const builder = new ProgramBuilder('product');
  const a = builder.declare('input', 'a', n, n);
  const b = builder.declare('input', 'b', n, n);
  const c = builder.declare('output', 'c', n, n);
  builder.run('gemm', { a, b }, { c }, { transposeA: false, transposeB: false, accumulate: false });
  const startMs = performance.now();
  const executable = await session.compile(builder.finish());
  executable.write('a', new Float32Array(n * n).fill(0.5));
  executable.write('b', new Float32Array(n * n).fill(2));
  await executable.run();
  const firstMs = performance.now() - startMs;
  const [first, last] = [executable.read('c')[0], executable.read('c')[n * n - 1]];
  if (first !== n || last !== n) throw new Error(`a product of ones came to ${first} and ${last}, not ${n}`);
  let bestMs = Infinity;
  const untilMs = performance.now() + runsMs;
  for (let run = 0; run < runs && (run === 0 || performance.now() < untilMs); run++) {
    const fromMs = performance.now();
    await executable.run();
    bestMs = Math.min(bestMs, performance.now() - fromMs);
  }
  executable.dispose();
  return { gflops: (2 * n ** 3) / bestMs / 1e6, firstMs };
}

/** What a promise gives, or undefined where it takes longer than this. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
