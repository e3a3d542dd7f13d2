import { writeTune, type Tune } from './tune.js';
import { tuneList } from './tune-values.js';

/**
 * Tunes as one ABC file.
 * @throws SeqkitError `bad-value` for what is no tune, such as one whose title has a line end
 */
export function writeTunes(tunes: readonly Tune[]): string {
  return tuneList
    .parse(tunes, 'writeTunes: tunes')
    .map((tune, i) => writeTune(tune, i + 1))
    .join('');
}
