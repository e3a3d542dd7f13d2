/** A note as it was played. Times are in ticks of a tune, `wholeTicks` to a whole note, fractions among them. */
export interface MidiNote {
  /** 0 to 127; 60 is middle C. */
  readonly pitch: number;
  /** 1 to 127. */
  readonly velocity: number;
  readonly start: number;
  readonly end: number;
  /** Whether nothing in the file ends it: its end is then that of its phrase. */
  readonly unended?: true;
}
