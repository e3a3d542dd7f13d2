import { SeqkitError } from '../../../base/errors.js';
import { writtenBars } from '../form/melody.js';
import { readMelody } from '../form/read-melody.js';
import { askedProgression, checkProgression, keyOfProgression } from './progression.js';
import { askedKey } from '../notation/key.js';
import { askedMeter } from '../notation/meter.js';
import type { Tune } from '../notation/tune.js';
import { kindsLike } from './seen.js';
import type { SeenTunes } from './seen-tunes.js';
import type { SectionPlan, TunePlan } from './tune-plan.js';
import { isOpen, plannedForm, plannedKeys, plannedOpening, sectionsAsPlan } from './tune-plans.js';

/** Bars that may be asked for of a section. */
export const MOST_BARS = 64;

/** What is asked of a tune. */
export interface AskedTune {
  /** Such as `D`, `Bm` or `A Dorian`: any tonic, in a mode that the model has seen. @default what the model likes */
  key?: string;
  /** Such as `4/4`, `6/8` or `C|`. @default what the model likes */
  meter?: string;
  /** Such as `reel`. @default what the model likes */
  type?: string;
  /**
   * A letter for each section, twice where it is repeated: `AABB`, `AABBCC`, `ABA`.
   * @default as often as the training has it
   */
  form?: string;
  /** Bars of each section, 2 to 64, pickups not counted. @default as often as the training has it */
  bars?: number;
  /** How many sections, 1 to 12. @default as often as the training has it */
  sections?: number;
  /**
   * Chords to play over, such as `Dm7 G7 | C | A7`: bars between bar lines, the chords of a bar in equal parts of it, `%`
   * for the bar before. Each section begins with the first, and they go over again. For models that have learnt chords.
   * A section has as many bars where `bars` does not say otherwise.
   * @default what the model likes
   */
  progression?: string;
  /** Whole bars in ABC to go on from, with a pickup or without; key and meter are to be given with them. */
  opening?: string;
  /** A tune whose first section is kept: the others are composed anew, in its form. */
  vary?: Tune;
  /** A tune in which bars of rests that are not shown, such as `x8`, are composed; all others are kept. */
  fill?: Tune;
}

/** What of them a given tune settles. */
const settledByTune = ['key', 'meter', 'type', 'form', 'bars', 'sections', 'opening', 'progression'] as const;

/** The plan of a tune that is asked for. @throws SeqkitError `bad-value` or `usage` for what cannot be */
export function planOf(asked: AskedTune, seen: SeenTunes): TunePlan {
  const { vary, fill } = asked;
  if (vary && fill) throw contradiction('vary', 'fill');
  const tune = vary ?? fill;
  if (tune) {
    const settled = settledByTune.find((name) => asked[name] !== undefined);
    if (settled !== undefined) throw contradiction(vary ? 'vary' : 'fill', settled);
    return vary ? varied(vary, seen) : filled(tune, seen);
  }
  const meter = asked.meter === undefined ? undefined : askedMeter(asked.meter);
  const type = asked.type?.trim().toLowerCase();
  const kinds = kindsLike({ meter, type }, seen);
  const chords = asked.progression === undefined ? undefined : askedProgression(asked.progression);
  const key = asked.key === undefined ? chords && keyOfProgression(chords) : askedKey(asked.key);
  const keys = plannedKeys(key, seen.keys);
  if (chords) checkProgression(chords, keys[0].key, seen.symbols);
  const bars = asked.bars ?? (chords && chords.length > 1 ? chords.length : undefined);
  const sections = plannedForm({ form: asked.form, bars, sections: asked.sections });
  const ofEach = {
    ...(bars !== undefined && sections === undefined && { eachBars: bars }),
    ...(chords && { progression: chords }),
  };
  if (asked.opening === undefined || asked.opening.trim() === '') return { kinds, keys, sections, ...ofEach };
  const isOne = new Set(kinds.map((kind) => `${kind.meter} ${kind.unit}`)).size === 1 && keys.length === 1;
  if (!isOne) {
    throw new SeqkitError('opening: bars are of one key, one meter and one unit length.', {
      code: 'usage',
      hint: 'Give key and meter with them, and the type where tunes of that meter have several unit lengths.',
    });
  }
  const heading = { ...kinds[0], key: keys[0].key };
  const opening = plannedOpening(asked.opening, heading, bars);
  if (bars === undefined) checkOpening(opening, seen);
  return { kinds, keys, sections, ...ofEach, opening };
}

/** @throws SeqkitError `bad-value` for opening bars after which no section that was seen goes on */
function checkOpening({ notes = [] }: SectionPlan, { symbols }: SeenTunes): void {
  const most = symbols.reduce(
    (max, symbol) => Math.max(max, Number(/^bars (\d+)$/.exec(symbol)?.[1] ?? 0)),
    0,
  );
  if (notes.length < most) return;
  const enough = Math.min(MOST_BARS, 2 * notes.length);
  throw new SeqkitError(
    `opening: it has ${notes.length} bars, and no section that the model has seen has more than ${most}.`,
    {
      code: 'bad-value',
      hint: `Give fewer bars${enough > notes.length ? `, or say how many the section has, such as bars: ${enough}` : ''}.`,
    },
  );
}

function contradiction(one: string, other: string): SeqkitError {
  return new SeqkitError(`${one} and ${other} contradict each other: a given tune has both.`, {
    code: 'usage',
    hint: `Leave ${other} out.`,
  });
}

/** What a given tune settles, but its sections. */
function given({ type, meter, unit, key }: Tune, seen: SeenTunes): Omit<TunePlan, 'sections'> {
  const isSeen = seen.kinds.some((kind) => kind.type === type && kind.meter === meter);
  const [near] = kindsLike({ meter, type: isSeen ? type : undefined }, seen);
  return { kinds: [{ ...near, unit }], type, keys: plannedKeys(key, seen.keys) };
}

function varied(tune: Tune, seen: SeenTunes): TunePlan {
  const melody = readMelody(tune);
  if (melody.sections.length < 2) {
    throw new SeqkitError('vary: the tune has one section, which is kept: nothing is left to compose.', {
      code: 'bad-value',
      hint: 'Give a tune of several sections, parted by repeats or double bars.',
    });
  }
  return { ...given(tune, seen), sections: sectionsAsPlan(melody, (_, section) => section === 0) };
}

function filled(tune: Tune, seen: SeenTunes): TunePlan {
  const melody = readMelody(tune);
  if (!writtenBars(melody).some(isOpen)) {
    throw new SeqkitError('fill: the tune has no bar to fill.', {
      code: 'bad-value',
      hint: 'Write a rest that is not shown for each bar that is wanted, such as x8 in 4/4.',
    });
  }
  return { ...given(tune, seen), sections: sectionsAsPlan(melody, (bar) => !isOpen(bar)) };
}
