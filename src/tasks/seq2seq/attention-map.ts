import { isPlainObject, wrongValue } from '../../base/schema/index.js';
import { heatMapSvg } from '../../report/heat-map.js';
import type { Translation } from './seq2seq.js';

/**
 * Where the model looked as it wrote, as SVG: a row for each token of the answer, a column for each of the source.
 * @throws MissingPackage where vega, an optional package, is not installed
 */
export async function attentionMapSvg(
  translation: Pick<Translation, 'tokens' | 'sourceTokens' | 'attention'>,
): Promise<string> {
  const given: unknown = translation;
  const { tokens, sourceTokens, attention } = translation ?? {};
  if (!isPlainObject(given) || ![tokens, sourceTokens, attention].every(Array.isArray)) {
    throw wrongValue('attentionMapSvg: translation', 'what translate of a Seq2Seq gave', given);
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
