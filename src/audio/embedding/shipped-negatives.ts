import { gunzip } from '../../base/encoding/gzip.js';
import { collect, singleChunk } from '../../base/encoding/byte-chunks.js';
import { readFileBytes, fileExists } from '../../base/host/files.js';
import { packageFile } from '../../base/host/package-file.js';
import { IS_NODE } from '../../base/host/platform.js';
import { decodeNegatives, type EmbeddedNegatives } from './embedded-negatives.js';

/** Where those made by an embedding lie in the package. @param hash of it */
export function negativesFile(hash: string): string {
  return `data/negatives/prompts-${hash}.safetensors.gz`;
}

/**
 * The examples of recorded speech that come with seqkit.
 * @returns undefined in a page, where they are not at hand, and where they were made by another embedding
 */
export async function shippedNegatives(hash: string): Promise<EmbeddedNegatives | undefined> {
  if (!IS_NODE) return undefined;
  const path = packageFile(negativesFile(hash));
  if (!fileExists(path)) return undefined;
  const bytes = await collect(gunzip(singleChunk(readFileBytes(path, 'The embedded negatives')), path));
  const negatives = decodeNegatives(bytes, path);
  return negatives.hash === hash ? negatives : undefined;
}
