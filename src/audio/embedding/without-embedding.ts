import { SeqkitError } from '../../base/errors.js';
import type { SpeechEmbedding as Whole } from './speech-embedding.js';

/**
 * In the place of the speech embedding in the threads of a page, whose one script would grow by all that runs networks.
 * The pool of examples mixes such examples itself there.
 */
export const SpeechEmbedding = {
  of(): Promise<never> {
    return Promise.reject(
      new SeqkitError('The threads of a page have no speech embedding.', { code: 'engine' }),
    );
  },
} satisfies Pick<typeof Whole, 'of'>;
