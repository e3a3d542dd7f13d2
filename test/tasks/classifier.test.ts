import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { SequenceClassifier, type LabeledExample } from '../../src/tasks/index.js';
import { decodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { decodeTask } from '../../src/tasks/file/task-file.js';

const GOOD = ['fine', 'lovely', 'great', 'moving', 'bright'];
const BAD = ['dull', 'awful', 'tired', 'empty', 'flat'];
const NEUTRAL = ['film', 'story', 'the', 'a', 'with', 'scene', 'actor'];
/** Three words that say nothing about one that does. */
function reviews(count: number, seed: number): { text: string; label: string }[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = i % 2 === 0 ? 'good' : 'bad';
    const words = [
      ...Array.from({ length: 3 }, () => random.choice(NEUTRAL)),
      random.choice(label === 'good' ? GOOD : BAD),
    ];
    return { text: random.shuffle(words).join(' '), label };
  });
}
/** Whether a series rises or falls: no mean or deviation tells. */
function series(count: number, seed: number): LabeledExample[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const length = 6 + random.integer(6);
    const rising = i % 2 === 0;
    const steps = Array.from(
      { length },
      (_, t) => (rising ? t : length - 1 - t) / (length - 1) + random.normal(0, 0.05),
    );
    return { sequence: steps, label: rising ? 'up' : 'down' };
  });
}
const small = {
  units: 8,
  embeddingSize: 8,
  epochs: 15,
  learningRate: 0.02,
  engine: 'wasm',
  seed: 3,
} as const;

describe('SequenceClassifier', () => {
  it('learns texts by n-grams, and says so the same after saving', async () => {
    const model = await SequenceClassifier.train(reviews(80, 1), { encoder: 'linear' });
    expect(model.labels).toEqual(['bad', 'good']);
    expect(model.figures.accuracy).toBe(1);
    expect(model.figures.examples).toBe(80);
    const answer = await model.classify('a lovely film');
    expect(answer.label).toBe('good');
    expect(answer.alternatives.map(({ label }) => label)).toEqual(['good', 'bad']);
    expect(answer.alternatives[0].probability + answer.alternatives[1].probability).toBeCloseTo(1, 6);
    const bytes = model.toBytes();
    const again = await SequenceClassifier.fromBytes(bytes);
    expect(again.figures).toEqual(model.figures);
    expect(await again.classify('a lovely film')).toEqual(answer);
    expect(again.toBytes()).toEqual(bytes);
    const one = await SequenceClassifier.train(reviews(80, 1), { encoder: 'linear' });
    expect(one.toBytes()).toEqual(bytes);
    const [first] = await model.explain('the lovely film with a scene');
    expect(first).toMatchObject({ word: 'lovely', start: 4 });
    expect(first.influence).toBeGreaterThan(0.5);
    await Promise.all([model.dispose(), again.dispose(), one.dispose()]);
    await expect(model.classify('x')).rejects.toThrow('was disposed of');
  });

  it.each([
    { encoder: 'gru' },
    { encoder: 'lstm', bidirectional: true },
    { encoder: 'conv', kernelSize: 3 },
    { encoder: 'gru', pooling: 'attention' },
  ] as const)('learns texts by a network: %j', async (shape) => {
    const model = await SequenceClassifier.train(reviews(120, 1), { ...small, ...shape });
    const judged = await model.evaluate(reviews(60, 2));
    expect(judged.accuracy).toBeGreaterThan(0.95);
    expect(model.figures.history!.loss.length).toBeGreaterThan(1);
    // A text says the same alone and among longer ones.
    const alone = await model.classify('lovely film');
    const [among] = await model.classifyAll([
      'lovely film',
      'the dull scene with a tired actor of a flat story',
    ]);
    expect(among.label).toBe('good');
    expect(among.probability).toBeCloseTo(alone.probability, 5);
    const again = await SequenceClassifier.fromBytes(model.toBytes(), { engine: 'wasm' });
    expect(await again.classify('lovely film')).toEqual(alone);
    await Promise.all([model.dispose(), again.dispose()]);
  });

  it('says the table of auto, and takes a network where means tell nothing', async () => {
    const stages: string[] = [];
    const model = await SequenceClassifier.train(series(90, 1), {
      ...small,
      encoder: 'auto',
      onProgress: ({ stage, epoch }) => void (epoch === undefined && stages.push(stage)),
    });
    const { candidates, baseline } = model.figures;
    expect(candidates!.map(({ encoder }) => encoder)).toEqual(['linear', 'gru', 'conv']);
    expect(candidates![0].accuracy).toBeLessThan(0.8);
    expect(['gru', 'conv']).toContain(model.encoder);
    expect(baseline.accuracy).toBeLessThan(model.figures.accuracy);
    expect(stages).toContain('gru, fold 2 of 3');
    const judged = await model.evaluate(series(50, 2));
    expect(judged.accuracy).toBeGreaterThan(0.95);
    await expect(model.classify([[1, 2]])).rejects.toThrow('2 numbers a time step');
    await expect(model.classify('text')).rejects.toThrow('numbers, one a time step');
    const again = await SequenceClassifier.fromBytes(model.toBytes(), { engine: 'wasm' });
    const given = [0.1, 0.3, 0.6, 0.9];
    expect(await again.classify(given)).toEqual(await model.classify(given));
    await Promise.all([model.dispose(), again.dispose()]);
  });

  it('tells tones by sound, and the baseline beside', async () => {
    const random = new Random(4);
    const tone = (hz: number): LabeledExample => {
      const phase = random.uniform(0, 6);
      const samples = Float32Array.from(
        { length: 4000 },
        (_, t) => 0.3 * Math.sin(phase + (2 * Math.PI * hz * t) / 8000) + random.normal(0, 0.02),
      );
      return { audio: { samples, sampleRate: 8000 }, label: hz < 600 ? 'low' : 'high' };
    };
    const tones = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        tone(i % 2 === 0 ? random.uniform(300, 400) : random.uniform(900, 1200)),
      );
    const model = await SequenceClassifier.train(tones(24), { ...small, encoder: 'conv', epochs: 4 });
    expect(model.input).toBe('sound');
    const judged = await model.evaluate(tones(20));
    expect(judged.accuracy).toBe(1);
    const again = await SequenceClassifier.fromBytes(model.toBytes(), { engine: 'wasm' });
    const { audio } = tone(350) as { audio: { samples: Float32Array; sampleRate: number } };
    expect(await again.classify(audio)).toEqual(await model.classify(audio));
    expect((await again.classify(audio)).label).toBe('low');
    await Promise.all([model.dispose(), again.dispose()]);
  });

  it.each(['characters', 'bytes'] as const)('reads texts as %s', async (input) => {
    const random = new Random(5);
    const genes = (count: number) =>
      Array.from({ length: count }, (_, i) => {
        const letters = Array.from({ length: 20 }, () => random.choice(['A', 'C', 'G', 'T']));
        if (i % 2 === 0) letters.splice(random.integer(15), 5, ...'TATAA');
        return { text: letters.join(''), label: i % 2 === 0 ? 'promoter' : 'other' };
      });
    const model = await SequenceClassifier.train(genes(200), { input, encoder: 'linear' });
    const network = await SequenceClassifier.train(genes(200), {
      ...small,
      input,
      encoder: 'conv',
      units: 16,
    });
    const judged = await model.evaluate(genes(100));
    const own = await network.evaluate(genes(100));
    expect(judged.accuracy).toBeGreaterThan(0.85);
    expect(own.accuracy).toBeGreaterThan(0.8);
    await Promise.all([model.dispose(), network.dispose()]);
  });

  it('abstains below its threshold', async () => {
    const noisy = reviews(200, 1).map((one, i) =>
      i % 5 === 0 ? { ...one, label: i % 2 ? 'good' : 'bad' } : one,
    );
    const model = await SequenceClassifier.train(noisy, {
      encoder: 'linear',
      targetAccuracy: 0.95,
      heldOut: 0.4,
    });
    expect(model.threshold).toBeGreaterThan(0.5);
    const judged = await model.evaluate(noisy, { threshold: 0 });
    expect(judged.answered).toBe(1);
    expect(judged.accuracyOfAnswers).toBe(judged.accuracy);
    model.setThreshold(1);
    expect((await model.classify('film')).abstained).toBe(true);
    expect((await model.classify('film', { threshold: 0 })).abstained).toBe(false);
    const again = await SequenceClassifier.fromBytes(model.toBytes());
    expect(again.threshold).toBe(1);
    await Promise.all([model.dispose(), again.dispose()]);
  });

  it('keeps groups together, and says where that leaves nothing', async () => {
    const examples = reviews(40, 1).map((one, i) => ({ ...one, group: `speaker ${i % 4}` }));
    const model = await SequenceClassifier.train(examples, { encoder: 'linear', heldOut: 0.25 });
    expect(model.figures.heldOutExamples).toBe(10);
    await model.dispose();
    const bound = reviews(40, 1).map((one) => ({ ...one, group: one.label }));
    await expect(SequenceClassifier.train(bound, { encoder: 'linear' })).rejects.toThrow(
      'All examples of the label',
    );
  });

  it('goes on from a checkpoint to the very same file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'classifier-'));
    const path = join(folder, 'run.safetensors');
    const options = { ...small, encoder: 'gru', epochs: 4, patience: 10 } as const;
    const whole = await SequenceClassifier.train(reviews(60, 1), options);
    const stop = new AbortController();
    const stopped = SequenceClassifier.train(reviews(60, 1), {
      ...options,
      ...{ checkpoint: { path, everySteps: 1 }, signal: stop.signal },
      onProgress: ({ epoch }) => void (epoch === 2 && stop.abort()),
    });
    await expect(stopped).rejects.toThrow('was stopped');
    const resumed = await SequenceClassifier.train(reviews(60, 1), {
      ...options,
      ...{ checkpoint: { path }, resume: true },
    });
    const network = (model: SequenceClassifier) => decodeTask(model.toBytes(), 'x').parts.get('network')!;
    const weights = (model: SequenceClassifier) => [...decodeSafetensors(network(model), 'x').tensors];
    expect(weights(resumed)).toEqual(weights(whole));
    await Promise.all([whole.dispose(), resumed.dispose()]);
    rmSync(folder, { recursive: true });
  });
});

describe('wrong use of SequenceClassifier', () => {
  const train = (examples: unknown, options?: object) =>
    SequenceClassifier.train(examples as LabeledExample[], options);

  it.each<[string, unknown, object | undefined, string]>([
    ['no array', 'text', undefined, 'train: examples must be an array of examples'],
    ['nothing', [], undefined, 'train: examples is an empty array'],
    ['no label', [{ text: 'a' }], undefined, 'train: examples[0].label must be text that is not empty'],
    [
      'empty text',
      [{ text: ' ', label: 'a' }],
      undefined,
      'train: examples[0].text must be text with at least one',
    ],
    [
      'two kinds',
      [
        { text: 'a', label: 'a' },
        { sequence: [1], label: 'a' },
      ],
      undefined,
      'examples[1] has sequence, where text is wanted',
    ],
    [
      'both kinds',
      [{ text: 'a', sequence: [1], label: 'a' }],
      undefined,
      'an example with one of text, sequence and audio',
    ],
    [
      'a number that is infinite in 32 bits',
      [{ sequence: [1, 1e39], label: 'a' }],
      undefined,
      'examples[0].sequence[1] must be a finite number, at most 3.4e38, not 1e+39',
    ],
    ['a slip', [{ text: 'a', lable: 'a' }], undefined, 'holds "lable"'],
    [
      'one label',
      [
        { text: 'a', label: 'x' },
        { text: 'b', label: 'x' },
      ],
      undefined,
      'All examples have the label "x"',
    ],
    [
      'one of a label',
      [...reviews(10, 1), { text: 'b', label: 'x' }],
      undefined,
      'The label "x" has one example',
    ],
    [
      'no number',
      [{ sequence: [1, NaN], label: 'a' }],
      undefined,
      'train: examples[0].sequence[1] must be a finite number',
    ],
    ['ragged steps', [{ sequence: [[1], [1, 2]], label: 'a' }], undefined, 'sequence[1] holds 2 numbers'],
    ['an idle option', reviews(10, 1), { encoder: 'linear', units: 8 }, "The encoder 'linear' has no units"],
    ['a slip in an option', reviews(10, 1), { encoders: 'linear' }, 'encoders'],
    ['resume from nowhere', reviews(10, 1), { resume: true }, 'resume needs to know from where'],
    ['two thresholds', reviews(10, 1), { threshold: 0.5, targetAccuracy: 0.9 }, 'not both'],
    ['a weight of no label', reviews(10, 1), { classWeights: { ugly: 2 } }, 'names the label "ugly"'],
    [
      'means of characters',
      reviews(10, 1),
      { input: 'characters', encoder: 'average' },
      "'average' takes words",
    ],
  ])('%s is refused', async (_, examples, options, message) => {
    await expect(train(examples, options)).rejects.toThrow(message);
  });

  it('a label that it does not know is refused where it is judged', async () => {
    const model = await train(reviews(20, 1), { encoder: 'linear' });
    await expect(model.evaluate([{ text: 'a', label: 'ugly' }])).rejects.toThrow(
      'evaluate: examples[0] has the label "ugly", which the model does not know.',
    );
    await model.dispose();
  });
});
