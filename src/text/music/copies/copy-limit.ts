import { SeqkitError } from '../../../base/errors.js';
import type { CopyLimit } from './copy-guard.js';
import { RowTable, SEEN_BARS, type SeenRows } from './seen-rows.js';

/**
 * How long copies may be.
 * @param bars undefined for as little as can be told, where the model keeps a record at all; 0 for no limit
 * @param rows what the model's file keeps of its trainings; undefined where it keeps nothing
 * @returns undefined for no limit
 * @throws SeqkitError `bad-value` for fewer bars than can be told; `usage` where nothing is kept
 */
export function copyLimit(
  bars: number | undefined,
  rows: readonly SeenRows[] | undefined,
): CopyLimit | undefined {
  if (bars === 0) return undefined;
  if (bars !== undefined && bars < SEEN_BARS) {
    throw new SeqkitError(`Copies are told from ${SEEN_BARS} bars on, not from ${bars}.`, {
      code: 'bad-value',
      hint: `Give ${SEEN_BARS} bars or more, or 0 for no limit.`,
    });
  }
  if (rows) return { bars: bars ?? SEEN_BARS, tables: rows.map((each) => RowTable.of(each)!) };
  if (bars === undefined) return undefined;
  throw new SeqkitError('The model keeps no record of its training by which copies could be told.', {
    code: 'usage',
    hint: 'Set no limit to copies, or train the model anew.',
  });
}
