import { checkClips } from '../../audio/clips/clip-check.js';
import type { ClipProblem } from '../../audio/clips/clip-problem.js';
import type { ClipKind } from '../../audio/clips/clips.js';
import { findSpeech } from '../../audio/clips/speech-edges.js';
import { encodeWav } from '../../audio/signal/wav.js';
import { SeqkitError } from '../../base/errors.js';
import { LevelMeter } from './level-meter.js';
import { openMicrophone } from './microphone.js';

/** Hz, of what is recorded. */
export const TAKE_RATE = 16_000;
/** Speech that comes so close to either end of a take goes on beyond it. */
const EDGE_SECONDS = 0.02;

/** One recording, and what is wrong with it. */
export interface Take {
  /** Shape (seconds * TAKE_RATE). */
  samples: Float32Array;
  /** The WAV file. */
  bytes: Uint8Array;
  problems: Pick<ClipProblem, 'detail' | 'advice'>[];
}

export interface TakeOptions {
  seconds: number;
  kind: ClipKind;
  recorder?: string;
  device?: string;
}

/** Records so many seconds and checks them. @throws SeqkitError `engine` where the microphone ends before */
export async function recordTake({ seconds, kind, recorder, device }: TakeOptions): Promise<Take> {
  const source = openMicrophone({
    sampleRate: TAKE_RATE,
    ...(recorder === undefined ? {} : { recorder }),
    ...(device === undefined ? {} : { device }),
  });
  const samples = new Float32Array(Math.round(seconds * TAKE_RATE));
  const meter = new LevelMeter();
  let at = 0;
  try {
    for await (const chunk of source.chunks) {
      const part = chunk.subarray(0, samples.length - at);
      samples.set(part, at);
      at += part.length;
      meter.update(part, `${((samples.length - at) / TAKE_RATE).toFixed(1)} s left`);
      if (at === samples.length) break;
    }
  } finally {
    meter.end();
    source.stop();
  }
  if (at < samples.length) {
    throw new SeqkitError(`${source.name} ended after ${(at / TAKE_RATE).toFixed(2)} of ${seconds} s.`, {
      code: 'engine',
      hint: 'Check that the microphone is there and that nothing else uses it.',
    });
  }
  const bytes = encodeWav({ samples, sampleRate: TAKE_RATE });
  const { problems } = checkClips([{ path: `${kind}/take.wav`, bytes }]);
  if (problems.length > 0 || kind !== 'activates') return { samples, bytes, problems };
  return { samples, bytes, problems: cutOff(samples) };
}

/** What a word that was cut off at either end of a take is told by; clips that were cut to the word are not. */
function cutOff(samples: Float32Array): Take['problems'] {
  const { start, end } = findSpeech(samples, TAKE_RATE);
  const edge = EDGE_SECONDS * TAKE_RATE;
  if (start < edge) {
    return [{ detail: 'there is speech at its very beginning', advice: 'Wait a moment before you speak.' }];
  }
  if (end > samples.length - edge) {
    return [{ detail: 'it ends within the word', advice: 'Speak at once, or give more --seconds.' }];
  }
  return [];
}
