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
  /** Lines of notes, each with `\n` at its end: the melody. */
  readonly body: string;
  /** Those that go along with the melody, where it has several voices. Models do not learn them. */
  readonly voices?: readonly TuneVoice[];
}

/** A voice beside the melody. */
export interface TuneVoice {
  /** What its `V:` says of how its notes are meant, such as `clef=bass octave=-1`; empty where that is nothing. */
  readonly setting: string;
  /** Lines of notes as those of the tune. */
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

/**
 * The text of a model as players take it: abc2midi swings what is called a hornpipe by itself, and refuses those that
 * are neither in 4/4 nor in 2/4, so that these say their meter first.
 */
export function playerText(text: string): string {
  return text.replace(/^R:(hornpipe.*)\nM:(.*)$/m, (whole, type: string, meter: string) =>
    meter === '4/4' || meter === '2/4' ? whole : `R:${meter === 'C|' ? CUT_TIME : meter} ${type}\nM:${meter}`,
  );
}

/** A type without the meter that `playerText` put before it. */
export function plainType(type: string): string {
  return type.replace(/^(?:cut-time|\d+\/\d+) (?=hornpipe)/, '');
}

const CUT_TIME = 'cut-time';

/** A tune as it stands in a file, all its voices, with the empty line that ends it. @param number its `X:` */
export function writeTune(tune: Tune, number: number): string {
  const { body, voices = [] } = tune;
  const all = [{ setting: '', body }, ...voices].map(
    (voice, n) => `V:${n + 1}${voice.setting === '' ? '' : ` ${voice.setting}`}\n${voice.body}`,
  );
  const notes = voices.length === 0 ? body : all.join('');
  return `X:${number}\nT:${escapedTitle(tune.title)}\n${tuneHeader(tune)}${notes}\n`;
}
