import { dataAddress } from '../files/files.js';

/** Where the speech embedding is that comes with seqkit: models of a first try hear through it. */
export const embeddingAddress = (): Promise<string> => dataAddress('embedding/speech-embedding.safetensors');
