import { Readable } from 'node:stream';

/** Runs something with a text, or bytes, on stdin. */
export async function withStdin<Result>(
  text: string | Uint8Array,
  run: () => Promise<Result>,
): Promise<Result> {
  const real = Object.getOwnPropertyDescriptor(process, 'stdin')!;
  Object.defineProperty(process, 'stdin', {
    ...real,
    get: () => Readable.from([text], { objectMode: false }),
  });
  try {
    return await run();
  } finally {
    Object.defineProperty(process, 'stdin', real);
  }
}
