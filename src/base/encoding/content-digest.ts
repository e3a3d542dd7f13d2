import { SeqkitError } from '../errors.js';
import { Digest } from './digest.js';

/** Under which key the metadata of our files keep the digest of all else. */
export const DIGEST_KEY = 'seqkit.digest';

/** The way the digest is made, before its digits. */
const VERSION = 'v1';

/** How to open a file of ours. */
export interface VerifyOptions {
  /**
   * False opens a file without holding its contents against the digest that it keeps of them: to save that
   * time, or to look into one that is damaged. @default true
   */
  readonly verify?: boolean;
}

/** Whether a file's contents were held against the digest that it keeps, could have been, or it keeps none. */
export type DigestState = 'verified' | 'unverified' | 'none';

/** A tensor as far as the digest goes. */
interface DigestedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

/**
 * The digest of tensors and metadata, whatever their order and places in a file, so that a program that only
 * lays a file out anew does not break it.
 */
export function contentDigest(
  tensors: Iterable<readonly [string, DigestedTensor]>,
  metadata: Readonly<Record<string, string>>,
): string {
  const byName = [...tensors].sort(byKey);
  const texts = Object.entries(metadata)
    .filter(([key]) => key !== DIGEST_KEY)
    .sort(byKey);
  const digest = new Digest().add(
    JSON.stringify([texts, byName.map(([name, { dtype, shape }]) => [name, dtype, shape])]),
  );
  for (const [, { data }] of byName) digest.add(data);
  return `${VERSION}:${digest.toString()}`;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Holds what a file has against the digest that it keeps.
 * @throws SeqkitError `bad-file` where they differ
 */
export function verifyContents(
  tensors: Iterable<readonly [string, DigestedTensor]>,
  metadata: Readonly<Record<string, string>>,
  source: string,
  { verify = true }: VerifyOptions,
): DigestState {
  const kept = metadata[DIGEST_KEY];
  if (kept === undefined) return 'none';
  if (!verify) return 'unverified';
  if (kept === contentDigest(tensors, metadata)) return 'verified';
  throw new SeqkitError(`${source} is damaged: its contents are not those that were saved.`, {
    code: 'bad-file',
    hint: 'Copy it again from where it is whole, or take an earlier one. Opened with verify: false, it is read as it is.',
  });
}

/** What to tell of a file whose version has a digest and that keeps none. */
export function missingDigestNote(source: string): string {
  return `${source} keeps no digest of its contents, as seqkit's own files of its version do: whether they are damaged cannot be told.`;
}
