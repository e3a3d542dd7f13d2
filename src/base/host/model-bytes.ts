import { foreignModel } from '../encoding/foreign-model.js';
import { checkSafetensorsStart, looksLikeSafetensors } from '../encoding/safetensors.js';
import { SeqkitError } from '../errors.js';
import { readFileBytes } from './files.js';

/**
 * Reads a safetensors file whole. What it begins with is looked at first, so that a model of another library is called
 * by what it is.
 * @param what what it should be, for errors, such as `a model`
 * @throws SeqkitError as `readFileBytes`; `bad-file` where it cannot be a safetensors file
 */
export function readModelBytes(path: string, what: string): Uint8Array {
  return readFileBytes(path, what, checkStart);
}

function checkStart(start: Uint8Array, size: number, path: string): void {
  const foreign = looksLikeSafetensors(start) ? undefined : foreignModel(start);
  if (foreign !== undefined) {
    throw new SeqkitError(`${path} is ${foreign}, and no safetensors file.`, {
      code: 'bad-file',
      hint: 'Open models of other libraries by importedModel of seqkit/exchange, or by the command seqkit import.',
    });
  }
  checkSafetensorsStart(start, size, path);
}
