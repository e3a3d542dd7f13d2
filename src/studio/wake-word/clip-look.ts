import type { KeptClip } from './clip.js';

/** What there is to see of a clip. */
export interface ClipLook {
  readonly seconds: number;
  /** The highest sample of each of equal stretches, 0 to 1. */
  readonly peaks: readonly number[];
  /** Where its speech lies, as shares of its length. */
  readonly speech: readonly [start: number, end: number];
  /** What is wrong with it, a sentence each. */
  readonly problems: readonly { readonly text: string; readonly isError: boolean }[];
}

const STRETCHES = 96;
/** Speech that comes so close to an end of a clip may go on beyond it. */
const EDGE_SECONDS = 0.02;

const looks = new WeakMap<KeptClip, ClipLook>();

/** Looks at a clip, once. */
export async function lookAt(clip: KeptClip): Promise<ClipLook> {
  const known = looks.get(clip);
  if (known) return known;
  const { checkClips, decodeWav, findSpeech } = await import('../../audio/index.js');
  const { problems } = checkClips([{ path: `${clip.kind}/${clip.name}`, bytes: clip.bytes }]);
  const told = problems.map(({ detail, advice, severity }) => ({
    text: `${sentence(detail)} ${sentence(advice)}`,
    isError: severity === 'error',
  }));
  let look: ClipLook;
  try {
    const { samples, sampleRate } = decodeWav(clip.bytes, clip.name);
    const { start, end } = findSpeech(samples, sampleRate);
    const edge = EDGE_SECONDS * sampleRate;
    if (clip.kind === 'activates' && told.length === 0 && start < edge) {
      told.push({
        text: 'There is speech at its very beginning: wait a moment before you speak.',
        isError: false,
      });
    } else if (clip.kind === 'activates' && told.length === 0 && end > samples.length - edge) {
      told.push({ text: 'It ends within the word: speak at once.', isError: false });
    }
    look = {
      ...{ seconds: samples.length / sampleRate, peaks: peaksOf(samples) },
      speech: [start / samples.length, end / samples.length],
      problems: told,
    };
  } catch (error) {
    const problem = { text: (error as Error).message, isError: true };
    look = {
      ...{ seconds: 0, peaks: [], speech: [0, 0] },
      problems: told.length > 0 ? told : [problem],
    };
  }
  looks.set(clip, look);
  return look;
}

function peaksOf(samples: Float32Array): number[] {
  return Array.from({ length: STRETCHES }, (_, stretch) => {
    const from = Math.floor((stretch * samples.length) / STRETCHES);
    const to = Math.floor(((stretch + 1) * samples.length) / STRETCHES);
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
