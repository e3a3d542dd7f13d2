import { clips as clipList } from '../clips/clip-shapes.js';
import type { Clip } from '../clips/clips.js';
import { sampleRateHz } from '../signal/samples.js';
import { fadeEdges } from '../signal/augmentation.js';
import { firingsIn, scoreRecording, type Listener } from './scored-recording.js';

/** What a model makes of recordings of its word from which the word is taken out. */
export interface RecorderCheck {
  /** Recordings with enough around the word to listen to. */
  clips: number;
  /** Those in which it fires all the same: it hears the recorder, the room or the speaker's breath. */
  fired: string[];
}

/** Around the speech, what may still be of the word. */
const [BEFORE_SECONDS, AFTER_SECONDS] = [0.1, 0.25];
/** Less around the word says nothing, and what there is is repeated to be heard for so long. */
const MIN_SECONDS = 0.4;
const HEARD_SECONDS = 4;
const FADE_SECONDS = 0.01;

/**
 * Whether a model hears the recorder rather than the word: it listens to what is before and after the word in its own
 * recordings. A model that fires there has learned a shortcut, and will miss the word where it is recorded otherwise.
 *
 * @param sampleRate Hz, of the clips
 */
export function checkRecorder(model: Listener, clips: readonly Clip[], sampleRate: number): RecorderCheck {
  clipList.parse(clips, 'checkRecorder: clips');
  sampleRateHz.parse(sampleRate, 'checkRecorder: sampleRate');
  const fired: string[] = [];
  let count = 0;
  for (const clip of clips) {
    const samples = withoutWord(clip, sampleRate);
    if (samples === undefined) continue;
    count++;
    const scored = scoreRecording(model, { samples, sampleRate }, { name: clip.name });
    if (firingsIn(scored, model.settings.firing).length > 0) fired.push(clip.name);
  }
  return { clips: count, fired };
}

function withoutWord({ samples, speech }: Clip, sampleRate: number): Float32Array | undefined {
  const before = samples.slice(0, Math.max(0, speech.start - Math.round(BEFORE_SECONDS * sampleRate)));
  const after = samples.slice(speech.end + Math.round(AFTER_SECONDS * sampleRate));
  const parts = [before, after].filter(({ length }) => length > FADE_SECONDS * 4 * sampleRate);
  const available = parts.reduce((sum, { length }) => sum + length, 0);
  if (available < MIN_SECONDS * sampleRate) return undefined;
  for (const part of parts) fadeEdges(part, Math.round(FADE_SECONDS * sampleRate));
  const out = new Float32Array(Math.round(HEARD_SECONDS * sampleRate));
  for (let at = 0, n = 0; at < out.length; n++) {
    const part = parts[n % parts.length].subarray(0, out.length - at);
    out.set(part, at);
    at += part.length;
  }
  return out;
}
