/** The hash of Google's speech embedding as `add-embedding` writes it: what openWakeWord and Home Assistant run. */
export const GOOGLE_EMBEDDING = '733db574364f13fc';

/** Where in the package lies the embedding that comes with it. */
export const SHIPPED_EMBEDDING_FILE = 'data/embedding/speech-embedding.safetensors';
