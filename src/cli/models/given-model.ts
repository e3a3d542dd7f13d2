import { foreignModel } from '../../base/encoding/foreign-model.js';
import { looksLikeSafetensors } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import type { ImportedModel } from '../../exchange/index.js';
import { note } from '../terminal/output.js';
import { quoted } from '../terminal/shell-quoting.js';

/** What a command can do with a model of another library. */
type Wanted = 'a detector' | 'a text model' | 'any model';

/** What each format becomes: networks but for these. */
const MADE: Partial<Record<ImportedModel['format'], Wanted>> = {
  openWakeWord: 'a detector',
  'detector as ONNX': 'a detector',
  'brain.js': 'a text model',
  ml5: 'a text model',
};

/** Files of word vectors begin like these too. */
const VECTORS_TOO = /zip|pickle|JSON/;

/**
 * The model that a command was given: its path, or the bytes of what import makes of a file of another library, which is
 * told. What is in the file says what it is.
 * @param wanted what the command takes; undefined where no other library has such models
 * @param vectors whether the command takes word vectors too, so that what may be a file of them is left as it is
 * @throws SeqkitError `bad-file` for a file that the command cannot use, with the command that imports it; as
 *   `importedModel`
 */
export async function givenModel(
  path: string,
  wanted?: Wanted,
  { vectors = false } = {},
): Promise<string | Uint8Array> {
  const what = await foreignAt(path);
  if (what === undefined || (vectors && VECTORS_TOO.test(what))) return path;
  const by = `seqkit import ${quoted(path)} --out model.safetensors`;
  if (wanted === undefined) {
    throw new SeqkitError(`${path} is ${what}, and this command takes what seqkit trained for it.`, {
      code: 'bad-file',
      hint: `Networks of other libraries are for programs: ${by}`,
    });
  }
  const { importedModel } = await import('../../exchange/index.js');
  let imported: ImportedModel;
  try {
    imported = await importedModel(path);
  } catch (error) {
    if (!(error instanceof SeqkitError) || error.code !== 'usage') throw error;
    throw new SeqkitError(error.message, {
      code: 'bad-file',
      hint: `Describe the layers in a file: seqkit import ${quoted(path)} --layers layers.json`,
      cause: error,
    });
  }
  const { model, format } = imported;
  try {
    const made = MADE[format] ?? 'any model';
    if (wanted !== 'any model' && made !== wanted) {
      throw new SeqkitError(
        `${path} is ${what}, and holds ${made === 'any model' ? 'a network' : made}, where ${wanted} is wanted.`,
        { code: 'bad-file', hint: `To keep what it holds: ${by}` },
      );
    }
    for (const line of model.notes) note(`${path}: ${line}`);
    note(`${path} is ${what}, opened as ${by} does.`);
    return model.toBytes();
  } finally {
    await model.dispose();
  }
}

/** What a file of another library is, or a folder of its files. */
async function foreignAt(path: string): Promise<string | undefined> {
  const { isFolder, listFolder } = await import('../../base/host/folders.js');
  if (isFolder(path)) {
    const names = listFolder(path);
    if (names.includes('manifest.json')) return 'a folder of ml5';
    return names.includes('model.json') ? 'a folder of TensorFlow.js' : undefined;
  }
  const { readFileStart } = await import('../../base/host/files.js');
  const start = readFileStart(path, 'a model', 4_096);
  if (!looksLikeSafetensors(start)) return foreignModel(start);
  const isTorch = new TextDecoder('latin1').decode(start).includes('"__metadata__":{"format":"pt"');
  return isTorch ? 'a state_dict of PyTorch' : undefined;
}
