import { SeqkitError } from '../../../base/errors.js';
import {
  stepOf,
  tonicOf,
  writtenBars,
  type Melody,
  type MelodyBar,
  type MelodyNote,
} from '../form/melody.js';
import { readMelody } from '../form/read-melody.js';
import { writeBar } from '../form/write-bar.js';
import { countedSections, registerOf, type SectionKind } from '../form/tune-symbols.js';
import { barTicks } from '../notation/meter.js';
import { readTunes } from '../notation/read-tunes.js';
import { keyParts } from '../notation/signature.js';
import type { PlannedKey, SectionPlan } from './tune-plan.js';
import type { Heading } from './tune-writer.js';

/** Sections that a form may have: more are no tune. */
const MOST_SECTIONS = 12;

/** The form that is asked for, in the words of `TuneModel.compose`. */
export interface AskedForm {
  readonly form: string | undefined;
  readonly bars: number | undefined;
  readonly sections: number | undefined;
}

/**
 * The sections that a form has: `AABB` is two, each played twice; `ABA` three, the last as the first.
 * @returns undefined where the model decides
 * @throws SeqkitError `bad-value` for letters that make no form, or that contradict the number of sections
 */
export function plannedForm({ form, bars, sections }: AskedForm): SectionPlan[] | undefined {
  const length = bars !== undefined && { bars };
  if (form === undefined) {
    if (sections === undefined) return undefined;
    return Array.from({ length: sections }, () => ({ ...length }));
  }
  const letters = form.trim().toUpperCase();
  const runs = [...letters.matchAll(/([A-Z])\1*/g)].map(([run, letter]) => ({ letter, times: run.length }));
  const isForm = /^[A-Z]+$/.test(letters) && runs.every(({ times }) => times <= 2);
  if (!isForm || runs.length > MOST_SECTIONS) {
    throw new SeqkitError(`form: ${JSON.stringify(form)} is no form of a tune.`, {
      code: 'bad-value',
      hint: `Write a letter for each section, twice where it is repeated, such as AABB, AABBCC or ABA; up to ${MOST_SECTIONS} sections.`,
    });
  }
  if (sections !== undefined && sections !== runs.length) {
    throw new SeqkitError(`The form ${letters} has ${runs.length} sections, not ${sections}.`, {
      code: 'bad-value',
      hint: 'Leave sections out.',
    });
  }
  return runs.map(({ letter, times }, i) => {
    const like = runs.slice(0, i).findIndex((each) => each.letter === letter);
    const kind: SectionKind = times === 2 ? 'twice' : 'once';
    return { kind, ...length, ...(like >= 0 && { like }) };
  });
}

/**
 * The keys that a tune may have, each with one that the model has seen and is told of in its place: itself, or of the
 * same mode the nearest in pitch.
 * @param asked undefined for any that was seen
 * @throws SeqkitError `bad-value` where no tune of its mode was seen
 */
export function plannedKeys(asked: string | undefined, seen: readonly string[]): PlannedKey[] {
  if (asked === undefined || seen.includes(asked)) {
    return (asked === undefined ? seen : [asked]).map((key) => ({
      key,
      seen: key,
      register: registerOf(key),
    }));
  }
  const { mode, letter } = keyParts(asked);
  const ofMode = seen.filter((key) => keyParts(key).mode === mode);
  if (ofMode.length === 0) {
    throw new SeqkitError(`key: the model has seen no tune in the mode of ${asked}.`, {
      code: 'bad-value',
      hint: `It knows tunes in ${seen.join(', ')}, and writes those modes from any tonic.`,
    });
  }
  const distance = (key: string): number => mod12(tonicOf(asked) - tonicOf(key) + 5) - 5;
  const near = ofMode.reduce((a, b) => (Math.abs(distance(b)) < Math.abs(distance(a)) ? b : a));
  // The octave of the asked tonic in which it lies nearest to the other.
  const octaves = Math.round((tonicOf(near) + distance(near) - tonicOf(asked)) / 12);
  return [{ key: asked, seen: near, register: { tonic: stepOf(letter, '') + 7 * octaves, key: asked } }];
}

function mod12(semitones: number): number {
  return ((semitones % 12) + 12) % 12;
}

/**
 * The sections of a tune as a plan.
 * @param keeps whether a bar stays as it is
 * @throws SeqkitError `bad-value` for a tune that changes its meter, or a bar that stays and cannot be written
 */
export function sectionsAsPlan(
  melody: Melody,
  keeps: (bar: MelodyBar, section: number) => boolean,
): SectionPlan[] {
  const length = barTicks(melody.meter);
  for (const [i, section] of melody.sections.entries()) {
    for (const bar of writtenBars({ sections: [section] })) {
      if (bar.whole !== length) throw cannotBeKept('it changes its meter');
      if (keeps(bar, i) && writeBar(bar.notes, melody) === undefined) {
        throw cannotBeKept('it has a rhythm that is rare');
      }
    }
  }
  return countedSections(melody).map(({ kind, pickup, bars, second }, i) => {
    const first = melody.sections[i].first.length;
    const notes = (bar: MelodyBar): readonly MelodyNote[] | undefined =>
      keeps(bar, i) ? bar.notes : undefined;
    const pickupNotes = pickup && notes(pickup);
    return {
      ...{ kind, bars: bars.length, pickup: pickup?.ticks ?? 0 },
      ...(pickupNotes && { pickupNotes }),
      ...(second.length > 0 && { first, second: second.length, secondNotes: second.map(notes) }),
      notes: bars.map(notes),
    };
  });
}

function cannotBeKept(reason: string): SeqkitError {
  return new SeqkitError(`The given tune cannot be kept: ${reason}.`, {
    code: 'bad-value',
    hint: 'Give one in one meter, whose tuplets are triplets of equal notes.',
  });
}

/** Whether a bar is still to be written: it holds rests that are not shown, and nothing more. */
export function isOpen({ notes }: MelodyBar): boolean {
  return notes.every(({ invisible }) => invisible === true);
}

/**
 * What opening bars say of the first section.
 * @param room bars of the section, where that is settled
 * @throws SeqkitError `bad-value` for bars that are not understood, not whole, or as many as the section has
 */
export function plannedOpening(
  opening: string,
  { meter, unit, key }: Pick<Heading, 'meter' | 'unit' | 'key'>,
  room: number | undefined,
): SectionPlan {
  const wrong = (reason: string): SeqkitError =>
    new SeqkitError(`No tune here begins with ${JSON.stringify(opening)}: ${reason}.`, {
      code: 'bad-value',
      hint: 'Write whole bars in ABC, in the meter, key and unit length of the tune.',
    });
  const line = opening.replace(/\s+/g, ' ').trim();
  const { tunes, faults } = readTunes(`X:1\nM:${meter}\nL:${unit}\nK:${key}\n${line}\n`);
  if (tunes.length === 0) throw wrong(faults[0]?.reason ?? 'it holds no notes');
  const { sections } = readMelody(tunes[0]);
  if (sections.length !== 1) throw wrong('it has several sections');
  const [{ bars, first, second }] = sections;
  if (first.length + second.length > 0) throw wrong('it has endings');
  const hasPickup = 2 * bars[0].ticks <= bars[0].whole;
  const whole = hasPickup ? bars.slice(1) : bars;
  const short = whole.findIndex((bar) => bar.ticks !== bar.whole);
  if (short >= 0) throw wrong(`bar ${short + 1} is not whole`);
  if (room !== undefined && whole.length >= room) {
    throw wrong(`it has ${whole.length} bars, as the section has ${room}`);
  }
  return {
    pickup: hasPickup ? bars[0].ticks : 0,
    ...(hasPickup && { pickupNotes: bars[0].notes }),
    notes: whole.map(({ notes }) => notes),
  };
}
