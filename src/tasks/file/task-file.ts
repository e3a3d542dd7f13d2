import {
  missingDigestNote,
  type DigestState,
  type VerifyOptions,
} from '../../base/encoding/content-digest.js';
import { refuseFaultyNumbers } from '../../base/encoding/finite-numbers.js';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../base/encoding/safetensors.js';
import { heldKind, wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import { isPlainObject } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';

/** What the metadata of the files of tasks give as their format. */
export const TASK_FORMAT = 'seqkit-task';

/** The layout of these files. Readers take this and every earlier one. */
const FORMAT_VERSION = 1;

/** The names of parts, under which their arrays and texts stand: `network/dense/kernel`. */
const PART = /^[a-z][a-zA-Z0-9]*$/;

/** The levels of JSON that settings may have. */
const MAX_DEPTH = 100;

/** What the model of a task keeps in its file. */
export interface TaskContents {
  /** The class that opens it, such as `SequenceClassifier`. */
  readonly kind: string;
  /** Anything JSON: labels, tokenizer, settings, figures. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Arrays of its own; their names have no "/". */
  readonly tensors?: Readonly<Record<string, StoredTensor>>;
  /** Models that it is made of, each as its file's bytes: a network, or the model of another task. */
  readonly parts?: Readonly<Record<string, Uint8Array>>;
}

/** A file of a task, opened. */
export interface TaskFile {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly parts: ReadonlyMap<string, Uint8Array>;
  readonly digest: DigestState;
  /** What the user should know about the file. */
  readonly notes: readonly string[];
}

/**
 * Packs the model of a task into one safetensors file. Parts lie in it array by array, so that other programs read
 * their weights too.
 * @throws SeqkitError `diverged` where an array holds what is no finite number
 */
export function encodeTask({ kind, settings, tensors = {}, parts = {} }: TaskContents): Uint8Array {
  const arrays: Record<string, StoredTensor> = { ...tensors };
  const metadata: Record<string, string> = {
    format: TASK_FORMAT,
    formatVersion: String(FORMAT_VERSION),
    kind,
    settings: JSON.stringify(settings),
    parts: JSON.stringify(Object.keys(parts)),
  };
  for (const [part, bytes] of Object.entries(parts)) {
    const opened = decodeSafetensors(bytes, part, { verify: false });
    for (const [name, tensor] of opened.tensors) arrays[`${part}/${name}`] = tensor;
    for (const [key, text] of Object.entries(opened.metadata)) metadata[`${part}/${key}`] = text;
  }
  for (const [name, tensor] of Object.entries(arrays)) {
    try {
      refuseFaultyNumbers(name, tensor, kind);
    } catch (error) {
      throw new SeqkitError('The model holds numbers that are not finite, so that it is not worth saving.', {
        code: 'diverged',
        hint: 'Its training diverged: train again with a lower learning rate.',
        cause: error,
      });
    }
  }
  return encodeSafetensors(arrays, metadata);
}

/**
 * Opens the file of a task.
 * @param source what to call it in errors, such as its path
 * @param expected the kind that it should be of
 * @throws SeqkitError `bad-file` where it is damaged, foreign, or from a later release
 */
export function decodeTask(
  bytes: Uint8Array,
  source: string,
  options: VerifyOptions = {},
  expected = 'the model of a task',
): TaskFile {
  const { tensors, metadata, digest } = decodeSafetensors(bytes, source, options);
  if (metadata['format'] !== TASK_FORMAT) {
    throw wrongKind(source, heldKind(metadata), expected);
  }
  const version = Number(metadata['formatVersion']);
  if (!Number.isInteger(version) || version < 1 || version > FORMAT_VERSION) {
    throw badFile(
      `${source} has format version ${metadata['formatVersion']}; this release reads up to ${FORMAT_VERSION}.`,
      'Update seqkit.',
    );
  }
  for (const [name, tensor] of tensors) refuseFaultyNumbers(name, tensor, source);
  const names = partNames(metadata['parts'], source);
  const own = new Map([...tensors].filter(([name]) => !name.includes('/')));
  const parts = new Map(names.map((name) => [name, partOf(name, tensors, metadata)]));
  return {
    kind: metadata['kind'] ?? '',
    settings: settingsOf(metadata['settings'], source),
    tensors: own,
    parts,
    digest,
    notes: digest === 'none' ? [missingDigestNote(source)] : [],
  };
}

/**
 * Opens the file of one kind of task, wherever it is.
 * @throws SeqkitError `file-access`; `bad-file` where it is damaged or of another kind
 */
export async function readTask(
  from: FileSource,
  kind: string,
  options: VerifyOptions = {},
): Promise<{ file: TaskFile; source: string }> {
  const { bytes, name: source } = await readSource(from, 'load: from', {
    name: 'The model',
    kind: 'a model',
    isModel: true,
  });
  const file = decodeTask(bytes, source, options, kind);
  if (file.kind !== kind) {
    throw wrongKind(source, file.kind, kind);
  }
  return { file, source };
}

/** Writes a task's file whole or not at all. @throws SeqkitError `file-exists` without `force` */
export async function saveTask(path: string, bytes: Uint8Array, { force = false } = {}): Promise<void> {
  const { writeFileAtomic } = await import('../../base/host/files.js');
  await writeFileAtomic(path, bytes, { force });
}

/** A part as the bytes of a file of its own. */
function partOf(
  part: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const below = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> =>
    Object.fromEntries(
      [...entries]
        .filter(([name]) => name.startsWith(`${part}/`))
        .map(([name, value]) => [name.slice(part.length + 1), value]),
    );
  return encodeSafetensors(below(tensors), below(Object.entries(metadata)));
}

function partNames(text: string | undefined, source: string): string[] {
  const names = jsonOf(text ?? '[]', source);
  const areNames =
    Array.isArray(names) &&
    names.length <= 100 &&
    names.every((name) => typeof name === 'string' && PART.test(name)) &&
    new Set(names).size === names.length;
  if (!areNames) throw badFile(`${source} has a damaged list of its parts.`);
  return names as string[];
}

function settingsOf(text: string | undefined, source: string): Record<string, unknown> {
  const settings = jsonOf(text ?? '', source);
  if (!isPlainObject(settings)) throw badFile(`${source} has damaged settings.`);
  return settings;
}

/** JSON no deeper than what reads it can go. */
function jsonOf(text: string, source: string): unknown {
  if (!isDeeperThan(text, MAX_DEPTH)) {
    try {
      return JSON.parse(text);
    } catch {
      // Falls through to the one message.
    }
  }
  throw badFile(`${source} has a damaged description of its model.`);
}

function badFile(message: string, hint?: string): SeqkitError {
  return new SeqkitError(message, { code: 'bad-file', ...(hint !== undefined && { hint }) });
}
