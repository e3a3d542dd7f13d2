/** The metadata of a safetensors file. */
export function metadataOf(bytes: Uint8Array): Record<string, string> {
  return headerOf(bytes).header['__metadata__'] as Record<string, string>;
}

/** A safetensors file with other metadata, its tensors as they were. */
export function withMetadata(bytes: Uint8Array, metadata: Record<string, string>): Uint8Array {
  const { header, end } = headerOf(bytes);
  const json = JSON.stringify({ ...header, __metadata__: metadata });
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const changed = new Uint8Array(8 + padded + bytes.length - end);
  new DataView(changed.buffer).setBigUint64(0, BigInt(padded), true);
  changed.fill(0x20, 8, 8 + padded);
  changed.set(text, 8);
  changed.set(bytes.subarray(end), 8 + padded);
  return changed;
}

function headerOf(bytes: Uint8Array): { header: Record<string, unknown>; end: number } {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + size));
  return { header: JSON.parse(text) as Record<string, unknown>, end: 8 + size };
}
