// Web streams by the types that are there: seqkit's own must do without the DOM's and Node's.

/** A ReadableStream, by the part of it that is used. */
export interface ReadableStreamLike<Chunk> {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Chunk | undefined }>;
    cancel(reason?: unknown): Promise<void>;
    releaseLock(): void;
  };
}

/** The TransformStream of the DOM's types or of Node's; where neither is there, what every one of them has. */
export type WebTransformStream = typeof globalThis extends { TransformStream: { prototype: infer Stream } }
  ? Stream
  : { readonly readable: object; readonly writable: object };
