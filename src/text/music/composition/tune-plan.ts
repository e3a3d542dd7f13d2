import type { MelodyNote } from '../form/melody.js';
import type { Chord } from '../notation/chord-names.js';
import type { Register, SectionKind } from '../form/tune-symbols.js';
import type { Heading } from './tune-writer.js';

/** What is given of a section; what is left open the model decides. */
export interface SectionPlan {
  readonly kind?: SectionKind;
  /** Bars of a pass, the pickup not counted. */
  readonly bars?: number;
  /** Ticks of the pickup; 0 for none. */
  readonly pickup?: number;
  /** Bars of the first ending, where there is a second: they count among `bars`. As many as the second where not given. */
  readonly first?: number;
  /** Bars of the second ending. */
  readonly second?: number;
  /** Notes that stand already: of the pickup, of each bar, and of the second ending. Undefined bars are composed. */
  readonly pickupNotes?: readonly MelodyNote[];
  readonly notes?: readonly (readonly MelodyNote[] | undefined)[];
  readonly secondNotes?: readonly (readonly MelodyNote[] | undefined)[];
  /** The section, from 0, that it takes up whole; one without endings. */
  readonly like?: number;
}

/** What is given of a tune. */
export interface TunePlan {
  /** What its heading may be: kind, meter and unit length ... */
  readonly kinds: readonly Omit<Heading, 'key'>[];
  /** The type that is written, where the model has not seen it and is told of another. */
  readonly type?: string;
  /** ... and the keys, each with the key that the model has seen and is told of in its place. */
  readonly keys: readonly PlannedKey[];
  /** Undefined where the model decides how many there are. */
  readonly sections: readonly SectionPlan[] | undefined;
  /** Bars of each section, where the model decides how many sections there are. */
  readonly eachBars?: number;
  /** The chords of each bar, in equal parts of it: section by section from the first on, and over again. */
  readonly progression?: readonly (readonly Chord[])[];
  /** What stands at the beginning of the first. */
  readonly opening?: SectionPlan;
}

export interface PlannedKey {
  readonly key: string;
  readonly seen: string;
  readonly register: Register;
}
