import { DIGEST_KEY } from '../../src/base/encoding/content-digest.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';

/** The metadata of a safetensors file, but for its digest. */
export function metadataOf(bytes: Uint8Array): Record<string, string> {
  const { metadata } = decodeSafetensors(bytes, 'a file', { verify: false });
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== DIGEST_KEY));
}

/** A safetensors file with other metadata and the digest that goes with it, its tensors as they were. */
export function withMetadata(bytes: Uint8Array, metadata: Record<string, string>): Uint8Array {
  const { tensors } = decodeSafetensors(bytes, 'a file', { verify: false });
  return encodeSafetensors(Object.fromEntries(tensors), metadata);
}
