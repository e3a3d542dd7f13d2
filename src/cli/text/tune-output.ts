import { extname } from 'node:path';
import { SeqkitError } from '../../base/errors.js';
import { checkWritable, writeFileAtomic } from '../../base/host/files.js';
import { endingOf } from '../terminal/file-names.js';
import type { ComposedTune } from '../../text/music/composition/music-model.js';
import type { PlaybackOptions } from '../../text/music/playback/playback-options.js';

const kinds = ['.abc', '.mid', '.wav', '.svg', '.png'] as const;
type Kind = (typeof kinds)[number];

/** Where composed tunes go. */
export interface TuneFiles {
  readonly kind: Kind;
  /** One for all tunes in ABC, one for each of the other kinds. */
  readonly paths: readonly string[];
}

/**
 * The files that so many tunes go into: `tune.mid`, or `tune-1.mid`, `tune-2.mid` ... for several.
 * @throws SeqkitError `usage` for another extension; `file-exists` without `force`
 */
export function tuneFiles(out: string, count: number, options: { force: boolean }): TuneFiles {
  const extension = extname(out);
  const kind = endingOf('--out', out, kinds, ' (the last two for sheet music)');
  const stem = out.slice(0, -extension.length);
  const one = count === 1 || kind === '.abc';
  const paths = one ? [out] : Array.from({ length: count }, (_, i) => `${stem}-${i + 1}${extension}`);
  for (const path of paths) checkWritable(path, options);
  return { kind, paths };
}

/**
 * Writes the tunes. One that cannot be played or drawn keeps none of the others from being written.
 * @returns the files
 * @throws SeqkitError `bad-value` where some are too malformed to be played or drawn, once the others are written;
 *   `engine` where the package that draws PNG is missing
 */
export async function writeTuneFiles(
  { kind, paths }: TuneFiles,
  tunes: readonly ComposedTune[],
  { force, playback }: { force: boolean; playback: PlaybackOptions },
): Promise<string[]> {
  const options = { force };
  if (kind === '.abc') {
    await writeFileAtomic(paths[0], tunes.map(({ abc }) => abc).join(''), options);
    return [paths[0]];
  }
  const written: string[] = [];
  const failed: { title: string; cause: unknown }[] = [];
  for (const [i, { abc, title }] of tunes.entries()) {
    let contents: Uint8Array | string;
    try {
      contents = await rendered(kind, abc, playback);
    } catch (cause) {
      if (cause instanceof SeqkitError && cause.code === 'engine') throw cause;
      failed.push({ title, cause });
      continue;
    }
    await writeFileAtomic(paths[i], contents, options);
    written.push(paths[i]);
  }
  if (failed.length > 0) {
    const [{ title, cause }] = failed;
    const which = failed.length === 1 ? `"${title}"` : `${failed.length} tunes, "${title}" the first,`;
    const rest = tunes.length === 1 ? '' : ` The other ${written.length} are written.`;
    throw new SeqkitError(`${which} cannot be made into a ${kind} file: malformed.${rest}`, {
      ...{ code: 'bad-value', cause },
      hint: 'Compose with the constraint, or write .abc.',
    });
  }
  return written;
}

async function rendered(
  kind: Exclude<Kind, '.abc'>,
  abc: string,
  playback: PlaybackOptions,
): Promise<Uint8Array | string> {
  if (kind === '.svg' || kind === '.png') {
    const sheet = await (await import('../../text/music/playback/engraving.js')).tuneSheet(abc);
    return kind === '.svg' ? sheet : asPng(sheet);
  }
  if (kind === '.mid')
    return (await import('../../text/music/playback/tune-files.js')).tuneMidi(abc, playback);
  const { tempo, swing } = playback;
  const timing = { ...(tempo !== undefined && { tempo }), ...(swing !== undefined && { swing }) };
  const { encodeWav } = await import('../../audio/signal/wav.js');
  return encodeWav(await (await import('../../text/music/playback/synthesis.js')).tuneSound(abc, timing));
}

async function asPng(svg: string): Promise<Uint8Array> {
  const { MissingPackage } = await import('../../report/missing-package.js');
  const { svgToPng } = await import('../../report/svg-to-png.js');
  try {
    return await svgToPng(svg);
  } catch (cause) {
    if (!(cause instanceof MissingPackage)) throw cause;
    throw new SeqkitError(cause.message, {
      code: 'engine',
      hint: `A PNG needs it: ${cause.install}`,
      cause,
    });
  }
}
