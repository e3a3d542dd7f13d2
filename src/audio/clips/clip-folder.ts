import { SeqkitError } from '../../base/errors.js';
import { listOf, optional, optionsSchema, someText } from '../../base/schema/index.js';
import { sampleRateHz } from '../signal/samples.js';
import { cancelledChannels, checkClips } from './clip-check.js';
import type { ClipProblem } from './clip-problem.js';
import { isSoundName, type ClipFile, type ClipSet } from './clips.js';
import { readClips, readingOptions, type ReadingOptions } from './read-clips.js';
import { saysOneOf } from './said-in-name.js';

/** The files of a folder of clips, with what the user should know of them. */
export interface ClipFolder {
  files: ClipFile[];
  /** Remarks, such as that a missing `negatives/` is made up for. */
  notes: string[];
  /** Files that could not be opened, or of which another program could not read all. */
  problems: ClipProblem[];
}

/** What reading a folder takes of the platform. */
export interface FolderHost {
  /** Whether it is a folder. */
  isFolder(path: string): boolean;
  filesBelow(folder: string): {
    readonly files: readonly string[];
    readonly empty: readonly string[];
    readonly unread: readonly { readonly path: string; readonly cause: SeqkitError }[];
  };
  readFileBytes(path: string, what: string): Uint8Array;
  packageFile(path: string): string;
  /** The path of one file seen from a folder, with slashes. */
  relative(folder: string, path: string): string;
}

/** Sound that is no WAV file, as the bytes of one; undefined for a WAV file, which is read as it is. */
export type OtherSound = (
  path: string,
) => { bytes: Uint8Array; losses: readonly string[]; remarks: readonly string[] } | undefined;

/**
 * Lists all files below a folder of clips; those of WAV files are read when they are asked for.
 * @param otherSound how what is no WAV file is read. @default all are taken for WAV files
 * @throws SeqkitError `file-access` where the folder is missing
 */
export function listClipFiles(
  host: FolderHost,
  folder: string,
  otherSound: OtherSound = () => undefined,
): Omit<ClipFolder, 'notes'> {
  if (!host.isFolder(folder)) {
    throw new SeqkitError(`There is no folder of clips at ${folder}.`, {
      code: 'file-access',
      hint: 'It should hold activates/ with WAV files of the word; negatives/ and backgrounds/ may follow.',
    });
  }
  const files: ClipFile[] = [];
  const problems: ClipProblem[] = [];
  const found = host.filesBelow(folder);
  const nameOf = (path: string) => host.relative(folder, path);
  const addProblem = (path: string, error: SeqkitError) => {
    // The path is said already, and before it at most that the file cannot be read.
    const [, rest = error.message] = error.message.split(`${path}: `);
    const detail = rest.replace(/\.$/, '');
    const advice = error.hint ?? 'Take it out.';
    problems.push({ path: nameOf(path), kind: 'damaged', severity: 'error', detail, advice });
  };
  for (const { path, cause } of found.unread) addProblem(path, cause);
  for (const path of found.empty.map(nameOf)) {
    if (!/^activates\/[^/]+$/.test(path)) continue;
    const detail = 'the folder is empty, so that its word is not trained';
    const advice = 'Put clips of the word into it, or take it out.';
    problems.push({ path, kind: 'wrong-folder', severity: 'warning', detail, advice });
  }
  for (const path of found.files) {
    const name = nameOf(path);
    try {
      // Of other files nothing but the name is asked.
      const other = isSoundName(path)
        ? otherSound(path)
        : { bytes: new Uint8Array(0), losses: [], remarks: [] };
      files.push(other === undefined ? readWhenAsked(host, name, path) : { path: name, bytes: other.bytes });
      for (const loss of other?.losses ?? []) problems.push(lossOf(name, loss));
      for (const remark of other?.remarks ?? []) problems.push(cancelledChannels(name, remark));
    } catch (error) {
      // That the machine has no more files to open is no fault of the clip.
      if (!(error instanceof SeqkitError) || error.code === 'resources') throw error;
      addProblem(path, error);
    }
  }
  return { files, problems };
}

/** A WAV file whose bytes are read each time they are asked for: of thousands, few are in memory at once. */
function readWhenAsked(host: FolderHost, name: string, path: string): ClipFile {
  return {
    path: name,
    get bytes() {
      return host.readFileBytes(path, 'a clip');
    },
  };
}

function lossOf(path: string, detail: string): ClipProblem {
  const advice = 'Record it again if what is lost matters.';
  return { path, kind: 'damaged', severity: 'warning', detail, advice };
}

/**
 * Lists a folder of clips to train on. Where `negatives/` or `backgrounds/` is missing or empty, the clips that come
 * with seqkit serve, but for those that say a word to train.
 * @param words to train, beside those that have a folder below `activates/`
 * @throws SeqkitError `file-access` where the folder is missing, `too-little-data` where it holds no clips of the word
 */
export function listTrainingFiles(
  host: FolderHost,
  folder: string,
  { otherSound, words = [] }: { otherSound?: OtherSound; words?: readonly string[] } = {},
): ClipFolder {
  const { files, problems } = listClipFiles(host, folder, otherSound);
  const holds = (kind: string) =>
    [...files, ...problems].some(({ path }) => path.startsWith(`${kind}/`) && isSoundName(path));
  if (!holds('activates')) {
    const cause = problems.find(({ path }) => path === 'activates');
    if (cause !== undefined) {
      throw new SeqkitError(`${cause.path}: ${cause.detail}.`, { code: 'file-access', hint: cause.advice });
    }
    throw new SeqkitError(`${folder.replace(/[\\/]+$/, '')}/activates holds no WAV files.`, {
      code: 'too-little-data',
      hint: 'Put recordings of the word there, as many and by as many people as you can; forty is a start.',
    });
  }
  const named = files.flatMap(({ path }) => /^activates\/([^/]+)\//.exec(path)?.[1] ?? []);
  const unsaid = [...words, ...new Set(named)];
  const notes: string[] = [];
  for (const kind of ['negatives', 'backgrounds']) {
    if (holds(kind)) continue;
    const shipped = listClipFiles(host, host.packageFile('data/clips')).files.filter(
      ({ path }) => path.startsWith(`${kind}/`) && !saysOneOf(path, unsaid),
    );
    files.push(...shipped);
    notes.push(
      `${folder.replace(/[\\/]+$/, '')}/${kind} holds no WAV files: the ${shipped.length} ${kind} that come with seqkit serve.`,
    );
  }
  return { files, notes, problems };
}

const folderReading = optionsSchema<ReadingOptions & { words?: readonly string[] }>('readClipFolder', {
  ...readingOptions.table,
  words: optional(listOf(someText)),
});

/** @throws SeqkitError `bad-file` that names every clip that cannot be used */
export function refuseUnusable(problems: readonly ClipProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const count = errors.length === 1 ? 'One clip' : `${errors.length} clips`;
  const lines = errors.map(({ path, detail, advice }) => `${path}: ${detail}. ${advice}`);
  throw new SeqkitError(`${count} cannot be used:\n  ${lines.join('\n  ')}`, {
    code: 'bad-file',
    hint: 'Mend these files or take them out of the folder; no clip is left out unasked.',
  });
}

/**
 * Reads and checks a folder of WAV files to train on: `activates/` with the word (or a folder for each of several words
 * in it), `negatives/` and `backgrounds/`. Where one of the last two is missing, the clips that come with seqkit serve.
 * For Node; in a page give the files to `readClips`.
 * @param sampleRate Hz, of the model that learns from them
 * @param options.words to train, beside the folders in `activates/`: clips that come with seqkit and say one are no negatives
 * @returns the clips; what the user should know, such as which clips sound odd, one line each
 * @throws SeqkitError `file-access` where the folder is missing; `too-little-data` without clips of the word; `bad-file`
 *   that names every clip that cannot be used
 */
export async function readClipFolder(
  folder: string,
  sampleRate: number,
  options: ReadingOptions & { words?: readonly string[] } = {},
): Promise<{ clips: ClipSet; notes: string[] }> {
  someText.parse(folder, 'readClipFolder: folder');
  sampleRateHz.parse(sampleRate, 'readClipFolder: sampleRate');
  const { repair = false, onLoss, words = [] } = folderReading.parse(options, 'readClipFolder');
  const { folderHost } = await import('../../base/host/folder-host.js');
  const { files, notes, problems } = listTrainingFiles(folderHost, folder, { words });
  const found = [...problems, ...checkClips(files, { repair }).problems];
  refuseUnusable(found);
  const warnings = found.map(({ path, detail, advice }) => `${path}: ${detail}. ${advice}`);
  return {
    clips: readClips(files, sampleRate, { repair, ...(onLoss && { onLoss }) }),
    notes: [...notes, ...warnings],
  };
}
