import { IS_NODE } from '../../base/host/platform.js';
import { SHIPPED_EMBEDDING_FILE } from './known-embeddings.js';

/** The name of the file in the user's data folder. */
export const EMBEDDING_FILE = 'speech-embedding.safetensors';

/**
 * The embeddings that are found without being named, the best first: that of the user's data folder, and the one that
 * comes with seqkit. None in a page.
 */
export async function embeddingPaths(): Promise<string[]> {
  if (!IS_NODE) return [];
  const { dataFile } = await import('../../base/host/data-folder.js');
  const { fileExists } = await import('../../base/host/files.js');
  const { packageFile } = await import('../../base/host/package-file.js');
  return [dataFile(EMBEDDING_FILE), packageFile(SHIPPED_EMBEDDING_FILE)].filter(fileExists);
}
