import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClips, TriggerModel, type ClipSet } from '../../src/audio/index.js';
import { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';
import { repositoryFile, shippedClips } from '../support/clip-files.js';
import { metadataOf, withMetadata } from '../support/model-metadata.js';

const RATE = 16_000;
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-mutants-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Json = Record<string, unknown>;
const engine = { engine: 'wasm', threads: 1 } as const;
const MOST_MS = 3000;
const MOST_BYTES = 100 * 2 ** 20;

let clips: ClipSet;
let own: Uint8Array;
const released = new Uint8Array(
  readFileSync(repositoryFile('test/golden/release-0.1.0/trigger.safetensors')),
);
beforeAll(async () => {
  clips = readClips(shippedClips(20), RATE);
  const model = new TriggerModel({ seed: 3, ...engine });
  await model.fit(clips, { examples: 2, epochs: 1 });
  own = model.toBytes();
  await model.dispose();
});

/** What a value in a description is replaced by: of other kinds, and numbers that are too large or too small. */
const values: readonly unknown[] = [
  ...[null, true, false, '', 'nonsense', '3', '__proto__', [], {}, ['a'], [[1], { a: 1 }], { nonsense: 1 }],
  ...[0, -1, 1, 2, 1.5, 7, 1e-300, 65_536, 2 ** 31 - 1, 2 ** 32, 1e9, 2 ** 53, 1e21, 1e308, -1e308],
];

/** Every place in a description, as the keys that lead there. */
function* places(value: unknown, keys: string[] = []): Generator<string[]> {
  if (keys.length > 0) yield keys;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) yield* places(part, [...keys, key]);
}

/** A description that differs from another at one place; `remove` takes the entry out. */
function changed(description: Json, keys: readonly string[], value: unknown, remove = false): Json {
  const copy = structuredClone(description);
  let parent = copy;
  for (const key of keys.slice(0, -1)) parent = parent[key] as Json;
  if (remove) delete parent[keys.at(-1)!];
  else parent[keys.at(-1)!] = value;
  return copy;
}

/**
 * Opens a model, and listens with it where that succeeds.
 * @returns `refused` or `works`, or what is wrong
 */
async function outcome(bytes: Uint8Array): Promise<string> {
  const before = process.memoryUsage();
  const started = process.cpuUsage();
  let found: string;
  try {
    const model = await TriggerModel.load(bytes, engine);
    found = listened(model);
    await model.dispose();
  } catch (error) {
    if (!(error instanceof SeqkitError)) return `threw ${String(error)}`;
    found = error.code === 'bad-file' ? 'refused' : `threw ${error.code}: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(started);
  const after = process.memoryUsage();
  if ((user + system) / 1000 > MOST_MS) return `took ${(user + system) / 1000} ms`;
  const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed;
  return grown > MOST_BYTES ? `took ${grown} bytes` : found;
}

/** Hears a second at the rate that the model is for. */
function listened(model: TriggerModel): string {
  const { sampleRate } = model.settings.features;
  const random = new Random(1);
  const stream = model.stream({ spectrum: 'fast' });
  let finite = true;
  stream.on('score', ({ score }) => (finite &&= score >= 0 && score <= 1));
  stream.push(Float32Array.from({ length: Math.min(RATE, sampleRate) }, () => 0.1 * random.normal()));
  stream.flush();
  stream.dispose();
  return finite ? 'works' : 'gave a score that is none';
}

/** Counts outcomes, and keeps those that must not be. */
class Tally {
  readonly counts = { refused: 0, works: 0 };
  readonly faults: string[] = [];

  add(found: string, what: string): void {
    if (found === 'refused' || found === 'works') this.counts[found]++;
    else this.faults.push(`${what}: ${found}`);
  }
}

/** Without the digest of the features, so that what is changed in them is looked at itself. */
function describedIn(bytes: Uint8Array): { metadata: Record<string, string>; description: Json } {
  const metadata = metadataOf(bytes);
  const description = JSON.parse(metadata['settings']) as Json;
  delete description['featuresHash'];
  return { metadata, description };
}

describe('the description of a trigger model', () => {
  it.each([
    ['this release', () => own, 0.1],
    ['the first release', () => released, 0.35],
  ])(
    'of %s, changed at one place, is refused or works, soon and in little memory',
    async (_, file, share) => {
      const bytes = file();
      const { metadata, description } = describedIn(bytes);
      expect(await outcome(bytes)).toBe('works');
      const tally = new Tally();
      const attempt = async (mutant: Json, what: string) =>
        tally.add(
          await outcome(withMetadata(bytes, { ...metadata, settings: JSON.stringify(mutant) })),
          what,
        );
      const random = new Random(7);
      for (const keys of places(description)) {
        const name = keys.join('.');
        await attempt(changed(description, keys, undefined, true), `${name} left out`);
        // A part of the values at each place, other ones at each.
        for (const value of values) {
          if (random.uniform() > share) continue;
          await attempt(changed(description, keys, value), `${name} = ${JSON.stringify(value)}`);
        }
      }
      expect(tally.faults).toEqual([]);
      expect(tally.counts.refused).toBeGreaterThan(150);
      expect(tally.counts.works).toBeGreaterThan(20);
    },
    180_000,
  );

  it.each([
    ['features', 'bands', 1e9],
    ['features', 'frameSamples', 2 ** 30],
    ['features', 'hopSamples', 1],
    ['features', 'sampleRate', 1e9],
    ['network', 'filters', 2 ** 31],
    ['network', 'filters', 4096],
    ['network', 'units', 8192],
    ['network', 'kernelFrames', 12],
    ['network', 'strideFrames', 4],
    ['network', 'words', 1000],
    ['firing', 'smoothSteps', 1e9],
    ['firing', 'threshold', 0],
    ['synthesis', 'exampleSeconds', 1e9],
  ])('cannot claim %s.%s of %d', async (part, key, value) => {
    const { metadata, description } = describedIn(own);
    const settings = JSON.stringify(changed(description, [part, key], value));
    const found = await TriggerModel.load(withMetadata(own, { ...metadata, settings }), engine).catch(
      (error: unknown) => error,
    );
    expect(found).toMatchObject({ code: 'bad-file', message: expect.stringContaining('The model') });
  });

  it('with letters exchanged is refused or works', async () => {
    const { metadata, description } = describedIn(own);
    const text = JSON.stringify(description);
    const random = new Random(11);
    const tally = new Tally();
    for (let n = 0; n < 250; n++) {
      const letters = [...text];
      for (let k = 1 + random.integer(3); k > 0; k--) {
        letters[random.integer(letters.length)] = random.choice([...'0123456789eE-+.,:"[]{}truefalsn \\']);
      }
      const settings = letters.join('');
      tally.add(await outcome(withMetadata(own, { ...metadata, settings })), settings);
    }
    expect(tally.faults).toEqual([]);
    expect(tally.counts.refused).toBeGreaterThan(60);
  }, 120_000);

  it('does not name one word twice, nor weights that are no numbers', async () => {
    const { metadata, description } = describedIn(own);
    const settings = JSON.stringify({ ...description, words: ['a', 'a'] });
    await expect(
      TriggerModel.load(withMetadata(own, { ...metadata, settings }), engine),
    ).rejects.toMatchObject({
      code: 'bad-file',
    });
    const damaged = own.slice();
    new DataView(damaged.buffer).setFloat32(damaged.length - 4, NaN, true);
    await expect(TriggerModel.load(damaged, engine)).rejects.toMatchObject({ code: 'bad-file' });
  });
});

describe('the position of a trigger checkpoint', () => {
  it('changed at one place is refused or goes on', async () => {
    const file = path.join(folder, 'training.safetensors');
    const train = async (epochs: number, resume: boolean) => {
      const model = new TriggerModel({ seed: 3, ...engine });
      try {
        const { finalLoss } = await model.fit(clips, {
          ...{ examples: 2, epochs, checkpoint: file, resume },
        });
        return Number.isFinite(finalLoss) ? 'works' : `gave a loss of ${finalLoss}`;
      } catch (error) {
        if (!(error instanceof SeqkitError)) return `threw ${String(error)}`;
        return error.code === 'bad-file' ? 'refused' : `threw ${error.code}: ${error.message}`;
      } finally {
        await model.dispose();
      }
    };
    expect(await train(2, false)).toBe('works');
    const bytes = new Uint8Array(readFileSync(file));
    const metadata = metadataOf(bytes);
    const training = JSON.parse(metadata['training']) as { position: Json };
    const tally = new Tally();
    const random = new Random(3);
    for (const keys of places(training.position)) {
      for (const value of [undefined, ...values]) {
        if (value !== undefined && random.uniform() > 0.15) continue;
        const position = changed(training.position, keys, value, value === undefined);
        const mutant = { ...metadata, training: JSON.stringify({ ...training, position }) };
        writeFileSync(file, withMetadata(bytes, mutant));
        tally.add(await train(2, true), `${keys.join('.')} = ${JSON.stringify(value)}`);
      }
    }
    expect(tally.faults).toEqual([]);
    expect(tally.counts.refused).toBeGreaterThan(25);
    expect(tally.counts.works).toBeGreaterThan(3);
  }, 120_000);
});
