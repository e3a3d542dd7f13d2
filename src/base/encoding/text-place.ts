const LINE_FEED = 0x0a;

/** How far a text has been read, for errors that say where. */
export class TextPlace {
  /** Bytes that have passed. */
  bytes = 0;
  /** The number of the line that the next byte is on, from 1. */
  line = 1;

  pass(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.line += lineFeeds(bytes);
  }
}

/** How many line feeds there are; in UTF-8, as many lines end. */
export function lineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
