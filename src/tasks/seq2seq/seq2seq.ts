/// <reference lib="esnext.disposable" preserve="true" />
import { endByUsing } from '../../base/disposal.js';
import { SeqkitError } from '../../base/errors.js';
import { Lifetime } from '../../base/lifetime.js';
import { flag, listOf, optional, optionsSchema, someText, text as anyText } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { Model } from '../../rnn/model/model.js';
import { checkResume, type SequenceHistory } from '../fitting/fit-schedule.js';
import { sequenceEdits } from '../fitting/sequence-edits.js';
import type { Hypothesis } from './beam-search.js';
import { checkedPairs, type TextPair } from './pairs.js';
import { readSeq2Seq, writeSeq2Seq, type Seq2SeqFigures, type Seq2SeqSettings } from './seq2seq-file.js';
import { Seq2SeqNetwork } from './seq2seq-network.js';
import {
  openSeq2SeqOptions,
  seq2SeqFitOptions,
  seq2SeqOptions,
  translateOptions,
  type OpenSeq2SeqOptions,
  type Seq2SeqFitOptions,
  type Seq2SeqOptions,
  type TranslateOptions,
} from './seq2seq-options.js';
import { trainPairs } from './seq2seq-training.js';
import { TokenTable, UNKNOWN } from './token-table.js';
import { Translator } from './translator.js';

/** An answer. */
export interface Translation {
  readonly text: string;
  readonly tokens: readonly string[];
  /** Which tokens were copied from the source, since the model wrote that it knows none. */
  readonly copied: readonly boolean[];
  /** The logarithm of its probability. */
  readonly logProbability: number;
  /** That divided by the length penalty: answers of a beam are sorted by it. */
  readonly score: number;
  readonly sourceTokens: readonly string[];
  /** Of each token the weights of the tokens of the source, which sum to 1. */
  readonly attention: readonly (readonly number[])[];
  /** The other answers of the beam, the best first. */
  readonly alternatives: readonly { readonly text: string; readonly score: number }[];
}

/** How well a model translates. */
export interface Seq2SeqEvaluation {
  readonly pairs: number;
  /** The share of answers that are the target, token by token. */
  readonly exact: number;
  /** Edits from the answers to the targets, over the tokens of the targets. */
  readonly tokenErrorRate: number;
}

const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
const textList = listOf(anyText);

/** Of a source or a target. Time and memory grow with the square. */
const MOST_TOKENS = 2_000;

/** Sources that are translated side by side. */
const SIDE_BY_SIDE = 32;
/** Attention weights that their answers have together at most, where that leaves one. */
const MOST_WEIGHTS = 2 ** 25;

/**
 * From one sequence to another: translation, spelling to sound, dates to dates. An encoder reads the source in both
 * directions, and a decoder writes the target with attention to it (Bahdanau et al. 2015).
 *
 * @example
 * const model = new Seq2Seq({ units: 96, seed: 1 });
 * await model.fit([['3 May 98', '1998-05-03'], ...]);
 * model.translate('12 June 2001').text;
 */
export class Seq2Seq {
  readonly #options: Seq2SeqOptions;
  readonly #lifetime = new Lifetime('The Seq2Seq');
  #model: Model | undefined;
  #settings: Seq2SeqSettings | undefined;
  #translator: Translator | undefined;
  /** What the user should know about the file it came from. */
  notes: readonly string[] = [];
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    endByUsing(this);
  }

  constructor(options?: Seq2SeqOptions) {
    this.#options = seq2SeqOptions.parse(options);
  }

  /** What training came to. @throws SeqkitError `usage` before `fit` or `load` */
  get figures(): Seq2SeqFigures {
    return this.#ready().settings.figures;
  }

  /** How many numbers are trained. @throws SeqkitError `usage` before `fit` or `load` */
  countParameters(): number {
    return this.#ready().model.countParameters();
  }

  /**
   * Trains on pairs. The first call takes its tokens for the vocabularies; a later one goes on with the same weights.
   * @throws SeqkitError `bad-value` for what is no pair, or has more than 2,000 tokens on a side; `too-little-data` for fewer than two; `diverged`
   */
  async fit(pairs: readonly TextPair[], options?: Seq2SeqFitOptions): Promise<SequenceHistory> {
    const given = checkedPairs(pairs, 'fit: pairs');
    const checked = seq2SeqFitOptions.parse(options);
    checkResume(checked);
    if (given.length < 2) {
      throw new SeqkitError(`Training needs at least two pairs; there are ${given.length}.`, {
        code: 'too-little-data',
      });
    }
    return this.#lifetime.during('fit', () => this.#fit(given, checked));
  }

  async #fit(pairs: readonly TextPair[], options: Seq2SeqFitOptions): Promise<SequenceHistory> {
    const { source, target, ...parts } = this.#settings ?? this.#settingsOf(pairs);
    const encoded = pairs.map(([from, to], i) => {
      const [sources, targets] = [source.split(from), target.split(to)];
      checkLength(sources, `fit: pairs[${i}][0]`);
      checkLength(targets, `fit: pairs[${i}][1]`);
      return { source: source.encode(sources), target: target.encode(targets) };
    });
    const { seed = 1 } = this.#options;
    this.#model ??= await this.#newModel(parts.architecture, source, target);
    const model = this.#model;
    const history = await trainPairs(model, encoded, options, { seed, isOver: () => this.#lifetime.ended });
    const heldOutLoss = history.heldOutLoss.at(history.bestEpoch - 1);
    const longest = encoded.reduce((most, pair) => Math.max(most, pair.source.length), 0);
    this.#settings = {
      ...parts,
      ...{ source, target },
      figures: {
        pairs: pairs.length,
        steps: history.steps + (this.#settings?.figures.steps ?? 0),
        loss: history.loss.at(-1) ?? 0,
        ...(heldOutLoss !== undefined && { heldOutLoss }),
        longestSource: longest,
      },
    };
    this.#forgetTranslator();
    return history;
  }

  #settingsOf(pairs: readonly TextPair[]): Omit<Seq2SeqSettings, 'figures'> {
    const { cell = 'gru', units = 128, embeddingDim = 64, dropout = 0.1 } = this.#options;
    const { sourceTokens = 'characters', targetTokens = 'characters' } = this.#options;
    const { lower = false, minCount = 1 } = this.#options;
    const [sources, targets] = [0, 1].map((side) => pairs.map((pair) => pair[side]));
    return {
      architecture: { cell, units, embeddingDim, dropout },
      reading: { sourceTokens, targetTokens, lower, minCount },
      source: TokenTable.of(sources, sourceTokens, lower, minCount),
      target: TokenTable.of(targets, targetTokens, false, minCount),
    };
  }

  async #newModel(
    architecture: Seq2SeqSettings['architecture'],
    source: TokenTable,
    target: TokenTable,
  ): Promise<Model> {
    const { seed = 1, engine = 'auto', threads, onEngine } = this.#options;
    const network = Seq2SeqNetwork.of(architecture, { source: source.size, target: target.size });
    const model = new Model(network.training(), {
      ...{ seed, engine, threads },
      ...(onEngine && { onEngine }),
    });
    await model.build([8], [8]);
    return model;
  }

  /**
   * Translates one text, at once.
   * @throws SeqkitError `usage` before `fit` or `load`; `bad-value` for a text without tokens, or of more than 2,000
   */
  translate(text: string, options?: TranslateOptions): Translation {
    return this.translateAll([anyText.parse(text, 'translate: text')], options)[0];
  }

  /** Translates texts, several side by side. */
  translateAll(texts: readonly string[], options?: TranslateOptions): Translation[] {
    const given = textList.parse(texts, 'translateAll: texts');
    const { beam = 1, lengthPenalty = 0.6, maxLength } = translateOptions.parse(options);
    const { model, settings } = this.#ready();
    const { source } = settings;
    const sources = given.map((text, i) => {
      const tokens = source.split(text);
      checkLength(tokens, `text ${i}`);
      if (tokens.length > 0) return { tokens, numbers: source.encode(tokens) };
      throw new SeqkitError(`There is nothing to translate in text ${i}: it is empty.`, {
        code: 'bad-value',
      });
    });
    const most = (length: number): number => maxLength ?? 2 * length + 16;
    const { cell, units } = settings.architecture;
    this.#translator ??= new Translator(new Seq2SeqNetwork((name) => model.layer(name), { cell }), {
      ...{ units, vocabulary: settings.target.size },
      weights: model.layers.flatMap((layer) => [...layer.weights]),
      engine: this.#options.engine ?? 'auto',
    });
    // Those of about one length side by side.
    const order = sources
      .map((_, i) => i)
      .sort((a, b) => sources[a].tokens.length - sources[b].tokens.length);
    const answers: Translation[] = [];
    for (let at = 0, count; at < order.length; at += count) {
      const fits = (i: number, n: number): boolean => {
        const { length } = sources[i].tokens;
        return n === 0 || (n + 1) * beam * length * most(length) <= MOST_WEIGHTS;
      };
      const next = order.slice(at, at + SIDE_BY_SIDE);
      const over = next.findIndex((i, n) => !fits(i, n));
      const group = over < 0 ? next : next.slice(0, over);
      count = group.length;
      const found = this.#translator.translate(
        group.map((i) => sources[i].numbers),
        { width: beam, lengthPenalty, maxLength: most },
      );
      group.forEach((i, n) => {
        answers[i] = translationOf(found[n], sources[i], settings.target);
      });
    }
    return answers;
  }

  /** Translates the sources of pairs and compares the answers with the targets. */
  evaluate(pairs: readonly TextPair[], options?: TranslateOptions): Seq2SeqEvaluation {
    const given = checkedPairs(pairs, 'evaluate: pairs');
    if (given.length === 0)
      throw new SeqkitError('There are no pairs to measure on.', { code: 'too-little-data' });
    const { target } = this.#ready().settings;
    const answers = this.translateAll(
      given.map(([source]) => source),
      options,
    );
    let [exact, edits, tokens] = [0, 0, 0];
    answers.forEach((answer, i) => {
      const wanted = target.split(given[i][1]);
      const off = sequenceEdits(answer.tokens, wanted);
      if (off === 0) exact++;
      edits += off;
      tokens += wanted.length;
    });
    return { pairs: given.length, exact: exact / given.length, tokenErrorRate: edits / Math.max(1, tokens) };
  }

  /** The model as a file's bytes. */
  toBytes(): Uint8Array {
    const { model, settings } = this.#ready();
    return model.toBytes(writeSeq2Seq(settings));
  }

  /** Writes the model to a file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options?: { force?: boolean }): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    const { model, settings } = this.#ready();
    await model.save(path, { ...writeSeq2Seq(settings), force });
  }

  /**
   * Opens a saved model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options?: OpenSeq2SeqOptions): Promise<Seq2Seq> {
    const { verify = true, ...engine } = openSeq2SeqOptions.parse(options);
    const { model, file, source } = await Model.open(from, { ...engine, verify });
    try {
      const settings = readSeq2Seq(file, source);
      const { architecture, reading } = settings;
      const opened = new Seq2Seq({ ...architecture, ...reading, seed: file.seed, ...engine });
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
    this.#forgetTranslator();
    await this.#model?.dispose();
    this.#model = undefined;
  }

  #forgetTranslator(): void {
    this.#translator?.dispose();
    this.#translator = undefined;
  }

  #ready(): { model: Model; settings: Seq2SeqSettings } {
    this.#lifetime.check();
    if (this.#model && this.#settings) return { model: this.#model, settings: this.#settings };
    throw new SeqkitError('The Seq2Seq has not been trained yet.', {
      code: 'usage',
      hint: 'Call fit or load first.',
    });
  }
}

/** @throws SeqkitError `bad-value` for more tokens than attention is for: each looks at each */
function checkLength({ length }: readonly string[], where: string): void {
  if (length <= MOST_TOKENS) return;
  throw new SeqkitError(
    `${where} has ${length.toLocaleString('en')} tokens, where ${MOST_TOKENS.toLocaleString('en')} is the most.`,
    { code: 'bad-value', hint: 'Give it in parts, such as sentences.' },
  );
}

/** A text to translate, split. */
interface SourceText {
  readonly tokens: readonly string[];
  readonly numbers: readonly number[];
}

function translationOf(answers: readonly Hypothesis[], source: SourceText, target: TokenTable): Translation {
  const [best, ...others] = answers;
  const { tokens, copied } = spelled(best, source, target);
  return {
    text: target.join(tokens),
    ...{ tokens, copied },
    logProbability: best.logProbability,
    score: best.score,
    sourceTokens: source.tokens,
    attention: best.attention.map((weights) => [...weights]),
    alternatives: others.map((answer) => ({
      text: target.join(spelled(answer, source, target).tokens),
      score: answer.score,
    })),
  };
}

/**
 * The tokens of an answer. For an unknown one that of the source with the most attention is copied (Luong et al.
 * 2015b), of those that the model does not know where there are any: what it knows it would have written.
 */
function spelled({ tokens, attention }: Hypothesis, source: SourceText, target: TokenTable) {
  const strange = source.numbers.map((number) => number === UNKNOWN);
  const strangers = strange.includes(true);
  const mostSeen = (weights: Float32Array): string => {
    let best = -1;
    weights.forEach((weight, s) => {
      if (strangers && !strange[s]) return;
      if (best < 0 || weight > weights[best]) best = s;
    });
    return source.tokens[best];
  };
  const copied = tokens.map((token) => token === UNKNOWN);
  return {
    copied,
    tokens: tokens.map((token, t) => (copied[t] ? mostSeen(attention[t]) : target.tokenOf(token))),
  };
}
