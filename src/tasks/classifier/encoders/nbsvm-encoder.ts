import { number, parseStored } from '../../../base/schema/index.js';
import type { StoredTensor } from '../../../base/encoding/safetensors.js';
import type { SequenceInput } from '../../examples/sequence-input.js';
import { fitLogCountRatio, presenceRow } from '../../linear/log-count-ratio.js';
import { LogisticRegression } from '../../linear/logistic-regression.js';
import type { NgramOptions } from '../../linear/ngram-options.js';
import type { ClassedInputs, Encoder, EncoderContents } from './encoder.js';
import { RegressionEncoder, type RegressionTraining } from './regression-encoder.js';
import { arrayOf, NgramRows, type StoredRows } from './rows.js';

/** How close to its minimum a regression is trained, and how much its weights are penalized. */
const TRAINING = { C: 1, tolerance: 1e-3 } as const;

/** What the tensors of the ratios are called, since `linear` lies beside them. */
const PREFIX = 'ratio_';

/**
 * The mean of two regressions: `linear`, over TF-IDF weights, and one over log-count ratios of words and pairs of words
 * (Wang and Manning 2012). They err in different texts. Each is divided by the deviation of its logits in training.
 */
export class NbsvmEncoder implements Encoder {
  readonly name = 'nbsvm';

  constructor(
    readonly linear: RegressionEncoder,
    readonly ratioRows: NgramRows,
    readonly ratios: LogisticRegression,
    /** Times which each one's logits count: those of `linear` and those of the ratios. */
    readonly shares: readonly [number, number],
  ) {}

  static async train(
    linear: RegressionEncoder,
    { inputs, classes }: ClassedInputs,
    count: number,
    { classWeights }: RegressionTraining,
    ngrams: NgramOptions,
  ): Promise<NbsvmEncoder> {
    const ratioRows = NgramRows.fit(inputs as readonly string[], { ...ngrams, characters: false });
    const rows = inputs.map((input) => ratioRows.row(input));
    const shape = { features: ratioRows.size, classes: count };
    const ratios = fitLogCountRatio(rows, classes, shape, { ...TRAINING, classWeights });
    const alone = new NbsvmEncoder(linear, ratioRows, ratios, [1, 1]);
    const [own, other] = [deviation(await linear.logits(inputs)), deviation(alone.#ratioLogits(inputs))];
    // Together they are as large as each was, which the temperature begins at.
    const mean = (own + other) / 4;
    return new NbsvmEncoder(linear, ratioRows, ratios, [mean / own, mean / other]);
  }

  get notes(): readonly string[] {
    return [...this.linear.notes, ...this.ratios.notes];
  }

  async logits(inputs: readonly SequenceInput[]): Promise<Float32Array> {
    const [linear, ratios] = [await this.linear.logits(inputs), this.#ratioLogits(inputs)];
    const [a, b] = this.shares;
    return linear.map((logit, i) => a * logit + b * ratios[i]);
  }

  #ratioLogits(inputs: readonly SequenceInput[]): Float32Array {
    const { classes } = this.ratios;
    const out = new Float32Array(inputs.length * classes);
    inputs.forEach((input, n) => {
      out.set(this.ratios.logits(presenceRow(this.ratioRows.row(input))), n * classes);
    });
    return out;
  }

  contents(): EncoderContents {
    const linear = this.linear.contents();
    const ratios = new RegressionEncoder('linear', this.ratioRows, this.ratios).contents();
    const named = Object.entries(ratios.tensors ?? {}).map(([name, tensor]) => [PREFIX + name, tensor]);
    return {
      settings: { ...linear.settings, ratioNgrams: ratios.settings['ngrams'], shares: this.shares },
      tensors: { ...linear.tensors, ...(Object.fromEntries(named) as Record<string, StoredTensor>) },
    };
  }

  /** @throws SeqkitError `bad-file` where its parts do not fit each other */
  static from(classes: number, stored: StoredRows): NbsvmEncoder {
    const { settings, source } = stored;
    const linear = RegressionEncoder.from('linear', NgramRows.from(stored), classes, stored);
    const own: StoredRows = {
      source,
      settings: { ngrams: settings['ratioNgrams'] },
      tensors: new Map(
        [...stored.tensors].flatMap(([name, tensor]): [string, StoredTensor][] =>
          name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), tensor]] : [],
        ),
      ),
    };
    const ratioRows = NgramRows.from(own);
    const weights = arrayOf(own, 'weights', 'F32');
    const state = { settings: { classes, features: ratioRows.size }, arrays: { weights } };
    const given = settings['shares'] as readonly unknown[] | undefined;
    const share = (i: number): number =>
      parseStored(number({ above: 0 }), Array.isArray(given) ? given[i] : undefined, 'its shares', source);
    return new NbsvmEncoder(linear, ratioRows, LogisticRegression.from(state, source), [share(0), share(1)]);
  }

  async dispose(): Promise<void> {
    await this.linear.dispose();
    this.ratioRows.dispose();
  }
}

/** Of numbers whose mean is 0 or does not matter; 1 where all are alike. */
function deviation(numbers: Float32Array): number {
  let [sum, squares] = [0, 0];
  for (const value of numbers) [sum, squares] = [sum + value, squares + value * value];
  const mean = sum / numbers.length;
  return Math.sqrt(Math.max(0, squares / numbers.length - mean * mean)) || 1;
}
