import { SeqkitError } from '../../base/errors.js';
import { pronunciationsOf } from '../clips/pronunciations.js';
import { checkDistinct } from '../terminal/output-files.js';
import type { TrainOptions } from './training-options.js';
import { VOICED_CLIPS } from './training-sizes.js';

/** What the options ask for together. @throws SeqkitError `usage` where one needs another */
export function checkTraining(
  folder: string | undefined,
  options: TrainOptions,
  { voices, isSpoken }: { voices: number; isSpoken: boolean },
): void {
  const { word: words, records, holdOut } = options;
  if (options.train !== undefined && options.from === undefined) {
    throw new SeqkitError('--train goes with --from, the model whose parts it names.', { code: 'usage' });
  }
  if (options.resume && options.checkpoint === undefined) {
    throw new SeqkitError('--resume needs the --checkpoint to go on from.', { code: 'usage' });
  }
  if (folder === undefined && words === undefined && options.from === undefined) {
    throw new SeqkitError('There is nothing to train: neither a folder of clips nor a word was given.', {
      code: 'usage',
      hint: 'Give a word for voices to say, train-trigger --word "hey robot", or a folder of recordings.',
    });
  }
  if (words?.some((word) => word.trim() === '')) {
    throw new SeqkitError('--word takes a word or phrase, not nothing.', { code: 'usage' });
  }
  if (words !== undefined && new Set(words).size < words.length) {
    throw new SeqkitError('--word names the same word twice.', { code: 'usage' });
  }
  if (folder === undefined && voices === 0) {
    throw new SeqkitError('--voices 0 needs a folder of recordings to train on.', { code: 'usage' });
  }
  if (folder === undefined && holdOut > 0) {
    throw new SeqkitError('--hold-out sets recordings apart, and there is no folder of them.', {
      code: 'usage',
    });
  }
  if (records !== undefined && voices > 0) {
    throw new SeqkitError('--records is for recordings: show-clip has no synthetic voices to mix again.', {
      code: 'usage',
    });
  }
  const forVoices = options.say !== undefined ? '--say' : isSpoken ? '--language' : undefined;
  if (forVoices !== undefined && voices === 0) {
    throw new SeqkitError(`${forVoices} is for synthetic voices, and none is asked for.`, {
      code: 'usage',
      hint: `Give --voices, such as --voices ${VOICED_CLIPS}.`,
    });
  }
  if (words !== undefined) pronunciationsOf(words, options.say);
}

/** Whether all that it writes can be written. @throws SeqkitError `usage`, `file-exists`, `file-access` */
export async function checkOutputs(options: TrainOptions): Promise<void> {
  const { checkUnlocked } = await import('../../base/host/lock-file.js');
  const { checkWritable, removeLeftovers } = await import('../../base/host/files.js');
  const { out, records, checkpoint, resume, force } = options;
  checkDistinct({ '--out': out, '--records': records, '--checkpoint': checkpoint });
  checkWritable(out, { force });
  removeLeftovers(out);
  if (checkpoint !== undefined) {
    checkWritable(checkpoint, { force: resume });
    checkUnlocked(checkpoint);
  }
  if (records !== undefined) checkWritable(records, { force });
}
