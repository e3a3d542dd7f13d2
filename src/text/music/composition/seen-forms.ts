import { isPlainObject } from '../../../base/schema/index.js';
import type { Melody } from '../form/melody.js';
import { countedSections, SECTION_KINDS, type SectionKind } from '../form/tune-symbols.js';
import type { Picking } from './picking.js';
import { byFrequency } from './seen.js';
import type { SectionPlan } from './tune-plan.js';
import type { Heading } from './tune-writer.js';

const kinds: readonly string[] = SECTION_KINDS;

/** A form that tunes of one type and meter have. */
export interface SeenForm extends Pick<Heading, 'type' | 'meter'> {
  /** Of each section how it is played, and its bars, the pickup not counted. */
  readonly sections: readonly (readonly [SectionKind, number])[];
  /** How many tunes have it. */
  readonly tunes: number;
}

/** The forms of some tunes, the most frequent first. */
export function seenForms(melodies: readonly Melody[]): SeenForm[] {
  const forms = melodies.map((melody) => {
    const { type, meter } = melody;
    const sections = countedSections(melody).map(({ kind, bars }) => [kind, bars.length]);
    return JSON.stringify({ type, meter, sections });
  });
  return byFrequency(forms).map(([form, tunes]) => ({
    ...(JSON.parse(form) as Omit<SeenForm, 'tunes'>),
    tunes,
  }));
}

/** Whether a file's value is a form. */
export function isSeenForm(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { type, meter, sections, tunes } = value;
  return (
    typeof type === 'string' &&
    typeof meter === 'string' &&
    isCount(tunes) &&
    Array.isArray(sections) &&
    sections.length > 0 &&
    sections.every(
      (each) =>
        Array.isArray(each) && each.length === 2 && kinds.includes(each[0] as string) && isCount(each[1]),
    )
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/**
 * A form for a tune, drawn as often as tunes of its type and meter have it.
 * @param opening bars that its first section begins with, and goes on after
 * @returns undefined where no tune of its kind has such a form
 */
export function drawForm(
  forms: readonly SeenForm[],
  { type, meter }: Pick<Heading, 'type' | 'meter'>,
  opening: number,
  pick: Picking,
): SectionPlan[] | undefined {
  const fitting = forms.filter(
    (form) => form.type === type && form.meter === meter && form.sections[0][1] > opening,
  );
  if (fitting.length === 0) return undefined;
  const form = fitting[pick(fitting.map(({ tunes }) => tunes))];
  return form.sections.map(([kind, bars]) => ({ kind, bars }));
}
