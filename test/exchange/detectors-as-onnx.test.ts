import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TriggerModel } from '../../src/audio/index.js';
import { importedModel, toOnnx } from '../../src/exchange/index.js';
import { Random } from '../../src/index.js';
import { largestDifference } from './support/onnx-runtime.js';
import { wakeWordDetector } from './support/wake-word-model.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-detector-'));
afterAll(() => rmSync(folder, { recursive: true }));
const golden = join(import.meta.dirname, '../golden/release-0.1.0/trigger.safetensors');

async function exported(bytes: Uint8Array, name: string): Promise<{ path: string; json: string }> {
  const file = await toOnnx(new Blob([bytes as BlobPart]));
  const [path, json] = [join(folder, `${name}.onnx`), join(folder, `${name}.json`)];
  writeFileSync(path, file.bytes);
  writeFileSync(json, JSON.stringify(file.description));
  return { path, json };
}

describe('a detector that was exported as ONNX', () => {
  it.each([
    ['over a spectrogram', () => Promise.resolve(new Uint8Array(readFileSync(golden)))],
    ['over embeddings', async () => (await wakeWordDetector(['computer', 'stop'], 3)).bytes],
  ])('is one again with its JSON beside it: %s', async (name, make) => {
    const bytes = await make();
    const own = await TriggerModel.load(bytes);
    const { path } = await exported(bytes, name.replaceAll(' ', '-'));
    const { model, format } = await importedModel(path);
    expect(format).toBe('detector as ONNX');
    const back = model as TriggerModel;
    expect([back.words, back.thresholds, back.settings]).toEqual([own.words, own.thresholds, own.settings]);
    const { bands } = own.settings.features;
    const random = new Random(4);
    const rows = Float32Array.from({ length: 60 * bands }, () => random.normal());
    const [expected, found] = [await own.logits(rows, 60), await back.logits(rows, 60)];
    expect(expected.length).toBeGreaterThan(own.words.length);
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
    await Promise.all([own.dispose(), back.dispose()]);
  });

  it('is one of its bytes, where its description is given in code', async () => {
    const own = await TriggerModel.load(new Uint8Array(readFileSync(golden)));
    const { bytes, description } = await toOnnx(golden);
    const { model, format } = await importedModel(bytes, description);
    if (format !== 'detector as ONNX') throw new Error(format);
    expect([model.words, model.thresholds, model.settings]).toEqual([
      own.words,
      own.thresholds,
      own.settings,
    ]);
    await expect(importedModel(bytes, { inputShape: [4], layers: [] })).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('its format is not "seqkit-onnx"') as string,
    });
    await Promise.all([own.dispose(), model.dispose()]);
  });

  it('is a network alone without it, and says what is lost', async () => {
    const { path, json } = await exported(new Uint8Array(readFileSync(golden)), 'alone');
    rmSync(json);
    const { model, format } = await importedModel(path);
    expect(format).toBe('ONNX');
    expect(model.notes.join(' ')).toMatch(
      /network of a TriggerModel alone.* which words it hears, from what score on/,
    );
    await model.dispose();
  });

  it('refuses the JSON of another', async () => {
    const { path, json } = await exported(new Uint8Array(readFileSync(golden)), 'mixed');
    const other = await exported((await wakeWordDetector(['computer'], 3)).bytes, 'other');
    writeFileSync(json, readFileSync(other.json));
    await expect(importedModel(path)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(
        /^The JSON beside .*mixed\.onnx is not that of this detector: its layers are others/,
      ),
    });
    writeFileSync(json, '{"format":"seqkit-onnx","kind":"TextModel"}');
    await expect(importedModel(path)).rejects.toThrow('it describes no TriggerModel');
    writeFileSync(json, '{"format":"seqkit-onnx","kind":"TriggerModel","settings":{"words":[]}}');
    await expect(importedModel(path)).rejects.toMatchObject({ code: 'bad-file' });
  });
});
