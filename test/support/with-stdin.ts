import { Readable } from 'node:stream';

/** Runs something with a text on stdin. */
export async function withStdin<Result>(text: string, run: () => Promise<Result>): Promise<Result> {
  const real = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', { ...real, get: () => Readable.from([text]) });
  try {
    return await run();
  } finally {
    Object.defineProperty(process, 'stdin', real);
  }
}
