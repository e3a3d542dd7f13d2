/** A tune in ABC: what its header says, in one spelling, and its notes. */
export interface Tune {
  readonly title: string;
  /** What kind of tune, such as `reel`, in lower case; empty where that is not known. */
  readonly type: string;
  /** As `readMeter` gives it. */
  readonly meter: string;
  /** The unit length, such as `1/8`. */
  readonly unit: string;
  /** As `readKey` gives it. */
  readonly key: string;
  /** Lines of notes, each with `\n` at its end. */
  readonly body: string;
}

/** The header of a tune as a model reads and writes it: no number, no title. */
export function tuneHeader({
  type,
  meter,
  unit,
  key,
}: Pick<Tune, 'type' | 'meter' | 'unit' | 'key'>): string {
  return `${type === '' ? '' : `R:${type}\n`}M:${meter}\nL:${unit}\nK:${key}\n`;
}

/** A tune as a model reads and writes it, with the empty line that ends it. */
export function modelText(tune: Tune): string {
  return `${tuneHeader(tune)}${tune.body}\n`;
}

/** What begins a comment is no part of a title unless it is marked. */
export function escapedTitle(title: string): string {
  return title.replaceAll('%', '\\%');
}

/** A tune as it stands in a file, with the empty line that ends it. @param number its `X:` */
export function writeTune(tune: Tune, number: number): string {
  return `X:${number}\nT:${escapedTitle(tune.title)}\n${modelText(tune)}`;
}

