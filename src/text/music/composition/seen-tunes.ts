import { SeqkitError } from '../../../base/errors.js';
import { isPlainObject } from '../../../base/schema/index.js';
import { figuresOf, type TuneFigures } from '../analysis/tune-figures.js';
import { seenFillings, type SeenFillings } from '../form/bar-fillings.js';
import { withJoinedBars } from '../form/joined-bars.js';
import type { Melody } from '../form/melody.js';
import { RowTable, seenRows, type SeenRows } from '../copies/seen-rows.js';
import { readKey } from '../notation/key.js';
import { readMeter, readUnit } from '../notation/meter.js';
import { seenIn, type Seen } from './seen.js';
import { isSeenForm, seenForms, type SeenForm } from './seen-forms.js';
import { isSeenHeading, seenHeadings, type SeenHeading } from './seen-headings.js';

/** What a tune model's file keeps beside a text model's. */
export interface SeenTunes extends Seen {
  /** Symbol i is the character U+E000 + i of its text model. */
  readonly symbols: readonly string[];
  readonly fillings: SeenFillings;
  /** Undefined in files of models that drew the form themselves. */
  readonly forms?: readonly SeenForm[];
  /** Undefined in files of models that drew type, meter and key themselves. */
  readonly headings?: readonly SeenHeading[];
  /** Of each training the rows of notes that it had; undefined in files of models that did not keep them. */
  readonly rows?: readonly SeenRows[];
  /** What the tunes are like that it was trained on. */
  readonly figures: TuneFigures;
}

/**
 * What some tunes hold.
 * @param symbols those that the model reads and writes
 * @param before rows of earlier trainings of the same model
 */
export function seenTunes(
  melodies: readonly Melody[],
  symbols: readonly string[],
  before: readonly SeenRows[] = [],
): SeenTunes {
  const here = seenRows(melodies);
  const joined = melodies.map(withJoinedBars);
  const isNew = here && before.every(({ hashes }) => hashes !== here.hashes);
  const rows = isNew ? [...before, here] : before;
  return {
    ...seenIn(melodies),
    symbols,
    fillings: seenFillings(joined),
    forms: seenForms(joined),
    headings: seenHeadings(melodies),
    ...(rows.length > 0 && { rows }),
    figures: figuresOf(melodies),
  };
}

/** @throws SeqkitError `bad-file` for what no tune model has written */
export function checkSeenTunes(value: unknown, source: string): SeenTunes {
  const isWhole =
    isPlainObject(value) &&
    listHolds(value['symbols'], (symbol) => typeof symbol === 'string') &&
    listHolds(value['keys'], (key) => typeof key === 'string' && readKey(key) === key) &&
    listHolds(value['kinds'], isKind) &&
    isPlainObject(value['fillings']) &&
    Object.values(value['fillings']).every((rows) => listHolds(rows, isFilling)) &&
    (value['forms'] === undefined || listHolds(value['forms'], isSeenForm)) &&
    (value['headings'] === undefined || listHolds(value['headings'], isSeenHeading)) &&
    (value['rows'] === undefined || listHolds(value['rows'], (rows) => RowTable.of(rows) !== undefined)) &&
    isPlainObject(value['figures']) &&
    typeof value['tunes'] === 'number';
  if (isWhole) return value as unknown as SeenTunes;
  throw new SeqkitError(`What ${source} says of the tunes that it was trained on is damaged.`, {
    code: 'bad-file',
    hint: 'Train the model anew, or take another copy of it.',
  });
}

function listHolds(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}

function isKind(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { type, meter, unit } = value;
  return (
    typeof type === 'string' &&
    typeof meter === 'string' &&
    readMeter(meter) === meter &&
    typeof unit === 'string' &&
    readUnit(unit) === unit
  );
}

function isFilling(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 3 && value.every((each) => Number.isFinite(each) && each >= 0)
  );
}
