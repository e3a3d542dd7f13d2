import { SeqkitError } from '../../../base/errors.js';
import { TextModel, type TextModelOptions } from '../../model/text-model.js';

/**
 * The text model that a model of tunes is made on.
 * @throws SeqkitError as `TextModel` does; `usage` for tokens that are not characters, in which tunes are written
 */
export function textModelOf(options: TextModelOptions | TextModel): TextModel {
  const model = options instanceof TextModel ? options : new TextModel({ byteFallback: false, ...options });
  const { tokens } = model.reading;
  if (tokens === 'characters') return model;
  throw new SeqkitError(`Tunes are written in characters, and the tokens of this model are ${tokens}.`, {
    code: 'usage',
    hint: "Leave tokens out, or give tokens: 'characters'.",
  });
}
