/** Bytes of data behind the status byte of a channel's message, by its upper half: 8 to E. */
const dataBytes: Readonly<Record<number, number>> = { 8: 2, 9: 2, 10: 2, 11: 2, 12: 1, 13: 1, 14: 2 };

/** A number of one to four bytes, each but the last with its highest bit set, is the longest there is. */
const MAX_NUMBER = 4;

/**
 * Walks the events of a track, to see that each stands within it. The library that reads them follows lengths
 * wherever they lead: backwards too, and then without end.
 * @param track what stands behind the chunk's name and length
 * @returns what is wrong, if anything
 */
export function trackFault(track: Uint8Array): string | undefined {
  let at = 0;
  let running: number | undefined;
  /** The number here, or NaN where it has no end. */
  const number = (): number => {
    let value = 0;
    for (let i = 0; i < MAX_NUMBER && at < track.length; i++) {
      const byte = track[at++];
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return NaN;
  };
  while (at < track.length) {
    const start = at;
    const wrong = (what: string): string => `the event at byte ${start} ${what}`;
    if (Number.isNaN(number())) return wrong('has a time without an end');
    if (at >= track.length) return wrong('is cut off');
    const first = track[at];
    if (first >= 0xf0) {
      // The library refuses any other, by its name.
      if (first !== 0xff && first !== 0xf0 && first !== 0xf7) return undefined;
      at += first === 0xff ? 2 : 1;
      const length = number();
      if (Number.isNaN(length)) return wrong('has a length without an end');
      at += length;
    } else {
      if (first >= 0x80) {
        running = first;
        at += 1;
      }
      if (running === undefined) return wrong('has no status');
      at += dataBytes[running >> 4];
    }
    if (at > track.length) return wrong(`is cut off: ${at - track.length} bytes are missing`);
  }
  return undefined;
}
