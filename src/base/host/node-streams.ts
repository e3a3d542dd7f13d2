import { SeqkitError } from '../errors.js';
import { IS_NODE } from './platform.js';

declare global {
  // Node's own types, where they are; pages have none, and need none.
  // eslint-disable-next-line @typescript-eslint/no-namespace -- this is how they are named
  namespace NodeJS {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it is Node that fills it
    interface ReadWriteStream {}
  }
}

/** A stream of Node's that takes chunks and gives objects. */
export type ObjectTransform<Item> = Omit<NodeJS.ReadWriteStream, typeof Symbol.asyncIterator> &
  AsyncIterable<Item> & { destroy(error?: Error): unknown };

/** What such a stream does. */
export interface TransformWork<Item> {
  /** What comes of a chunk. */
  transform(chunk: unknown): readonly Item[];
  /** What comes after the last. */
  flush(): readonly Item[];
  /** Once, whether it came to its end or not. */
  dispose(): void;
}

/**
 * @param where what asks for it, as errors name it
 * @throws SeqkitError `engine` outside Node
 */
export function objectTransform<Item>(where: string, work: TransformWork<Item>): ObjectTransform<Item> {
  if (!IS_NODE) {
    throw new SeqkitError(`${where} makes a stream of Node's, which are not here.`, {
      code: 'engine',
      hint: 'Take toTransformStream, which makes one that pages have too.',
    });
  }
  const { Transform } = process.getBuiltinModule('node:stream');
  const give = (
    make: () => readonly Item[],
    stream: { push(item: unknown): boolean },
    done: (error?: Error | null) => void,
  ): void => {
    try {
      for (const item of make()) stream.push(item);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
  return new Transform({
    // Typed arrays come as they are, not as their bytes.
    objectMode: true,
    transform(chunk: unknown, _encoding, done) {
      give(() => work.transform(chunk), this, done);
    },
    flush(done) {
      give(() => work.flush(), this, done);
    },
    destroy(error, done) {
      work.dispose();
      done(error);
    },
  });
}
