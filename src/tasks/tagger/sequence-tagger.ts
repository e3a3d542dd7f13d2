/// <reference lib="esnext.disposable" preserve="true" />
import { endByUsing } from '../../base/disposal.js';
import { Fingerprint } from '../../base/encoding/fingerprint.js';
import { SeqkitError } from '../../base/errors.js';
import { Lifetime } from '../../base/lifetime.js';
import { flag, listOf, optional, optionsSchema, someText } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import type { CRF } from '../../rnn/layers/crf.js';
import { CRFLoss } from '../../rnn/losses/crf-loss.js';
import { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import { fitInBuckets } from '../fitting/fit-in-buckets.js';
import { checkResume, type SequenceHistory } from '../fitting/fit-schedule.js';
import { lengthBuckets, orderedBatches } from '../fitting/length-buckets.js';
import { entitiesOf, tagFigures, type Entity, type TagFigures } from './entities.js';
import { checkedSequences, type TaggedSequence } from './tagged-sequences.js';
import { readTagger, writeTagger, type TaggerFigures, type TaggerSettings } from './tagger-file.js';
import { taggerGraph } from './tagger-network.js';
import {
  openTaggerOptions,
  taggerFitOptions,
  taggerOptions,
  type OpenTaggerOptions,
  type SequenceTaggerOptions,
  type TaggerFitOptions,
} from './tagger-options.js';
import { FEATURES, FeatureTable } from './token-features.js';
import { viterbi } from './viterbi.js';

/** A sequence with what was found in it. */
export interface Tagged extends TaggedSequence {
  /** What the tags mark, where they have the forms `B-type` and `I-type`. */
  readonly entities: readonly Entity[];
}

const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
const tokenList = listOf(someText, { min: 1, max: 100_000 });
const DEFAULTS = { epochs: 20, batchSize: 16, learningRate: 5e-3 } as const;

/** Sequences that are tagged side by side. */
const SIDE_BY_SIDE = 32;

/**
 * A tag for each token: entities (B, I, O), parts of speech, motifs. A bidirectional recurrent network with a
 * conditional random field at its end (Huang et al. 2015).
 *
 * @example
 * const tagger = new SequenceTagger({ seed: 1 });
 * await tagger.fit([{ tokens: ['to', 'Rome', 'now'], tags: ['O', 'B-place', 'O'] }, ...]);
 * (await tagger.tag(['from', 'Oslo'])).entities;
 */
export class SequenceTagger {
  readonly #options: SequenceTaggerOptions;
  readonly #lifetime = new Lifetime('The SequenceTagger');
  #model: Model | undefined;
  #settings: TaggerSettings | undefined;
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    endByUsing(this);
  }

  constructor(options?: SequenceTaggerOptions) {
    this.#options = taggerOptions.parse(options);
  }

  /** The tags it knows. @throws SeqkitError `usage` before `fit` or `load` */
  get labels(): readonly string[] {
    return this.#ready().settings.labels;
  }

  /** What training came to. @throws SeqkitError `usage` before `fit` or `load` */
  get figures(): TaggerFigures {
    return this.#ready().settings.figures;
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before `fit` or `load` */
  countParameters(): number {
    return this.#ready().model.countParameters();
  }

  /**
   * Trains on sequences. The first call takes their words and tags; a later one goes on with the same weights.
   * @throws SeqkitError `bad-value` for what is no sequence, and for a tag that came later; `too-little-data`
   */
  async fit(sequences: readonly TaggedSequence[], options?: TaggerFitOptions): Promise<SequenceHistory> {
    const given = checkedSequences(sequences, 'fit: sequences');
    const checked = taggerFitOptions.parse(options);
    checkResume(checked);
    if (given.length < 2) {
      throw new SeqkitError(`Training needs at least two sequences; there are ${given.length}.`, {
        code: 'too-little-data',
      });
    }
    return this.#lifetime.during('fit', () => this.#fit(given, checked));
  }

  async #fit(sequences: readonly TaggedSequence[], options: TaggerFitOptions): Promise<SequenceHistory> {
    const parts = this.#settings ?? this.#settingsOf(sequences);
    const { architecture, tables, labels } = parts;
    if (labels.length < 2) {
      throw new SeqkitError(`All tokens have the tag "${labels[0]}".`, {
        code: 'too-little-data',
        hint: 'Give sequences with at least two tags.',
      });
    }
    const numbers = new Map(labels.map((label, i) => [label, i]));
    const targets = sequences.map(({ tags }, n) =>
      tags.map((tag) => {
        const number = numbers.get(tag);
        if (number !== undefined) return number;
        throw new SeqkitError(`fit: sequences[${n}] has the tag "${tag}", which the model does not know.`, {
          code: 'bad-value',
          hint: 'Train a new model on all tags.',
        });
      }),
    );
    const { seed = 1, engine = 'auto', threads, onEngine } = this.#options;
    if (!this.#model) {
      this.#model = new Model(taggerGraph(architecture, tables, labels.length), {
        ...{ seed, engine, threads },
        ...(onEngine && { onEngine }),
      });
      await this.#model.build(...FEATURES.map(() => [8]));
    }
    const model = this.#model;
    const history = await fitInBuckets(
      {
        ...{ model, seed },
        loss: architecture.crf ? new CRFLoss({ layer: crfOf(model) }) : 'sparseCategoricalCrossentropy',
        isOver: () => this.#lifetime.ended,
        lengths: sequences.map(({ tokens }) => [tokens.length]),
        // The loss of a CRF is one number a sequence.
        describe: () => ({ 'the sequences': fingerprintOf(sequences), crf: architecture.crf }),
        weight: (i) => (architecture.crf ? 1 : sequences[i].tokens.length),
        batch: ({ examples, lengths: [T] }) => ({
          x: inputsOf(
            tables,
            examples.map((i) => sequences[i].tokens),
            T,
          ),
          y: paddedTensor(
            examples.map((i) => targets[i]),
            T,
          ),
        }),
      },
      options,
      DEFAULTS,
    );
    const heldOutLoss = history.heldOutLoss.at(history.bestEpoch - 1);
    this.#settings = {
      ...{ architecture, tables, labels },
      figures: {
        sequences: sequences.length,
        steps: history.steps + (this.#settings?.figures.steps ?? 0),
        loss: history.loss.at(-1) ?? 0,
        ...(heldOutLoss !== undefined && { heldOutLoss }),
      },
    };
    return history;
  }

  #settingsOf(sequences: readonly TaggedSequence[]): Omit<TaggerSettings, 'figures'> {
    const { cell = 'lstm', units = 64, embeddingDim = 64, dropout = 0.3, crf = true } = this.#options;
    const tokens = sequences.flatMap((one) => one.tokens);
    return {
      architecture: { cell, units, embeddingDim, dropout, crf },
      tables: FEATURES.map((feature) => FeatureTable.of(feature, tokens)),
      labels: [...new Set(sequences.flatMap(({ tags }) => tags))].sort(),
    };
  }

  /** Tags one sequence. @param tokens its words, or whatever was trained on */
  async tag(tokens: readonly string[]): Promise<Tagged> {
    return (await this.tagAll([tokenList.parse(tokens, 'tag: tokens')]))[0];
  }

  /** Tags sequences, several side by side. */
  async tagAll(sequences: readonly (readonly string[])[]): Promise<Tagged[]> {
    const given = listOf(tokenList).parse(sequences, 'tagAll: sequences');
    const { model, settings } = this.#ready();
    const { tables, labels, architecture } = settings;
    const K = labels.length;
    const none = new Float64Array(K);
    const [transitions, start, end] = architecture.crf
      ? crfOf(model)
          .getWeights()
          .map(({ data }) => data)
      : [new Float64Array(K * K), none, none];
    const answers: Tagged[] = [];
    if (given.length === 0) return answers;
    const buckets = lengthBuckets(
      given.map(({ length }) => [length]),
      SIDE_BY_SIDE,
    );
    for (const { examples, lengths } of orderedBatches(buckets, SIDE_BY_SIDE)) {
      const x = inputsOf(
        tables,
        examples.map((i) => given[i]),
        lengths[0],
      );
      const { data } = await model.predict(x, { batchSize: Math.min(SIDE_BY_SIDE, given.length) });
      examples.forEach((i, n) => {
        const from = n * lengths[0] * K;
        const scores = data.subarray(from, from + given[i].length * K);
        const tags = viterbi(scores, { transitions, start, end }).labels.map((label) => labels[label]);
        answers[i] = { tokens: given[i], tags, entities: entitiesOf(tags) };
      });
    }
    return answers;
  }

  /** Tags sequences and compares with their tags; entities are counted as conlleval does. */
  async evaluate(sequences: readonly TaggedSequence[]): Promise<TagFigures> {
    const given = checkedSequences(sequences, 'evaluate: sequences');
    if (given.length === 0) {
      throw new SeqkitError('There are no sequences to measure on.', { code: 'too-little-data' });
    }
    const found = await this.tagAll(given.map(({ tokens }) => tokens));
    return tagFigures(
      given.map(({ tags }) => tags),
      found.map(({ tags }) => tags),
    );
  }

  /** The model as a file's bytes. */
  toBytes(): Uint8Array {
    const { model, settings } = this.#ready();
    return model.toBytes(writeTagger(settings));
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options?: { force?: boolean }): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    const { model, settings } = this.#ready();
    await model.save(path, { ...writeTagger(settings), force });
  }

  /**
   * Opens a saved model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options?: OpenTaggerOptions): Promise<SequenceTagger> {
    const { verify = true, ...engine } = openTaggerOptions.parse(options);
    const { model, file, source } = await Model.open(from, { ...engine, verify });
    try {
      const settings = readTagger(file, source);
      const opened = new SequenceTagger({ ...settings.architecture, seed: file.seed, ...engine });
      opened.#model = model;
      opened.#settings = settings;
      opened.notes = file.notes;
      return opened;
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  /** Frees the memory of the engine; a training that goes on ends first. */
  async dispose(): Promise<void> {
    await this.#lifetime.end();
    await this.#model?.dispose();
    this.#model = undefined;
  }

  #ready(): { model: Model; settings: TaggerSettings } {
    this.#lifetime.check();
    if (this.#model && this.#settings) return { model: this.#model, settings: this.#settings };
    throw new SeqkitError('The SequenceTagger has not been trained yet.', {
      code: 'usage',
      hint: 'Call fit or load first.',
    });
  }
}

function crfOf(model: Model): CRF {
  return model.layer('crf') as CRF;
}

function fingerprintOf(sequences: readonly TaggedSequence[]): string {
  const all = new Fingerprint();
  for (const { tokens, tags } of sequences) all.add(JSON.stringify([tokens, tags]));
  return all.toString();
}

/** What is seen of the tokens, (N, T) for each feature, padded behind. */
function inputsOf(
  tables: readonly FeatureTable[],
  sequences: readonly (readonly string[])[],
  time: number,
): Tensor[] {
  return tables.map((table) => ({
    data: Int32Array.from(sequences.flatMap((tokens) => table.encode(tokens, time))),
    shape: [sequences.length, time],
  }));
}

/** Rows (N, T), filled up with 0 behind. */
function paddedTensor(rows: readonly (readonly number[])[], time: number): Tensor {
  const data = new Int32Array(rows.length * time);
  rows.forEach((row, n) => {
    data.set(row, n * time);
  });
  return { data, shape: [rows.length, time] };
}
