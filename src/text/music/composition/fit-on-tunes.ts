import { WordedText } from '../../corpus/text-source.js';
import type { TextModel } from '../../model/text-model.js';
import type { TextFitOptions, TextHistory } from '../../training/text-training.js';

/**
 * Trains a text model on tunes.
 * @param text the tunes, and in what their errors count them
 * @param extra what the model's file, and its checkpoints, keep of them; where training fails, what it kept before
 */
export async function fitOnTunes(
  model: TextModel,
  { text, unit, extra }: { text: string; unit: 'character' | 'symbol'; extra: Record<string, unknown> },
  options: TextFitOptions,
): Promise<TextHistory> {
  const before = model.extra;
  model.extra = { ...before, ...extra };
  try {
    return await model.fit(
      new WordedText(text, { itHas: 'The tunes have', more: 'more tunes', unit }),
      options,
    );
  } catch (error) {
    model.extra = before;
    throw error;
  }
}
