import type { ClipFile, ClipSet } from '../../audio/index.js';
import { dataBytes } from '../files/files.js';
import type { KeptClip } from './clip-list.js';

/** What models are trained at, Hz. */
export const RATE = 16_000;
/** With fewer clips of the word none is held back: all are needed to learn from. */
const HOLD_BACK_FROM = 10;
/** Of so many clips one is held back. */
const HOLD_BACK_EACH = 5;

/** The clips of a training, and those that it does not see. */
export interface SplitClips {
  readonly train: ClipSet;
  /** Undefined where there are too few to hold any back. */
  readonly test: ClipSet | undefined;
}

let shipped: Promise<readonly ClipFile[]> | undefined;

/** The other speech and the backgrounds that come with seqkit. */
async function shippedClips(): Promise<readonly ClipFile[]> {
  shipped ??= (async () => {
    const list = (await (await fetch('clips.json')).json()) as Record<'negatives' | 'backgrounds', string[]>;
    const paths = (['negatives', 'backgrounds'] as const).flatMap((kind) =>
      list[kind].map((name) => `${kind}/${name}`),
    );
    return Promise.all(paths.map(async (path) => ({ path, bytes: await dataBytes(`clips/${path}`) })));
  })();
  // What failed is tried again the next time.
  shipped.catch(() => (shipped = undefined));
  return shipped;
}

/** The user's clips with those that come with seqkit, split where there are enough. */
export async function splitClipSet(clips: readonly KeptClip[]): Promise<SplitClips> {
  const { readClips } = await import('../../audio/index.js');
  const own = clips.map(({ kind, name, id, bytes }) => ({
    path: `${kind}/${name.replace(/\.wav$/i, '')}-${id}.wav`,
    bytes,
  }));
  const set = readClips([...own, ...(await shippedClips())], RATE);
  if (set.activates.length < HOLD_BACK_FROM) return { train: set, test: undefined };
  const held = heldBack(set.activates);
  const isHeld = (index: number): boolean => index % HOLD_BACK_EACH === 0;
  return {
    train: {
      ...set,
      activates: set.activates.filter((clip) => !held.has(clip)),
      negatives: set.negatives.filter((_, index) => !isHeld(index)),
    },
    test: {
      ...set,
      activates: set.activates.filter((clip) => held.has(clip)),
      negatives: set.negatives.filter((_, index) => isHeld(index)),
    },
  };
}

/** Speakers from which on whole voices are held back. */
const SPEAKERS = 5;

/** Of five speakers or more a fifth of the voices, else every fifth clip. */
function heldBack(clips: ClipSet['activates']): Set<ClipSet['activates'][number]> {
  const speakers = [...new Set(clips.map(({ speaker }) => speaker))]
    .filter((name) => name !== undefined)
    .sort();
  if (speakers.length < SPEAKERS) return new Set(clips.filter((_, index) => index % HOLD_BACK_EACH === 0));
  const voices = new Set(speakers.filter((_, index) => index % HOLD_BACK_EACH === 0));
  return new Set(clips.filter(({ speaker }) => speaker !== undefined && voices.has(speaker)));
}
