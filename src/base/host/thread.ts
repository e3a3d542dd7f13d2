/** One end of the line between a thread and the one that started it. */
export interface Port {
  /** Sends a message, as `structuredClone` copies it. `transfer` moves buffers instead. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Calls `listener` with every message to come. One listener; set it before the first answer is due. */
  onMessage(listener: (message: unknown) => void): void;
}

/** A thread as its starter sees it. */
export interface Thread extends Port {
  /**
   * Calls `listener` when the thread cannot start, throws, or ends without having been asked to. Without one, the
   * error goes unseen. One listener, which takes the place of the one before.
   */
  onError(listener: (error: Error) => void): void;
  /** Lets the process end while the thread waits for messages: for those that are called on and never done. */
  unref(): void;
  /** Keeps the process alive again while the thread works. */
  ref(): void;
  /** Ends the thread, whatever it is at. */
  terminate(): void;
}

/** The kinds of threads: those that the browser build puts into its one script. */
export type ThreadName = 'kernels' | 'engine' | 'mixing' | 'word-training' | 'scan';

/** A module that calls `openThread`. */
export interface ThreadModule {
  /** What the script of a page's threads knows it by. */
  readonly name: ThreadName;
  /** Its address in Node. What runs elsewhere has one script for all threads, and bundlers must not look for this. */
  readonly url: () => URL | undefined;
}
