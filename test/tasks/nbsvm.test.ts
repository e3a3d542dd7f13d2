import { describe, expect, it } from 'vitest';
import { SequenceClassifier } from '../../src/tasks/index.js';
import { fitLogCountRatio, presenceRow } from '../../src/tasks/linear/log-count-ratio.js';
import golden from '../golden/nbsvm.json' with { type: 'json' };

const rowOf = (indices: number[]) =>
  presenceRow({ indices: Int32Array.from(indices), values: new Float32Array(0) });

describe('log-count ratios', () => {
  it.each(golden)("have scikit-learn's logits, $classes classes", (problem) => {
    const { classes, features, rows, labels, classWeights, asked, logits } = problem;
    const regression = fitLogCountRatio(
      rows.map(rowOf),
      Int32Array.from(labels),
      { features, classes },
      { C: 1, classWeights: classWeights ?? undefined, tolerance: 1e-7 },
    );
    asked.forEach((indices, n) => {
      regression.logits(rowOf(indices)).forEach((logit, c) => {
        expect(Math.abs(logit - logits[n][c])).toBeLessThan(1e-4);
      });
    });
  });
});

describe('the encoder nbsvm', () => {
  const words = { good: ['fine', 'lovely', 'great', 'warm'], bad: ['dull', 'poor', 'cold', 'weak'] };
  const examples = Array.from({ length: 120 }, (_, i) => {
    const label = i % 2 ? ('good' as const) : ('bad' as const);
    return { text: `a ${words[label][i % 4]} film number ${i % 7}`, label };
  });

  it('learns, is saved, and opens to the same answers', async () => {
    const model = await SequenceClassifier.train(examples, { encoder: 'nbsvm' });
    expect(model.figures.accuracy).toBe(1);
    expect((await model.classify('what a lovely thing')).label).toBe('good');
    const opened = await SequenceClassifier.fromBytes(model.toBytes());
    const asked = ['a dull and cold film', 'great', 'number 3'];
    expect(await opened.classifyAll(asked)).toEqual(await model.classifyAll(asked));
    const [first] = await model.explain('a dull evening');
    expect(first.word).toBe('dull');
  });

  it('takes several classes, and weights for them', async () => {
    const three = examples.map(({ text, label }, i) =>
      i % 3 ? { text, label } : { text: `${text} rain`, label: 'weather' },
    );
    const model = await SequenceClassifier.train(three, { encoder: 'nbsvm', classWeights: 'balanced' });
    expect((await model.classify('rain')).label).toBe('weather');
  });

  it('takes words alone', async () => {
    await expect(
      SequenceClassifier.train(examples, { encoder: 'nbsvm', input: 'characters' }),
    ).rejects.toMatchObject({ code: 'usage', message: "The encoder 'nbsvm' takes words, not characters." });
  });

  it('refuses a file whose parts do not fit', async () => {
    const bytes = (await SequenceClassifier.train(examples, { encoder: 'nbsvm' })).toBytes();
    const text = new TextDecoder('latin1').decode(bytes);
    const at = text.indexOf('ratio_weights');
    const damaged = bytes.slice();
    damaged.set(new TextEncoder().encode('ratio_weighty'), at);
    await expect(SequenceClassifier.fromBytes(damaged, { verify: false })).rejects.toMatchObject({
      code: 'bad-file',
    });
  });
});
