import type { Clip, ClipFile, ClipSet } from '../../audio/index.js';
import { dataBytes } from '../files/files.js';
import { RATE, type KeptClip } from './clip.js';

/** With fewer clips of the word none is held back: all are needed to learn from. */
const HOLD_BACK_FROM = 10;
/** Of the clips so many are held back. */
const TEST_SHARE = 0.2;

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

let last: { clips: readonly KeptClip[]; split: SplitClips } | undefined;

/** The user's clips with those that come with seqkit, split where there are enough: by voices where there are five. */
export async function splitClipSet(
  clips: readonly KeptClip[],
  signal?: AbortSignal,
  onProgress: (read: number, total: number) => void = () => undefined,
): Promise<SplitClips> {
  // Clips that did not change are not read again.
  if (last?.clips !== clips) last = { clips, split: await readAndSplit(clips, { signal, onProgress }) };
  return last.split;
}

async function readAndSplit(
  clips: readonly KeptClip[],
  options: { signal: AbortSignal | undefined; onProgress: (read: number, total: number) => void },
): Promise<SplitClips> {
  const { readClipsAsync, readFalseAlarms, splitClips } = await import('../../audio/index.js');
  const { Random } = await import('../../rnn/index.js');
  const fileOf = (clip: KeptClip): ClipFile => ({ path: pathOf(clip), bytes: clip.bytes });
  const own = clips.filter(({ isAlarm }) => !isAlarm).map(fileOf);
  const falseAlarms = readFalseAlarms(clips.filter(({ isAlarm }) => isAlarm).map(fileOf), RATE);
  const read = await readClipsAsync([...own, ...(await shippedClips())], RATE, options);
  const said = new Map(clips.map((clip) => [pathOf(clip), clip.speech]));
  const withEdges = (clip: Clip): Clip => withSpeech(clip, said.get(clip.name));
  const set = {
    ...read,
    activates: read.activates.map(withEdges),
    negatives: read.negatives.map(withEdges),
    ...(falseAlarms.length > 0 && { falseAlarms }),
  };
  if (set.activates.length < HOLD_BACK_FROM) return { train: set, test: undefined };
  const random = new Random(1);
  const activates = splitClips(set.activates, TEST_SHARE, random);
  const negatives = splitClips(set.negatives, TEST_SHARE, random);
  return {
    train: { ...set, activates: activates.train, negatives: negatives.train },
    test: { ...set, activates: activates.test, negatives: negatives.test },
  };
}

const pathOf = ({ kind, name, id }: KeptClip): string => `${kind}/${name.replace(/\.wav$/i, '')}-${id}.wav`;

/** @param speech in seconds; undefined leaves it where it was found */
function withSpeech(clip: Clip, speech: KeptClip['speech']): Clip {
  if (!speech) return clip;
  const [start, end] = speech.map((seconds) => Math.min(clip.samples.length, Math.round(seconds * RATE)));
  return { ...clip, speech: { start, end } };
}
