import { beforeAll, describe, expect, it } from 'vitest';
import type { ClipSet } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { decodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { repositoryFile, shippedClips } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';

let clips: ClipSet;
let base: TriggerModel;
beforeAll(async () => {
  clips = readClips(shippedClips(12), 16_000);
  base = await tinyModel();
});

/** The weights of a model by their names, as its file holds them. */
function weightsOf(model: TriggerModel): Record<string, number[]> {
  const { tensors } = decodeSafetensors(model.toBytes(), 'the model');
  return Object.fromEntries([...tensors].map(([name, { data }]) => [name, Array.from(data)]));
}

const quick = { examples: 8, epochs: 1 };
const isFront = (name: string) => /^(front|norm)\//.test(name);

describe('a model that goes on from another', () => {
  it('keeps the front to the last bit, and trains the rest', async () => {
    const model = await TriggerModel.from(base, { word: 'activate' });
    const before = weightsOf(base);
    expect(weightsOf(model)).toEqual(before);
    await model.fit(clips, quick);
    const after = weightsOf(model);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const same = Object.keys(before).filter((name) => String(before[name]) === String(after[name]));
    expect(same).toEqual(Object.keys(before).filter(isFront));
    expect(same.length).toBe(5);
  });

  it('trains the front too where all is to be trained', async () => {
    const model = await TriggerModel.from(base, { train: 'all' });
    await model.fit(clips, quick);
    const [before, after] = [base, model].map(weightsOf);
    for (const [name, values] of Object.entries(before)) expect(after[name], name).not.toEqual(values);
  });

  it('keeps the output of a word that both hear, beside that of a new one', async () => {
    const model = await TriggerModel.from(base, { words: ['stop', 'activate'] });
    const [before, after] = [base, model].map(weightsOf);
    // Kernel (units, words): the second column is that of "activate".
    const kernel = after['output/kernel'];
    expect(kernel.filter((_, i) => i % 2 === 1)).toEqual(before['output/kernel']);
    expect(kernel.filter((_, i) => i % 2 === 0)).not.toEqual(before['output/kernel']);
    expect(after['output/bias'][1]).toBe(before['output/bias'][0]);
  });

  it('takes features, network and threshold along, and is trained as this release trains', async () => {
    // Of an earlier release: settings of training in another shape, none of those of mixing that came since.
    const older = await TriggerModel.load(repositoryFile('test/golden/release-0.1.0/trigger.safetensors'));
    Object.assign(older.settings.training, { renewal: { share: 0.5, epochs: 6 } });
    expect(older.settings.synthesis.speechShare).toBeUndefined();
    const model = await TriggerModel.from(older, { word: 'activate' });
    const { features, network, firing, training, synthesis } = model.settings;
    expect({ features, network, firing }).toEqual({
      features: older.settings.features,
      network: older.settings.network,
      firing: older.settings.firing,
    });
    const preset = triggerPreset('standard');
    expect(training.epochs).toBe(preset.training.epochs / 2);
    expect(synthesis.speechShare).toBe(preset.synthesis.speechShare);
    expect(synthesis.speechDb).toEqual(older.settings.synthesis.speechDb);
    const record = await model.fit(clips, quick);
    expect(record.finalLoss).toBeGreaterThan(0);
    expect(record.finalLoss).toBeLessThan(5);
  });
});
