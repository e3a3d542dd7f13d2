import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ModelSelection,
  validationClips,
  type Validation,
} from '../../src/audio/training/model-selection.js';
import type { ClipSet } from '../../src/audio/clips/clips.js';
import { readClips } from '../../src/audio/clips/read-clips.js';
import { Detector } from '../../src/audio/detection/detector.js';
import { mixNumbered, remix, type ExampleRecord } from '../../src/audio/examples/example-record.js';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { chooseSegments } from '../../src/audio/mixing/segments.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { triggerNetwork } from '../../src/audio/trigger-network.js';
import { triggerPreset } from '../../src/audio/detection/trigger-settings.js';
import { testRecordings } from '../../src/audio/detection/test-recordings.js';
import type { TriggerEpochReport, TriggerFitOptions } from '../../src/audio/training/training-plan.js';
import type { TrainingRecord } from '../../src/audio/training/training-record.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Random } from '../../src/base/math/random.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { shippedClips } from '../support/clip-files.js';

const preset = triggerPreset('standard');
/** Eleven clips of the word are enough to hold some back. */
const choice = { ...preset.training.modelSelection!, share: 0.3, minActivates: 10 };
let clips: ClipSet;

beforeAll(() => {
  clips = readClips(shippedClips(5), 16_000);
});

describe('the pieces of an example', () => {
  it('are running speech and look-alikes as often as asked for', () => {
    const [speech, lookAlikes] = [clips.negatives.slice(0, 3), clips.negatives.slice(3, 6)];
    const settings = { ...preset.synthesis, activateShare: 0, maxNegatives: 1 };
    const random = new Random(3);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 1000; i++) {
      const [{ clip }] = chooseSegments({ ...clips, speech, lookAlikes }, settings, random);
      counts[clip.kind] = (counts[clip.kind] ?? 0) + 1;
      if (clip.kind === 'speech') expect(speech.map(({ name }) => name)).toContain(clip.name);
      if (clip.kind === 'look-alike') expect(lookAlikes.map(({ name }) => name)).toContain(clip.name);
    }
    for (const [kind, share] of [['speech', 0.35], ['look-alike', 0.08], ['spliced', 0.57 * 0.4]] as const)
      expect(Math.abs(counts[kind] / 1000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 1000)); // prettier-ignore
  });
});

describe('clipsToJudgeBy', () => {
  it('parts the clips, the same way for the same seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => validationClips(clips, choice, seed)!);
    for (const kind of ['activates', 'negatives'] as const) {
      const names = [...a.train[kind], ...a.validation[kind]].map(({ name }) => name).sort();
      expect(names).toEqual(clips[kind].map(({ name }) => name).sort());
      expect(a.validation[kind].length).toBeGreaterThan(0);
    }
    const judged = [a, b, c].map(({ validation: judge }) => judge.activates.map(({ name }) => name));
    expect(judged[1]).toEqual(judged[0]);
    expect(judged[2]).not.toEqual(judged[0]);
  });

  it('judges by none of the takes of one person, and trains on all', () => {
    const ownTakes = clips.activates.slice(0, 5);
    const parts = validationClips({ ...clips, ownTakes }, choice, 1)!;
    expect([parts.train.ownTakes, parts.validation.ownTakes]).toEqual([ownTakes, []]);
  });

  it('leaves a few clips to training', () => {
    expect(validationClips(clips, { ...choice, minActivates: 12 }, 1)).toBeUndefined();
  });
});

describe('CheckpointChoice', () => {
  it('averages the last weights where there is nothing to judge by', async () => {
    const network = new Sequential([new Dense({ units: 2 })]);
    await network.build([1, 3]);
    const [layer] = network.layers;
    const settings = { ...choice, averaged: 2 };
    const kept = new ModelSelection({ network, preset, words: ['go'] }, settings, undefined);
    for (const scale of [100, 1, 2]) {
      layer.setWeights([Float32Array.from({ length: 6 }, (_, i) => scale * i), Float32Array.of(scale, 0)]);
      await kept.keep();
    }
    expect(await kept.settle()).toBeUndefined();
    const [kernel, bias] = layer.getWeights();
    expect(Array.from(kernel.data)).toEqual([0, 1.5, 3, 4.5, 6, 7.5]);
    expect(Array.from(bias.data)).toEqual([1.5, 0]);
  });
});

describe('the threshold', () => {
  it('is the lowest that keeps to the rate of false alarms, on clips that were held back', async () => {
    // Untrained, and without the bias by which the word is rare: it fires at anything.
    const network = triggerNetwork(
      { ...preset.network, outputBias: 1 },
      { seed: 2, engine: 'wasm', threads: 1 },
    );
    const extractor = new FeatureExtractor(preset.features, 'fast');
    const frames = extractor.frameCount(6 * 16_000);
    await network.build([frames, 40]);
    const judges = { clips: validationClips(clips, choice, 1)!.validation, seed: 7, examples: 4 };
    // Sixteen examples of six seconds: 113 an hour are three alarms.
    const settings = { ...choice, thresholdAlarmsPerHour: 113 };
    const made = { network, preset, words: ['activate'] };
    const threshold = (await new ModelSelection(made, settings, judges).threshold()) as number;

    const alarms = { here: 0, below: 0 };
    for (let example = 4; example < 20; example++) {
      const number = { seed: 7, example, wordless: true as const };
      const { samples, placed } = mixNumbered(judges.clips, preset.synthesis, number);
      expect(placed.map(({ kind }) => kind)).not.toContain('activate');
      const x = { data: extractor.extract(samples), shape: [1, frames, 40] };
      const { data } = await network.predict(x);
      const detectors = [threshold, 1 / (1 + (1 / threshold - 1) * Math.exp(0.1))].map(
        (level) => new Detector({ threshold: level, smoothSteps: 5, refractorySteps: 33 }),
      );
      for (const logit of data) {
        const [here, below] = detectors.map((detector) => detector.push(1 / (1 + Math.exp(-logit))));
        if (here !== undefined) alarms.here++;
        if (below !== undefined) alarms.below++;
      }
    }
    expect(alarms.here).toBeLessThanOrEqual(3);
    expect(alarms.below).toBeGreaterThan(3);
  });
});

describe('a checkpoint', () => {
  it('is one training at a time, whose process a second is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seqkit-trigger-lock-'));
    const checkpoint = join(folder, 'run.safetensors');
    try {
      const control = new AbortController();
      const fit = (signal: AbortSignal) =>
        new TriggerModel().fit(clips, { examples: 16, epochs: 1, checkpoint, signal });
      const first = fit(control.signal);
      await expect(fit(control.signal)).rejects.toMatchObject({
        code: 'file-access',
        message: expect.stringContaining(
          `${checkpoint} is in use by another run: process ${process.pid}, since `,
        ) as string,
      });
      control.abort();
      await first;
      expect(readdirSync(folder)).not.toContain('.run.safetensors.lock');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('early stopping', () => {
  const train = async (patience: number, given = choice) => {
    const judged: Validation[] = [];
    const model = new TriggerModel({ seed: 4, engine: 'wasm', threads: 1 });
    model.settings.training = { ...preset.training, modelSelection: given };
    model.settings.synthesis.exampleSeconds = 2;
    const { epochs, validation: judgement } = await model.fit(clips, {
      ...{ examples: 16, epochs: 12, patience },
      onEpoch: (report) => judged.push(report.validation!),
    });
    return { judged, epochs, judgement: judgement! };
  };
  /** Whether an epoch was better than all before it. */
  const isBest = (judged: readonly Validation[], epoch: number) =>
    judged
      .slice(0, epoch)
      .every(
        ({ missed, loss }) =>
          judged[epoch].missed < missed || (judged[epoch].missed === missed && judged[epoch].loss < loss),
      );

  it('judges every epoch, and ends with the first that leaves patience behind', async () => {
    const { judged, epochs, judgement } = await train(1);
    expect(judged).toHaveLength(epochs);
    expect(epochs).toBeLessThan(12);
    const best = judged.map((_, epoch) => isBest(judged, epoch));
    expect(best).toEqual([...Array<boolean>(epochs - 1).fill(true), false]);
    expect(judgement.missed).toBeLessThanOrEqual(judged.at(-2)!.missed);
  });

  it('keeps what was best however long ago', async () => {
    const { judged, epochs, judgement } = await train(6, { ...choice, candidates: 2, averaged: 1 });
    const best = judged.map((_, epoch) => isBest(judged, epoch)).lastIndexOf(true);
    expect(epochs).toBe(Math.min(12, best + 1 + 6));
    expect(judgement).toEqual(judged[best]);
  });

  it('needs clips to judge by', async () => {
    await expect(train(2, { ...choice, minActivates: 12 })).rejects.toMatchObject({
      code: 'too-little-data',
      message: expect.stringContaining('there are 11 of the word, expected 12 or more'),
    });
    await expect(train(0)).rejects.toThrow('patience');
    const coursera = new TriggerModel({ preset: 'coursera' });
    const set = { ...clips, sampleRate: 44_100 };
    await expect(coursera.fit(set, { patience: 2 })).rejects.toThrow('judges no epochs');
  });
});

describe('clips that are held out', () => {
  /** One epoch from weights that fire often, so that there are words found, words missed and false alarms. */
  const train = async (options: TriggerFitOptions) => {
    const model = new TriggerModel({ seed: 4, engine: 'wasm', threads: 1 });
    model.settings.synthesis.exampleSeconds = 2;
    model.setThreshold(0.0504);
    await model.fit(
      { ...clips, activates: clips.activates.slice(4) },
      { examples: 16, epochs: 1, ...options },
    );
    return model;
  };

  it('tell what an epoch misses, and where it fires wrongly, as detect finds it', async () => {
    const long = { ...clips.negatives[0], samples: new Float32Array(20 * 16_000) };
    long.samples.set(clips.negatives[0].samples.subarray(0, 16_000), 4 * 16_000);
    long.speech = { start: 4 * 16_000, end: 5 * 16_000 };
    const negatives = [...clips.negatives.slice(0, 2), long];
    const heldOut = { ...clips, activates: clips.activates.slice(0, 4), negatives };
    const told: TriggerEpochReport[] = [];
    const model = await train({ heldOut, onEpoch: (report) => told.push(report) });
    // With few clips nothing is chosen: the weights at the end are those of the epoch.
    // The first ten seconds of other speech are enough.
    const samples = long.samples.subarray(0, 160_000);
    const cut = { ...long, samples, speech: { start: 0, end: 160_000 } };
    const heard = { ...heldOut, negatives: [...negatives.slice(0, 2), cut], backgrounds: clips.backgrounds };
    const counts = { words: 0, found: 0, falseAlarms: 0, seconds: 0 };
    for (const { words, seconds, leadSeconds, ...sound } of testRecordings(heard, { signalToNoiseDb: 10 })) {
      if (clips.backgrounds.some(({ name }) => name === sound.name)) continue;
      counts.seconds += seconds;
      const events = await model.detect(sound, { spectrum: 'fast' });
      const times = events.map(({ timeSeconds }) => timeSeconds - leadSeconds);
      const [end] = words.map(({ endSeconds }) => endSeconds);
      const hits = times.filter((time) => end !== undefined && time >= end - 0.3 && time <= end + 0.8);
      counts.words += words.length;
      counts.found += Math.min(1, hits.length);
      counts.falseAlarms += times.length - Math.min(1, hits.length);
    }
    expect(told).toHaveLength(1);
    const { words, found, falseAlarms, falseAlarmsPerHour, hours } = told[0].heldOut!;
    expect({ words, found, falseAlarms }).toEqual({
      words: 4,
      found: counts.found,
      falseAlarms: counts.falseAlarms,
    });
    expect(3600 * hours).toBeCloseTo(counts.seconds, 6);
    expect(falseAlarmsPerHour).toBeCloseTo((3600 * counts.falseAlarms) / counts.seconds, 6);
    expect(told[0].validation).toBeUndefined();
    // It fires at some of what it hears and at some not: else this would show nothing.
    expect([1, 2, 3]).toContain(counts.found);
    expect(counts.falseAlarms).toBeGreaterThan(0);
  });

  it('change nothing of the weights, and are refused where they are of no use', async () => {
    const heldOut = { ...clips, activates: clips.activates.slice(0, 4) };
    const [told, untold] = [await train({ heldOut, onEpoch: () => undefined }), await train({})];
    expect(Buffer.from(told.toBytes()).equals(untold.toBytes())).toBe(true);
    const wrong = [{ ...heldOut, sampleRate: 8000 }, []] as ClipSet[];
    const errors = await Promise.all(
      wrong.map((set) => train({ heldOut: set }).catch((error: unknown) => error)),
    );
    expect(errors.map((error) => (error as Error).message)).toEqual([
      'The clips are at 8000 Hz, expected 16000.',
      expect.stringContaining('fit: heldOut'),
    ]);
  });
});

describe('a training with renewal and choice', () => {
  const records: ExampleRecord[] = [];
  const epochs: TriggerEpochReport[] = [];
  let record: TrainingRecord;

  beforeAll(async () => {
    const model = new TriggerModel({ seed: 4 });
    model.settings.training = { ...preset.training, modelSelection: choice };
    record = await model.fit(clips, {
      examples: 24,
      epochs: 3,
      onExample: (example) => records.push(example),
      onEpoch: (report) => epochs.push(report),
    });
  });

  it('mixes half of the examples anew before each of two epochs, hard negatives among them', () => {
    expect(records).toHaveLength(24 + 24);
    expect(new Set(records.map(({ example }) => example)).size).toBe(48);
    const hard = records.filter(({ wordless }) => wordless);
    expect(hard).toHaveLength(2);
    expect(record.hardNegatives).toBe(2);
    for (const { placed } of hard) {
      expect(placed.length).toBeGreaterThan(0);
      expect(placed.map(({ kind }) => kind)).not.toContain('activate');
    }
  });

  it('records each so that it can be mixed again, from clips that judge nothing', () => {
    const { train, validation: judge } = validationClips(clips, choice, 4)!;
    for (const example of records.slice(-3)) remix(example, train, preset.synthesis);
    const judges = new Set([...judge.activates, ...judge.negatives].map(({ name }) => name));
    for (const { placed } of records) {
      for (const { sources } of placed) for (const { name } of sources) expect(judges).not.toContain(name);
    }
  });

  it('chooses weights no worse than the best epoch', () => {
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(record.epochs).toBe(3);
    const judged = epochs.map(({ validation: judgement }) => judgement!);
    const best = Math.min(...judged.map(({ missed }) => missed));
    expect(record.validation!.missed).toBeLessThanOrEqual(best);
    const losses = judged.filter(({ missed }) => missed === best).map(({ loss }) => loss);
    if (record.validation!.missed === best)
      expect(record.validation!.loss).toBeLessThanOrEqual(Math.min(...losses));
  });

  it('tells of each epoch on the clips that it judges by', () => {
    const { validation: judge } = validationClips(clips, choice, 4)!;
    const listened = [...judge.activates, ...judge.negatives.slice(0, 10)];
    expect(judge.negatives.length).toBeLessThanOrEqual(10);
    const seconds = listened.reduce((sum, { samples }) => sum + samples.length / 16_000, 0);
    for (const { heldOut } of epochs) {
      expect(heldOut!.words).toBe(judge.activates.length);
      expect(3600 * heldOut!.hours).toBeCloseTo(seconds, 6);
    }
  });
});
