import type { ComposedTune, MusicModel, TuneModel } from '../../text/index.js';

/** What is asked of a tune here; what is empty is the model's choice. */
export interface AskedHere {
  readonly type: string;
  readonly meter: string;
  readonly key: string;
  readonly form: string;
  readonly bars: string;
  /** Chords to play over, bars between bar lines. */
  readonly progression: string;
  readonly temperature: number;
}

/** A letter for each section, twice where it is repeated. */
export const FORMS: readonly (readonly [form: string, name: string])[] = [
  ['AABB', 'AABB: two sections, repeated'],
  ['AABBCC', 'AABBCC: three, repeated'],
  ['AAB', 'AAB: the first repeated'],
  ['AB', 'AB: two sections'],
  ['ABA', 'ABA: the first comes back'],
  ['ABAC', 'ABAC: a rondo'],
];
export const BAR_CHOICES = ['4', '8', '12', '16'];
/** What a model that goes by characters makes at most; one that knows form plans its tunes. */
const MOST_BARS = 16;
/** By fifths, from three flats to six sharps. */
const TONICS = ['Eb', 'Bb', 'F', 'C', 'G', 'D', 'A', 'E', 'B', 'F#'];

/** Whether a model knows form, bars and any tonic; one of characters does not. */
export const knowsForm = (model: MusicModel | TuneModel): model is TuneModel => 'symbols' in model.seen;

/** Whether a model composes over chords: only one that has learnt them. */
export const knowsChords = (model: MusicModel | TuneModel): boolean => knowsForm(model) && model.hasChords;

/** Keys that may be asked for: of a model that knows degrees any tonic, in the modes that it has seen. */
export function keysOf(model: MusicModel | TuneModel): readonly string[] {
  const { keys } = model.seen;
  if (!knowsForm(model)) return keys;
  const modes = [...new Set(keys.map((key) => key.replace(/^[A-G][#b]?/, '')))];
  return modes.flatMap((mode) => TONICS.map((tonic) => tonic + mode));
}

/** Composes one tune. */
export function compose(
  model: MusicModel | TuneModel,
  { type, meter, key, form, bars, progression, temperature }: AskedHere,
  { seed, signal }: { seed: number; signal: AbortSignal },
): Promise<readonly ComposedTune[]> {
  const asked = {
    ...{ temperature, seed, signal },
    ...(type !== '' && { type }),
    ...(meter !== '' && { meter }),
    ...(key !== '' && { key }),
  };
  if (!knowsForm(model)) return model.compose({ ...asked, maxBars: MOST_BARS });
  return model.compose({
    ...asked,
    ...(form !== '' && { form }),
    ...(bars !== '' && { bars: Number(bars) }),
    ...(progression.trim() !== '' && { progression }),
  });
}

/** A tune with chord symbols, which are played too. */
export async function withChords(abc: string): Promise<string> {
  const { harmonize, readTunes, writeTunes } = await import('../../text/index.js');
  const [tune] = readTunes(abc).tunes;
  return tune ? writeTunes([harmonize(tune)]) : abc;
}
