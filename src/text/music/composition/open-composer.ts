import type { FileSource } from '../../../base/source/file-source.js';
import type { OpenTextOptions } from '../../model/text-model-options.js';
import { TextModel } from '../../model/text-model.js';
import { MusicModel } from './music-model.js';
import { TuneModel } from './tune-model.js';

/**
 * Opens a saved model that composes, of either notation.
 * @param from its file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or composes nothing
 */
export async function openComposer(
  from: FileSource,
  options: OpenTextOptions = {},
): Promise<MusicModel | TuneModel> {
  const text = await TextModel.load(from, options);
  const source = typeof from === 'string' ? from : 'The model';
  return text.extra['tunes'] === undefined ? MusicModel.of(text, source) : TuneModel.of(text, source);
}
