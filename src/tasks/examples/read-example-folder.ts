import { decodeTextFile } from '../../base/encoding/text-file.js';
import { SeqkitError } from '../../base/errors.js';
import { optional, optionsSchema, schemaOf, someText } from '../../base/schema/index.js';
import { decodeWav } from '../../audio/signal/wav.js';
import type { LabeledExample } from './labeled-examples.js';

export interface ReadFolderOptions {
  /** The group of a file, by its path within the folder, with slashes: who speaks, say. @default none */
  readonly group?: RegExp;
}

const folderOptions = optionsSchema<ReadFolderOptions>('readExampleFolder', {
  group: optional(
    schemaOf<RegExp>(
      'a regular expression',
      (value) => Object.prototype.toString.call(value) === '[object RegExp]',
    ),
  ),
});

/**
 * Reads examples from a folder that holds a folder for each label, with WAV files or with text files. Needs Node.
 * @param options.group matched against each path, such as `yes/0ea0e2f4_nohash_0.wav`: its first group, or else all that
 *   it matches, is the example's group
 * @throws SeqkitError `file-access`; `bad-file` that names the first file that cannot be read; `too-little-data`
 */
export async function readExampleFolder(
  folder: string,
  options: ReadFolderOptions = {},
): Promise<LabeledExample[]> {
  someText.parse(folder, 'readExampleFolder: folder');
  const { group } = folderOptions.parse(options);
  const { folderHost } = await import('../../base/host/folder-host.js');
  if (!folderHost.isFolder(folder)) {
    throw new SeqkitError(`There is no folder of examples at ${folder}.`, { code: 'file-access' });
  }
  const { files, unread } = folderHost.filesBelow(folder);
  if (unread.length > 0) throw unread[0].cause;
  const examples = files.flatMap((path): LabeledExample[] => {
    const name = folderHost.relative(folder, path);
    const label = name.split('/')[0];
    // Files beside the folders are remarks and licences.
    if (label === name) return [];
    const own = group && groupOf(name, group);
    const shared = { label, name, ...(own !== undefined && { group: own }) };
    const bytes = folderHost.readFileBytes(path, 'an example');
    if (!/\.wav$/iu.test(name)) return [{ text: decodeTextFile(bytes, path), ...shared }];
    const { samples, sampleRate } = decodeWav(bytes, path);
    return [{ audio: { samples, sampleRate }, ...shared }];
  });
  if (examples.length > 0) return examples;
  throw new SeqkitError(`${folder} holds no examples.`, {
    code: 'too-little-data',
    hint: 'It should hold a folder for each label, with WAV files or text files.',
  });
}

function groupOf(name: string, group: RegExp): string {
  const match = new RegExp(group.source, group.flags.replaceAll(/[gy]/gu, '')).exec(name);
  if (match) return match[1] ?? match[0];
  throw new SeqkitError(`readExampleFolder: group matches nothing in ${name}.`, { code: 'bad-value' });
}
