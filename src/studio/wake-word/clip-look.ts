import type { KeptClip } from './clip.js';

/** What there is to see of a clip. */
export interface ClipLook {
  readonly seconds: number;
  /** The highest sample of each of equal stretches, 0 to 1. */
  readonly peaks: readonly number[];
  /** Where its speech lies, as shares of its length. */
  readonly speech: readonly [start: number, end: number];
  /** What is wrong with it, a sentence each. */
  readonly problems: readonly ClipProblemShown[];
}

export interface ClipProblemShown {
  readonly text: string;
  readonly isError: boolean;
  /** Whether it goes by where the speech was found. */
  readonly isOfEdges?: boolean;
}

const STRETCHES = 96;
/** Speech that comes so close to an end of a clip may go on beyond it. */
const EDGE_SECONDS = 0.02;

/** Looks by the bytes of their clips: decoding takes its time, and edges that are moved change nothing else. */
const looks = new WeakMap<Uint8Array, ClipLook>();

/** Looks at a clip. */
export async function lookAt(clip: KeptClip): Promise<ClipLook> {
  const look = looks.get(clip.bytes) ?? (await lookAnew(clip));
  looks.set(clip.bytes, look);
  return withSpeech(look, clip.speech);
}

/** The look before the next: several at once would stop the page. */
let before: Promise<unknown> = Promise.resolve();

/**
 * Looks at a clip when its turn comes: between two of them the page has its own.
 * @param isWanted asked when its turn has come
 * @returns undefined where it is not wanted any more
 */
export async function lookInTurn(clip: KeptClip, isWanted: () => boolean): Promise<ClipLook | undefined> {
  if (looks.has(clip.bytes)) return lookAt(clip);
  const own = before.then(async () => {
    if (!isWanted()) return undefined;
    await new Promise((resolve) => setTimeout(resolve));
    return lookAt(clip);
  });
  before = own.catch(() => undefined);
  return own;
}

/** @param speech in seconds; undefined leaves it where it was found */
function withSpeech(look: ClipLook, speech: KeptClip['speech']): ClipLook {
  if (!speech || look.seconds === 0) return look;
  const [start, end] = speech.map((seconds) => Math.min(1, seconds / look.seconds));
  return { ...look, speech: [start, end], problems: look.problems.filter(({ isOfEdges }) => !isOfEdges) };
}

async function lookAnew(clip: KeptClip): Promise<ClipLook> {
  const { checkClips, decodeWav, findSpeech } = await import('../../audio/index.js');
  const { problems } = checkClips([{ path: `${clip.kind}/${clip.name}`, bytes: clip.bytes }]);
  const told: ClipProblemShown[] = problems.map(({ detail, advice, severity }) => ({
    text: `${sentence(detail)} ${sentence(advice)}`,
    isError: severity === 'error',
  }));
  try {
    const { samples, sampleRate } = decodeWav(clip.bytes, clip.name);
    const { start, end } = findSpeech(samples, sampleRate);
    const edge = EDGE_SECONDS * sampleRate;
    const isWord = clip.kind === 'activates' && told.length === 0;
    if (isWord && start < edge) {
      const text = 'There is speech at its very beginning: wait a moment before you speak.';
      told.push({ text, isError: false, isOfEdges: true });
    } else if (isWord && end > samples.length - edge) {
      told.push({ text: 'It ends within the word: speak at once.', isError: false, isOfEdges: true });
    }
    return {
      ...{ seconds: samples.length / sampleRate, peaks: peaksOf(samples, STRETCHES), problems: told },
      speech: [start / samples.length, end / samples.length],
    };
  } catch (error) {
    const problem = { text: (error as Error).message, isError: true };
    return {
      ...{ seconds: 0, peaks: [], speech: [0, 0] },
      problems: told.length > 0 ? told : [problem],
    };
  }
}

/** @param stretches how many */
export function peaksOf(samples: Float32Array, stretches: number): number[] {
  return Array.from({ length: stretches }, (_, stretch) => {
    const from = Math.floor((stretch * samples.length) / stretches);
    const to = Math.floor(((stretch + 1) * samples.length) / stretches);
    let peak = 0;
    for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(samples[i]));
    return Math.min(1, peak);
  });
}

/** A remark as a sentence. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' ? '' : `${trimmed[0].toUpperCase()}${trimmed.slice(1).replace(/\.?$/, '.')}`;
}
