import type { FileSource } from '../../../base/source/file-source.js';
import type { AbortSignalLike } from '../../../base/abort-signal.js';
import { SeqkitError } from '../../../base/errors.js';
import { Random } from '../../../base/math/random.js';
import { abortSignal, flag, optional, optionsSchema, text, wholeNumber } from '../../../base/schema/index.js';
import { EventLoopYielder } from '../../../base/host/yield-to-event-loop.js';
import { samplingTable, type SamplingOptions } from '../../sampling/sampling.js';
import { TextModel, type TextModelOptions } from '../../model/text-model.js';
import type { OpenTextOptions } from '../../model/text-model-options.js';
import type { TextFitOptions, TextHistory } from '../../training/text-training.js';
import { fitOnTunes } from './fit-on-tunes.js';
import { writeSideBySide, type Making } from './composition.js';
import { askedKey } from '../notation/key.js';
import { askedMeter } from '../notation/meter.js';
import { tuneFaults } from '../playback/playing.js';
import { escapedTitle, modelText, playerText, type Tune } from '../notation/tune.js';
import { lineOfText, tuneList } from '../notation/tune-values.js';
import { kindsLike, seenIn, type Seen } from './seen.js';
import type { RedrawnBars } from './voice.js';
import { TuneWriter, type Heading } from './tune-writer.js';
import { textModelOf } from './text-model-of.js';

export interface ComposeOptions extends SamplingOptions {
  /** Such as `D`, `Bm` or `A Dorian`; one that the model has seen. @default what the model likes */
  key?: string;
  /** Such as `4/4`, `6/8` or `C|`. @default what the model likes */
  meter?: string;
  /** Such as `reel`. @default what the model likes */
  type?: string;
  /** @default 'Tune 1' and so on */
  title?: string;
  /** Opening bars in ABC to go on from; `meter` and `key` should be given with them. @default '' */
  prompt?: string;
  /** How many tunes, made side by side; tune i, from 0, is that of the seed + i. @default 1 */
  count?: number;
  /** The same seed gives the same tune. @default 1 */
  seed?: number;
  /** False lets the model write as it likes: its tunes may then be malformed. @default true */
  constrained?: boolean;
  /** The tune ends with the section that is in hand after so many bars. @default 32 */
  maxBars?: number;
  /** Ends the composition; tunes that had come to their end by then stay, the others are left out. */
  signal?: AbortSignalLike;
}

const composeOptions = optionsSchema<ComposeOptions>('compose', {
  key: optional(text),
  meter: optional(text),
  type: optional(text),
  title: optional(lineOfText),
  prompt: optional(text),
  count: optional(wholeNumber({ min: 1 })),
  seed: optional(wholeNumber()),
  constrained: optional(flag),
  maxBars: optional(wholeNumber({ min: 1 })),
  signal: optional(abortSignal),
  ...samplingTable,
});

/** A tune that was composed. */
export interface ComposedTune extends Making {
  readonly title: string;
  /** The tune as an ABC file. */
  readonly abc: string;
  /** Whether it was heard to parse and to play, as each tune made under the constraint is. */
  readonly plays?: true;
  /** Of a `TuneModel`: how much of `removed` would have copied more of the training than `maxCopy` lets it. */
  readonly removedCopies?: number;
  /** Of a `TuneModel`: what was given up in bars that were drawn anew, since the constraint took too much from them. */
  readonly redrawn?: RedrawnBars;
  /** Of a `TuneModel`: how likely it is to the model, in nats a bar. */
  readonly natsPerBar?: number;
}

/** So often a tune that came to a dead end, or does not play, is drawn anew. */
const MAX_DRAWS = 20;

/**
 * A model of tunes in ABC: a `TextModel` of their headers and notes, character by character. A tune is
 * composed under a constraint that masks what would make it malformed, so that it always parses, its bars add up
 * to its meter, and it plays.
 *
 * @example
 * const fiddler = new MusicModel({ units: 128, layers: 2, dropout: 0.3 });
 * await fiddler.fit(readTunes(abc).tunes, { epochs: 30 });
 * const [tune] = await fiddler.compose({ key: 'D', meter: '6/8', seed: 3 });
 */
export class MusicModel {
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
  get seen(): Seen {
    const seen = this.text.extra['music'] as Seen | undefined;
    if (seen) return seen;
    throw new SeqkitError('The music model has not seen any tunes yet.', {
      code: 'usage',
      hint: 'Call fit or load first.',
    });
  }

  /**
   * Trains on tunes, in an order of the model's seed, so that what is held out is of every kind.
   * @throws SeqkitError `too-little-data` where there are none, or they do not fill one batch; `bad-value` for what
   *   is no tune
   */
  async fit(tunes: readonly Tune[], options: TextFitOptions = {}): Promise<TextHistory> {
    const given = tuneList.parse(tunes, 'fit: tunes');
    if (given.length === 0) throw new SeqkitError('There are no tunes.', { code: 'too-little-data' });
    const text = trainingText(given, this.text.seed);
    return fitOnTunes(this.text, { text, unit: 'character', extra: { music: seenIn(given) } }, options);
  }

  /**
   * Composes tunes. Under the constraint each is judged as it would be played; one that came to a dead end, or that
   * players would get wrong, is drawn anew, up to 20 times, without regard to the others. What then is still missing
   * is left out.
   * @throws SeqkitError `bad-value` for a key, meter or type that the model has not seen, for opening
   *   bars that no tune begins with, for an option out of range, or where no tune comes to an end at all
   */
  async compose(options: ComposeOptions = {}): Promise<ComposedTune[]> {
    const given = composeOptions.parse(options);
    const { count = 1, seed = 1, constrained = true, maxBars = 32, prompt = '', title, signal } = given;
    const { key, meter, type, temperature = 0.8, topK, topP, repetitionPenalty, repetitionWindow } = given;
    const { vocabulary } = this.text;
    const headings = this.#headings({ key, meter, type });
    const asked = [key, meter, type].some((wish) => wish !== undefined) || prompt !== '';
    const has = (character: string): boolean => vocabulary.has(character);
    const sampling: SamplingOptions = {
      temperature,
      ...(topK !== undefined && { topK }),
      ...(topP !== undefined && { topP }),
      ...(repetitionPenalty !== undefined && { repetitionPenalty }),
      ...(repetitionWindow !== undefined && { repetitionWindow }),
    };
    const composed = new Map<number, ComposedTune>();
    let missing = Array.from({ length: count }, (_, i) => i);
    let reason: SeqkitError | undefined;
    // The likeliest character is the same at every draw.
    const draws = temperature === 0 ? 1 : MAX_DRAWS;
    const eventLoop = new EventLoopYielder();
    for (let draw = 0; draw < draws && missing.length > 0 && !signal?.aborted; draw++) {
      const writers = missing.map(() => new TuneWriter({ constrained, headings, asked, maxBars, has }));
      const randoms = missing.map((i) => {
        const random = new Random(seed + i);
        return draw === 0 ? random : random.fork(`draw ${draw}`);
      });
      const makings = await writeSideBySide(
        this.text,
        writers,
        { randoms, prompt, signal, ...sampling },
        eventLoop,
      );
      for (const [at, making] of makings.entries()) {
        if (making === undefined) continue;
        const i = missing[at];
        if ('reason' in making) {
          reason ??= making.reason;
          continue;
        }
        const name = title === undefined ? `Tune ${i + 1}` : count === 1 ? title : `${title} ${i + 1}`;
        const tune = {
          ...making,
          title: name,
          abc: `X:${i + 1}\nT:${escapedTitle(name)}\n${playerText(making.text)}`,
        };
        if (!constrained) composed.set(i, tune);
        else if ((await tuneFaults(tune.abc)).length === 0) composed.set(i, { ...tune, plays: true });
        await eventLoop.give();
      }
      missing = missing.filter((i) => !composed.has(i));
    }
    if (composed.size === 0 && !signal?.aborted) throw reason ?? noTune(draws);
    return [...composed].sort(([a], [b]) => a - b).map(([, tune]) => tune);
  }

  #headings(wish: {
    key: string | undefined;
    meter: string | undefined;
    type: string | undefined;
  }): Heading[] {
    const { kinds, keys } = this.seen;
    const key = wish.key === undefined ? undefined : askedKey(wish.key);
    const meter = wish.meter === undefined ? undefined : askedMeter(wish.meter);
    const type = wish.type?.trim().toLowerCase();
    if (key !== undefined && !keys.includes(key)) {
      throw new SeqkitError(`key: the model has seen no tune in ${key}.`, {
        code: 'bad-value',
        hint: `It knows ${keys.join(', ')}.`,
      });
    }
    return kindsLike({ meter, type }, { kinds }).flatMap((kind) =>
      (key === undefined ? keys : [key]).map((each) => ({ ...kind, key: each })),
    );
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
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or no music model
   */
  static async load(from: FileSource, options: OpenTextOptions = {}): Promise<MusicModel> {
    return MusicModel.of(await TextModel.load(from, options), typeof from === 'string' ? from : 'The model');
  }

  static async fromBytes(bytes: Uint8Array, options: OpenTextOptions = {}): Promise<MusicModel> {
    return MusicModel.of(await TextModel.fromBytes(bytes, options), 'The model');
  }

  /**
   * The music model that a text model holds.
   * @param source what it is called in errors
   * @throws SeqkitError `bad-file` where it is none
   */
  static of(model: TextModel, source: string): MusicModel {
    const { music, tunes } = model.extra;
    if (music) return new MusicModel(model);
    if (tunes !== undefined) {
      throw new SeqkitError(`${source} holds a tune model, which writes symbols in place of characters.`, {
        code: 'bad-file',
        hint: 'Open it with TuneModel.load.',
      });
    }
    throw new SeqkitError(`${source} holds a text model, not a music model.`, {
      code: 'bad-file',
      hint: 'Give a file that train-music made.',
    });
  }

  async dispose(): Promise<void> {
    await this.text.dispose();
  }
}

function noTune(draws: number): SeqkitError {
  return new SeqkitError(
    `In ${draws === 1 ? 'one draw' : `${draws} draws`} the model wrote no tune that plays.`,
    {
      code: 'bad-value',
      hint: 'Ask for another key, meter or type, lower the temperature, or train it for longer.',
    },
  );
}

/** The tunes as one text, in an order of the seed. */
function trainingText(tunes: readonly Tune[], seed: number): string {
  return new Random(seed)
    .fork('tunes')
    .shuffle([...tunes])
    .map(modelText)
    .join('');
}
