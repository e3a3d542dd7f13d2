/** Whether there are bytes that no text has: control bytes but tabs and line ends. */
export function holdsControlBytes(bytes: Uint8Array): boolean {
  return controlByte(bytes) >= 0;
}

/** The place of the first byte that no text has; -1 where there is none. */
export function controlByte(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}
