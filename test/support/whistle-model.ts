import { readClips } from '../../src/audio/clips/read-clips.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { whistle, whistleFiles } from './whistles.js';

const RATE = 16_000;
/** Of silence before each whistle, and after the last. */
const PAUSE_SECONDS = 2;
/** Of quiet at the end of each whistle. */
const REST_SECONDS = 0.3;

/** A model that hears rising whistles, after some seconds of training. */
export async function whistleModel(): Promise<TriggerModel> {
  const files = whistleFiles(['rising'], 'falling', 12).map((file) => ({
    ...file,
    path: file.path.replace('activates/rising/', 'activates/'),
  }));
  const model = new TriggerModel({ word: 'rising', seed: 1, threads: 1 });
  await model.fit(readClips(files, RATE), { examples: 48, epochs: 6 });
  model.setThreshold(0.2);
  return model;
}

/** Rising whistles with silence around them, at 16 kHz, and when each is over. */
export function whistled(
  count: number,
  pauseSeconds = PAUSE_SECONDS,
): { samples: Float32Array; endSeconds: number[] } {
  const quiet = new Float32Array(pauseSeconds * RATE);
  const parts: Float32Array[] = [quiet];
  const endSeconds: number[] = [];
  let length = quiet.length;
  for (let i = 0; i < count; i++) {
    // Numbers beyond those of the clips: other pitches.
    const sound = whistle('rising', 101 + 2 * i);
    endSeconds.push((length + sound.length) / RATE - REST_SECONDS);
    parts.push(sound, quiet);
    length += sound.length + quiet.length;
  }
  return { samples: Float32Array.from(parts.flatMap((part) => [...part])), endSeconds };
}
