import type { Random } from '../../../base/math/random.js';
import { candidateRandom } from '../../sampling/candidates.js';
import { pickAtRandom, pickEvenly, pickFirst } from './picking.js';
import { drawForm } from './seen-forms.js';
import { drawHeading } from './seen-headings.js';
import type { SeenTunes } from './seen-tunes.js';
import type { Known } from './tune-making.js';

/** So often a tune that came to a dead end, or does not play, is drawn anew. */
export const MAX_DRAWS = 20;

/** The random numbers of a candidate for a tune, at each of its draws. */
export function randomOf(seed: number, candidate: number, draw: number): Random {
  const own = candidateRandom(seed, candidate);
  return draw === 0 ? own : own.fork(`draw ${draw}`);
}

/**
 * Draws heading and form of a tune as often as the training has them, for all of its candidates the same: the best of
 * several is to be no matter of form. It keeps them where the tune is drawn anew, until half of the draws are over.
 * Files of models that drew the heading themselves leave that to the model, and draw the form at each draw.
 */
export function outlineOf(
  { headings, forms = [] }: SeenTunes,
  { seed, draw, temperature }: { seed: number; draw: number; temperature: number },
): Pick<Known, 'heading' | 'form'> {
  const isEven = headings !== undefined && draw < MAX_DRAWS / 2;
  const atRandom = isEven ? undefined : pickAtRandom(randomOf(seed, 0, draw).fork('form'));
  const [kind, key] =
    temperature === 0
      ? [pickFirst, pickFirst]
      : [atRandom ?? pickEvenly(seed, 'form'), atRandom ?? pickEvenly(seed, 'key')];
  return {
    heading: (plan) => headings && drawHeading(headings, plan, { kind, key }),
    form: (heading, opening) => drawForm(forms, heading, opening, kind),
  };
}
