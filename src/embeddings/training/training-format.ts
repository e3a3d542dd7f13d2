/**
 * A model whose training can go on: a safetensors file with `inputs` (rows, D), `outputs` (words,
 * D), the words (`words.text` end to end, `words.lengths` in bytes) and their `counts`; its
 * metadata hold the settings and how far the run has come.
 */
export const TRAINING_FORMAT = 'seqkit-embedding-training';
