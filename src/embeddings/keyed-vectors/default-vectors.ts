/** What the vectors that come with seqkit are called. */
export const DEFAULT_VECTORS_NAME = 'glove-6b-100d-100k';

/** Where the package keeps them: `data/vectors`, beside `dist` and `src`. */
export const DEFAULT_VECTORS_PATH = `data/vectors/${DEFAULT_VECTORS_NAME}.safetensors`;
