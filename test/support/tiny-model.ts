import { readClips } from '../../src/audio/clips/read-clips.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { shippedClips } from './clip-files.js';

/** A model that has seen sixteen examples once: it fires here and there from a threshold of about 0.02 down. */
export async function tinyModel(): Promise<TriggerModel> {
  const model = new TriggerModel({ seed: 3, word: 'activate' });
  await model.fit(readClips(shippedClips(12), 16_000), { examples: 16, epochs: 1 });
  return model;
}
