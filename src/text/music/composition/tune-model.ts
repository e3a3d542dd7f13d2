import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SeqkitError } from '../../../base/errors.js';
import { EventLoopYielder } from '../../../base/host/yield-to-event-loop.js';
import { Random } from '../../../base/math/random.js';
import {
  abortSignal,
  flag,
  number,
  optional,
  optionsSchema,
  text,
  wholeNumber,
} from '../../../base/schema/index.js';
import type { FileSource } from '../../../base/source/file-source.js';
import { TextModel, type TextModelOptions } from '../../model/text-model.js';
import type { OpenTextOptions } from '../../model/text-model-options.js';
import { samplingTable, type SamplingOptions } from '../../sampling/sampling.js';
import type { TextFitOptions, TextHistory } from '../../training/text-training.js';
import { copyLimit } from '../copies/copy-limit.js';
import { BarFillings } from '../form/bar-fillings.js';
import { isChordSymbol } from '../form/chord-symbols.js';
import { withJoinedBars } from '../form/joined-bars.js';
import { writtenBars, type Melody } from '../form/melody.js';
import { readMelody } from '../form/read-melody.js';
import { formSymbols, melodySymbols, styleOf, type SymbolStyle } from '../form/tune-symbols.js';
import { writeMelody } from '../form/write-melody.js';
import { escapedTitle, modelText, playerText, type Tune } from '../notation/tune.js';
import { lineOfText, tuneList, tuneValue } from '../notation/tune-values.js';
import { tuneFaults } from '../playback/playing.js';
import { bestTune, type TuneCandidate } from './best-tune.js';
import { fitOnTunes } from './fit-on-tunes.js';
import type { ComposedTune } from './music-model.js';
import { MOST_BARS, planOf, type AskedTune } from './plan-of.js';
import { MAX_DRAWS, outlineOf, randomOf } from './outlines.js';
import { checkSeenTunes, seenTunes, type SeenTunes } from './seen-tunes.js';
import { makeSideBySide, type MadeMelody } from './symbol-composition.js';
import { SymbolText } from './symbol-text.js';
import { textModelOf } from './text-model-of.js';
import { makeTune } from './tune-making.js';

export interface ComposeTuneOptions extends SamplingOptions, AskedTune {
  /** @default 'Tune 1' and so on, or what the given tune is called */
  title?: string;
  /** How many tunes, made side by side; tune i, from 0, is that of the seed + i. @default 1 */
  count?: number;
  /** The same seed gives the same tune. @default 1 */
  seed?: number;
  /**
   * So many are drawn for each tune, and one is kept. First count the figures of the training that it misses: ending on
   * the tonic, and sections of 8 or 16 bars, where most tunes of the training have these; no greater share of leaps over
   * an octave; a range of at most 6 semitones above the mean. Of those that miss the fewest the likeliest to the model a
   * bar is kept. @default 1
   */
  bestOf?: number;
  /**
   * A stretch that is copied from the tunes of the training, in whatever key, is shorter than so many bars, at least 2; 0
   * for no limit. What the user gave is not counted, nor bars that are taken up from it. Files of models that kept no
   * record of the rows of notes in their training have no limit. @default 2
   */
  maxCopy?: number;
  /**
   * A bar is drawn anew, up to 8 times, where the constraint would take more than this share of the probability from a note
   * or bar taken up, above 0; 1 for never, as at temperature 0. @default 0.5, and 1 for files of models that drew type,
   * meter and key themselves, which compose as they did
   */
  maxRemoved?: number;
  /** Ends the composition; tunes that had come to their end by then stay, the others are left out. */
  signal?: AbortSignalLike;
}

const composeOptions = optionsSchema<ComposeTuneOptions>('compose', {
  key: optional(text),
  meter: optional(text),
  type: optional(text),
  form: optional(text),
  bars: optional(wholeNumber({ min: 2, max: MOST_BARS })),
  sections: optional(wholeNumber({ min: 1, max: 12 })),
  progression: optional(text),
  opening: optional(text),
  vary: optional(tuneValue),
  fill: optional(tuneValue),
  title: optional(lineOfText),
  count: optional(wholeNumber({ min: 1 })),
  seed: optional(wholeNumber()),
  bestOf: optional(wholeNumber({ min: 1, max: 1_000 })),
  maxCopy: optional(number({ min: 0 })),
  maxRemoved: optional(number({ above: 0, max: 1 })),
  signal: optional(abortSignal),
  ...samplingTable,
});

const MAX_REMOVED = 0.5;

/** How to train a `TuneModel`. */
export interface TuneFitOptions extends TextFitOptions {
  /**
   * Whether the chord of each bar is learnt too: those that stand over the notes, or in a tune without any those of the
   * rules of `harmonize`. Then tunes are composed with chords, and over a progression. @default as before, at first false
   */
  chords?: boolean;
}

/** A tune that was left out of a training. */
export interface UnlearntTune {
  readonly title: string;
  readonly reason: string;
}

/**
 * A model of tunes that knows their form. A tune is symbols to it: what kind it is, and for each section whether it is
 * repeated and how many bars it has; before each bar how many are left and whether it takes up one before; then
 * the notes, as degrees of the key with their lengths. So it plays in any key, and in a form that is asked for. It is a
 * `TextModel` of one character a symbol. Grace notes, ornaments and slurs are not learnt, chords if asked for.
 *
 * @example
 * const fiddler = new TuneModel({ units: 128, layers: 2, dropout: 0.4 });
 * await fiddler.fit(readTunes(abc).tunes, { minutes: 10 });
 * const [tune] = await fiddler.compose({ form: 'AABB', bars: 8, key: 'Bb', type: 'reel' });
 */
export class TuneModel {
  readonly text: TextModel;

  /** @throws SeqkitError as `TextModel` does */
  constructor(options: TextModelOptions | TextModel = {}) {
    this.text = textModelOf(options);
  }

  /** What the user should know about the file it came from. */
  get notes(): readonly string[] {
    return this.text.notes;
  }

  /** What it was trained on. @throws SeqkitError `usage` before `fit` or `load` */
  get seen(): SeenTunes {
    const seen = this.text.extra['tunes'] as SeenTunes | undefined;
    if (seen) return seen;
    throw new SeqkitError('The tune model has not seen any tunes yet.', {
      code: 'usage',
      hint: 'Call fit or load first.',
    });
  }

  /**
   * Whether it has learnt chords: then it composes with them, and over a progression.
   * @throws SeqkitError `usage` before `fit` or `load`
   */
  get hasChords(): boolean {
    return this.seen.symbols.some(isChordSymbol);
  }

  /**
   * The tunes that `fit` would leave out: they change their meter, or hold a rhythm that is rare; after a first
   * training also those that hold what the model has not learnt.
   * @throws SeqkitError `bad-value` for what is no tune
   */
  unlearntOf(tunes: readonly Tune[]): readonly UnlearntTune[] {
    return this.#read(tuneList.parse(tunes, 'unlearntOf: tunes')).unlearnt;
  }

  #read(
    tunes: readonly Tune[],
    chords?: boolean,
  ): {
    before: SeenTunes | undefined;
    learnt: { melody: Melody; symbols: readonly string[] }[];
    unlearnt: UnlearntTune[];
  } {
    const before = this.text.extra['tunes'] as SeenTunes | undefined;
    const style = styleOf(before?.symbols, chords);
    if (chords !== undefined && chords !== style.chords) throw otherStyle(style);
    const learnt: { melody: Melody; symbols: readonly string[] }[] = [];
    const unlearnt: UnlearntTune[] = [];
    for (const tune of tunes) {
      const melody = readMelody(tune);
      const symbols =
        melody.sections.length === 0
          ? { reason: 'it has no notes' }
          : melodySymbols(withJoinedBars(melody), style);
      const isKnown = Array.isArray(symbols) && symbols.every((symbol) => style.knows(symbol));
      if (!Array.isArray(symbols)) unlearnt.push({ title: tune.title, reason: symbols.reason });
      else if (!isKnown)
        unlearnt.push({ title: tune.title, reason: 'it holds what the model has not learnt' });
      else learnt.push({ melody, symbols });
    }
    return { before, learnt, unlearnt };
  }

  /**
   * Trains on tunes, in an order of the model's seed, so that what is held out is of every kind. Tunes that it cannot
   * learn are left out: see `unlearntOf`.
   * @throws SeqkitError `too-little-data` where there are none, or they do not fill one batch; `bad-value` for what
   *   is no tune; `usage` for chords where the model was trained without, or the other way round
   */
  async fit(tunes: readonly Tune[], options: TuneFitOptions = {}): Promise<TextHistory> {
    const given = tuneList.parse(tunes, 'fit: tunes');
    const { chords, ...fit } = options;
    const { before, learnt, unlearnt } = this.#read(
      given,
      chords === undefined ? undefined : flag.parse(chords, 'fit: chords'),
    );
    if (learnt.length === 0) {
      const why = unlearnt.length === 0 ? '' : ` Of the first, ${unlearnt[0].reason}.`;
      throw new SeqkitError(`There are no tunes that can be learnt.${why}`, { code: 'too-little-data' });
    }
    const table = before
      ? new SymbolText(before.symbols)
      : SymbolText.of([[formSymbols.end], ...learnt.map(({ symbols }) => symbols)]);
    const seen = seenTunes(
      learnt.map(({ melody }) => melody),
      table.symbols,
      before?.rows,
    );
    const shuffled = new Random(this.text.seed).fork('tunes').shuffle(learnt);
    // As after the end of the tune before.
    const text =
      table.character(formSymbols.end) + shuffled.map(({ symbols }) => table.write(symbols)).join('');
    return fitOnTunes(this.text, { text, unit: 'symbol', extra: { tunes: seen } }, fit);
  }

  /**
   * Composes tunes. A note may come only where its bar can then be filled with lengths that the training has at those
   * places; form is as asked for, or drawn as often as it was seen. Each tune is judged as it would be played; one that
   * players would get wrong is drawn anew, up to 20 times. What then is still missing is left out.
   * @throws SeqkitError `bad-value` for a meter, type or mode that the model has not seen, for a form or opening bars
   *   that no tune has, for an option out of range, or where no tune comes to an end at all
   */
  async compose(options: ComposeTuneOptions = {}): Promise<ComposedTune[]> {
    const given = composeOptions.parse(options);
    const { count = 1, seed = 1, bestOf = 1, signal, temperature = 0.8 } = given;
    const { topK = 0, topP = 1, repetitionPenalty = 1, repetitionWindow = 64 } = given;
    const { seen } = this;
    const maxRemoved = temperature === 0 ? 1 : (given.maxRemoved ?? (seen.headings ? MAX_REMOVED : 1));
    const sampling = { temperature, topK, topP, repetitionPenalty, repetitionWindow, signal, maxRemoved };
    const plan = planOf(given, seen);
    const symbols = new SymbolText(seen.symbols);
    const fillings = new Map<string, BarFillings>();
    const known = {
      symbols: seen.symbols,
      copies: copyLimit(given.maxCopy, seen.rows),
      fillings: (meter: string): BarFillings => {
        if (!fillings.has(meter)) fillings.set(meter, new BarFillings(seen.fillings[meter] ?? []));
        return fillings.get(meter)!;
      },
    };
    const title = given.title ?? given.vary?.title ?? given.fill?.title;
    /** Of each tune the candidates that came about. */
    const candidates = new Map<number, TuneCandidate[]>();
    let missing = Array.from({ length: count * bestOf }, (_, i) => i);
    let reason: SeqkitError | undefined;
    // The likeliest symbol is the same at every draw.
    const draws = temperature === 0 ? 1 : MAX_DRAWS;
    const eventLoop = new EventLoopYielder();
    for (let draw = 0; draw < draws && missing.length > 0 && !signal?.aborted; draw++) {
      const makings = missing.map((at) => {
        const ofTune = seed + Math.floor(at / bestOf);
        return {
          // Each time of the same outline, since a making may have to begin anew.
          make: () => makeTune(plan, { ...known, ...outlineOf(seen, { seed: ofTune, draw, temperature }) }),
          random: randomOf(ofTune, at % bestOf, draw),
        };
      });
      const made = await makeSideBySide(this.text, symbols, makings, sampling, eventLoop);
      const left: number[] = [];
      for (const [i, melody] of made.entries()) {
        const at = missing[i];
        const tune = Math.floor(at / bestOf);
        if (melody === undefined) continue;
        if ('reason' in melody) {
          reason ??= melody.reason;
          left.push(at);
          continue;
        }
        const name = title === undefined ? `Tune ${tune + 1}` : count === 1 ? title : `${title} ${tune + 1}`;
        const composed = await composedTune(melody, name, tune + 1);
        if (composed) {
          const candidate = { melody: melody.melody, tune: composed };
          candidates.set(tune, [...(candidates.get(tune) ?? []), candidate]);
        } else left.push(at);
        await eventLoop.give();
      }
      missing = left;
    }
    if (candidates.size === 0 && !signal?.aborted) throw reason ?? noTune(draws);
    return [...candidates].sort(([a], [b]) => a - b).map(([, all]) => bestTune(all, seen.figures));
  }

  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    await this.text.save(path, options);
  }

  toBytes(): Uint8Array {
    return this.text.toBytes();
  }

  /**
   * Opens a saved model.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or no tune model
   */
  static async load(from: FileSource, options: OpenTextOptions = {}): Promise<TuneModel> {
    return TuneModel.of(await TextModel.load(from, options), typeof from === 'string' ? from : 'The model');
  }

  static async fromBytes(bytes: Uint8Array, options: OpenTextOptions = {}): Promise<TuneModel> {
    return TuneModel.of(await TextModel.fromBytes(bytes, options), 'The model');
  }

  /**
   * The tune model that a text model holds.
   * @param source what it is called in errors
   * @throws SeqkitError `bad-file` where it is none
   */
  static of(model: TextModel, source: string): TuneModel {
    const { tunes, music } = model.extra;
    if (tunes !== undefined) {
      checkSeenTunes(tunes, source);
      return new TuneModel(model);
    }
    const other = music === undefined ? 'a text model' : 'a music model of characters';
    throw new SeqkitError(`${source} holds ${other}, not a tune model.`, {
      code: 'bad-file',
      hint: music === undefined ? 'Give a file that train-music made.' : 'Open it with MusicModel.load.',
    });
  }

  async dispose(): Promise<void> {
    await this.text.dispose();
  }
}

/** @returns undefined where it cannot be written, or players would get it wrong */
async function composedTune(
  { melody, choices, nats, ...constraint }: MadeMelody,
  title: string,
  number: number,
): Promise<ComposedTune | undefined> {
  const body = writeMelody(melody);
  if (body === undefined) return undefined;
  const { type, meter, unit, key } = melody;
  const written = modelText({ title, type, meter, unit, key, body });
  const abc = `X:${number}\nT:${escapedTitle(title)}\n${playerText(written)}`;
  if ((await tuneFaults(abc)).length > 0) return undefined;
  return {
    ...{ title, abc, text: written, ...constraint, characters: choices, plays: true },
    natsPerBar: nats / writtenBars(melody).length,
  };
}

function otherStyle({ chords }: SymbolStyle): SeqkitError {
  return new SeqkitError(`The model was trained ${chords ? 'with' : 'without'} chords, and goes on so.`, {
    code: 'usage',
    hint: 'Leave chords out, or train a new model.',
  });
}

function noTune(draws: number): SeqkitError {
  return new SeqkitError(
    `In ${draws === 1 ? 'one draw' : `${draws} draws`} the model wrote no tune that plays.`,
    { code: 'bad-value', hint: 'Ask for another key, meter, type or form, or train it for longer.' },
  );
}
