/** All streams of embeddings: so one is told from other objects where none may be, without what makes one. */
export const embeddingStreams = new WeakSet<object>();
