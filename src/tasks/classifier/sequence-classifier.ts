/// <reference lib="esnext.disposable" preserve="true" />
import { endByUsing } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { Lifetime } from '../../base/lifetime.js';
import { fileBytes, number, quoted, someText } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { calibrationReport } from '../evaluation/calibration-report.js';
import { classificationReport } from '../evaluation/classification-report.js';
import { largestOfRows, softmaxRows } from '../evaluation/softmax.js';
import { classesOf, parseExamples, parseInputs, type LabeledExample } from '../examples/labeled-examples.js';
import { describeInput, parseInput, type SequenceInput } from '../examples/sequence-input.js';
import { readTask, saveTask } from '../file/task-file.js';
import { CLASSIFIER_KIND, encodeClassifier, openClassifier } from './classifier-file.js';
import type { ClassifierEvaluation, ClassifierFigures, ClassifierMistake } from './classifier-figures.js';
import {
  classifyOptions,
  evaluateOptions,
  explainOptions,
  loadOptions,
  saveOptions,
  type ClassifierEvaluateOptions,
  type ClassifierLoadOptions,
  type ClassifierTrainOptions,
  type ClassifyOptions,
} from './classifier-options.js';
import { trainClassifier, type ClassifierParts } from './classifier-training.js';
import type { EncoderName } from './encoders/encoder.js';
import { KIND_OF_INPUT, type InputName } from './encoders/reader-choice.js';
import { withoutEachWord, type Influence } from './influence.js';

/** A label with its probability. */
export interface ScoredLabel {
  readonly label: string;
  readonly probability: number;
}

/** What a classifier says of a sequence. */
export interface Classification extends ScoredLabel {
  /** Whether the probability is below the threshold: the label is not to be relied on. */
  readonly abstained: boolean;
  /** All labels, or the first `top`, the likeliest first. */
  readonly alternatives: readonly ScoredLabel[];
}

const probability = number({ min: 0, max: 1 });
const LONGEST_SHOWN = 300;

/**
 * Tells which class a sequence is of: text, numbers, or sound.
 *
 * @example
 * const model = await SequenceClassifier.train([{ text: 'what a film', label: 'good' }, ...]);
 * await model.classify('a fine film'); // { label: 'good', probability: 0.93, ... }
 */
export class SequenceClassifier {
  static {
    endByUsing(this);
  }

  /** Where the platform has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** In the order of the alphabet. */
  readonly labels: readonly string[];
  /** What a sequence is read as. */
  readonly input: InputName;
  readonly seed: number;
  /** What is known of it from its training. */
  readonly figures: ClassifierFigures;
  /** What the user should know about its training, or the file it came from. */
  notes: readonly string[] = [];
  readonly #lifetime = new Lifetime('The classifier');
  readonly #parts: ClassifierParts;
  #threshold: number;

  private constructor(parts: ClassifierParts) {
    this.#parts = parts;
    this.labels = parts.labels;
    this.input = parts.input;
    this.seed = parts.seed;
    this.figures = parts.figures;
    this.#threshold = parts.threshold;
    this.notes = parts.encoder.notes ?? [];
  }

  /**
   * Learns from examples, all with text, all with numbers, or all with sound.
   * @throws SeqkitError `bad-value` or `bad-shape` that names the first faulty example; `too-little-data` for a label
   *   with one example; `usage`; `diverged`; `stopped`
   */
  static async train(
    examples: readonly LabeledExample[],
    options: ClassifierTrainOptions = {},
  ): Promise<SequenceClassifier> {
    return new SequenceClassifier(await trainClassifier(examples, options));
  }

  /** What makes its class scores. */
  get encoder(): EncoderName {
    return this.#parts.encoder.name;
  }

  /** What logits are divided by, so that probabilities keep what they say. */
  get temperature(): number {
    return this.#parts.temperature;
  }

  /** Below this probability it abstains. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Sets the threshold; `save` stores it. @throws SeqkitError `bad-value` */
  setThreshold(threshold: number): void {
    this.#lifetime.check();
    this.#threshold = probability.parse(threshold, 'setThreshold: threshold');
  }

  /**
   * Tells the class of one sequence.
   * @throws SeqkitError `bad-value` where it is empty or of another kind than those trained on
   */
  async classify(input: SequenceInput, options: ClassifyOptions = {}): Promise<Classification> {
    this.#lifetime.check();
    const known = classifyOptions.parse(options);
    const own = parseInput(KIND_OF_INPUT[this.input], input, 'classify: input');
    const [answer] = await this.#answers([own], known);
    return answer;
  }

  /** Tells the class of each of several sequences, side by side, which is sooner than one by one. */
  async classifyAll(
    inputs: readonly SequenceInput[],
    options: ClassifyOptions = {},
  ): Promise<Classification[]> {
    this.#lifetime.check();
    const known = classifyOptions.parse(options, 'classifyAll');
    return this.#answers(parseInputs(inputs, 'classifyAll: inputs', KIND_OF_INPUT[this.input]), known);
  }

  async #answers(
    inputs: readonly SequenceInput[],
    { top = this.labels.length, threshold = this.#threshold }: ClassifyOptions,
  ): Promise<Classification[]> {
    const rows = await this.#probabilities(inputs);
    const C = this.labels.length;
    return inputs.map((_, n) => {
      const scored = this.labels.map((label, c) => ({ label, probability: rows[n * C + c] }));
      scored.sort((a, b) => b.probability - a.probability);
      const [best] = scored;
      const abstained = best.probability < threshold;
      return { ...best, abstained, alternatives: scored.slice(0, top) };
    });
  }

  /** (N, C), row by row. */
  async #probabilities(inputs: readonly SequenceInput[]): Promise<Float32Array> {
    const { encoder, temperature } = this.#parts;
    return softmaxRows(await encoder.logits(inputs), this.labels.length, temperature);
  }

  /**
   * Judges the classifier by examples that it was not trained on.
   * @throws SeqkitError `bad-value` for a label that it does not know, and as `train`
   */
  async evaluate(
    examples: readonly LabeledExample[],
    options: ClassifierEvaluateOptions = {},
  ): Promise<ClassifierEvaluation> {
    this.#lifetime.check();
    const { threshold = this.#threshold, mistakes: most = 20 } = evaluateOptions.parse(options);
    const where = 'evaluate: examples';
    const { inputs, given: labels, names } = parseExamples(examples, where, KIND_OF_INPUT[this.input]);
    const truth = classesOf(labels, this.labels, where);
    const rows = await this.#probabilities(inputs);
    const C = this.labels.length;
    const given = largestOfRows(rows, C);
    const sure = Float32Array.from(given, (c, n) => rows[n * C + c]);
    const right = Array.from(given, (c, n) => c === truth[n]);
    const answered = right.filter((_, n) => sure[n] >= threshold);
    const mistakes = right
      .flatMap((isRight, n): ClassifierMistake[] => {
        if (isRight) return [];
        const input = shortened(describeInput(inputs[n]));
        const name = names[n];
        return [
          {
            ...{ index: n, input, label: labels[n], given: this.labels[given[n]], probability: sure[n] },
            ...(name !== undefined && { name }),
          },
        ];
      })
      .sort((a, b) => b.probability - a.probability);
    return {
      ...classificationReport(this.labels, truth, given),
      calibration: calibrationReport(sure, right),
      answered: answered.length / right.length,
      accuracyOfAnswers: answered.length === 0 ? 0 : answered.filter(Boolean).length / answered.length,
      mistakes: mistakes.slice(0, most),
    };
  }

  /**
   * The words that decided: how much the logit of a label, against the mean of the others, falls without each word
   * (Li, Monroe and Jurafsky 2016, "Understanding neural networks through representation erasure"). The most important
   * first; a negative influence spoke against the label.
   * @param options.label @default the one that the text is given
   * @param options.top @default all words
   * @throws SeqkitError `usage` where the classifier does not take text
   */
  async explain(text: string, options: { label?: string; top?: number } = {}): Promise<Influence[]> {
    this.#lifetime.check();
    const { label, top } = explainOptions.parse(options);
    if (KIND_OF_INPUT[this.input] !== 'text') {
      throw new SeqkitError('Only the words of texts are explained.', { code: 'usage' });
    }
    const own = parseInput('text', text, 'explain: text') as string;
    const { encoder } = this.#parts;
    const given = label ?? (await this.classify(own)).label;
    const place = this.labels.indexOf(given);
    if (place < 0) {
      throw new SeqkitError(`explain: label is ${quoted(given)}, which the model does not know.`, {
        code: 'bad-value',
        hint: `Its labels are ${this.labels.slice(0, 20).map(quoted).join(', ')}.`,
      });
    }
    const influences = await withoutEachWord(encoder, own, place, this.labels.length);
    return influences.slice(0, top);
  }

  /** The model as the bytes of one safetensors file. */
  toBytes(): Uint8Array {
    this.#lifetime.check();
    return encodeClassifier({ ...this.#parts, threshold: this.#threshold });
  }

  /** Writes one safetensors file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    this.#lifetime.check();
    someText.parse(path, 'save: path');
    await saveTask(path, this.toBytes(), saveOptions.parse(options));
  }

  /**
   * Opens a classifier.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options: ClassifierLoadOptions = {}): Promise<SequenceClassifier> {
    return SequenceClassifier.#open(from, loadOptions.parse(options));
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(
    bytes: Uint8Array,
    options: ClassifierLoadOptions = {},
  ): Promise<SequenceClassifier> {
    const given = fileBytes.parse(bytes, 'fromBytes: bytes');
    return SequenceClassifier.#open(given, loadOptions.parse(options, 'fromBytes'));
  }

  static async #open(from: FileSource, options: ClassifierLoadOptions): Promise<SequenceClassifier> {
    const { verify = true, engine, threads, embedding } = options;
    const { file, source } = await readTask(from, CLASSIFIER_KIND, { verify });
    const runs = { ...(engine && { engine }), ...(threads !== undefined && { threads }) };
    const model = new SequenceClassifier(await openClassifier(file, source, runs, embedding));
    model.notes = file.notes;
    return model;
  }

  /** Frees the memory of the model; every other method throws after it. */
  async dispose(): Promise<void> {
    if (this.#lifetime.ended) return;
    await this.#lifetime.end();
    await this.#parts.encoder.dispose();
    await this.#parts.heard.dispose();
  }
}

function shortened(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}...`;
}
