import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, wrongValue } from '../../base/schema/index.js';
import { heatMapSvg } from '../../report/heat-map.js';
import type { Translation } from './seq2seq.js';

/**
 * Where the model looked as it wrote, as SVG: a row for each token of the answer, a column for each of the source.
 * @throws SeqkitError `bad-value` for what no model gave, or an answer without tokens
 */
export async function attentionMapSvg(
  translation: Pick<Translation, 'tokens' | 'sourceTokens' | 'attention'>,
): Promise<string> {
  const given: unknown = translation;
  const { tokens, sourceTokens, attention } = translation ?? {};
  if (!isPlainObject(given) || ![tokens, sourceTokens, attention].every(Array.isArray)) {
    throw wrongValue('attentionMapSvg: translation', 'what translate of a Seq2Seq gave', given);
  }
  if (tokens.length === 0) {
    throw new SeqkitError('The answer has no tokens, so that there is no attention to draw.', {
      code: 'bad-value',
      hint: 'A model that answers nothing was trained too little.',
    });
  }
  return heatMapSvg({
    title: 'Attention',
    ...{ xTitle: 'source', yTitle: 'answer' },
    columns: sourceTokens.map(seen),
    rows: tokens.map(seen),
    values: attention,
  });
}

/** A token that can be seen. */
function seen(token: string): string {
  return token === ' ' ? '\u{2423}' : token;
}
