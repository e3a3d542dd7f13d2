import { listOf, objectWith, schemaOf, text, wrongValue, type Schema } from '../../../base/schema/index.js';
import { readKey } from './key.js';
import { readMeter, readUnit } from './meter.js';
import type { Tune, TuneVoice } from './tune.js';

/** Text that stands in a line of a header: a line end in it would begin another. */
export const lineOfText: Schema<string> = schemaOf(
  'one line of text',
  (value) => typeof value === 'string' && !/[\p{Cc}\u2028\u2029]/u.test(value),
  (value) => (typeof value === 'string' ? 'Leave out line ends and other control characters.' : undefined),
);

const voices = listOf(
  objectWith<TuneVoice>('a voice of a tune: { setting, body }', { setting: lineOfText, body: text }),
);

const fields: { readonly [Name in Exclude<keyof Tune, 'voices'>]: Schema<string> } = {
  title: lineOfText,
  type: lineOfText,
  meter: schemaOf(
    'a meter such as "4/4"',
    (value) => typeof value === 'string' && readMeter(value) === value,
  ),
  unit: schemaOf(
    'a unit length such as "1/8"',
    (value) => typeof value === 'string' && readUnit(value) === value,
  ),
  key: schemaOf(
    'a key such as "D" or "Em"',
    (value) => typeof value === 'string' && readKey(value) === value,
  ),
  body: text,
};

/** A tune as `readTunes` gives it. */
export const tuneValue: Schema<Tune> = {
  expected: 'a tune as readTunes gives it',
  parse(value, name) {
    if (typeof value !== 'object' || value === null) throw wrongValue(name, this.expected, value);
    const given = value as Record<string, unknown>;
    for (const [field, schema] of Object.entries(fields)) schema.parse(given[field], `${name}.${field}`);
    if (given['voices'] !== undefined) voices.parse(given['voices'], `${name}.voices`);
    return value as Tune;
  },
};

export const tuneList: Schema<Tune[]> = listOf(tuneValue);
