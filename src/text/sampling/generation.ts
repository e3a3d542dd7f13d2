import type { AbortSignalLike } from '../../base/abort-signal.js';
import {
  abortSignal,
  listOf,
  optional,
  optionsSchema,
  someText,
  text as anyText,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import { SeqkitError } from '../../base/errors.js';
import type { Network } from '../../rnn/model/network.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import { candidateRandom, likeliestOf, surprisal } from './candidates.js';
import { distribution, samplingTable, sampleToken, type SamplingOptions } from './sampling.js';
import { promptTokens } from './prompt.js';
import { Spelling } from '../corpus/spelling.js';
import { StopStrings } from './stop-strings.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

export interface GenerateOptions extends SamplingOptions {
  /**
   * Text to go on from. Characters that the model does not know are read in their bytes, or passed over
   * where it has no tokens for those. Without it the text begins as after a line's end. @default ''
   */
  prime?: string;
  /** How many characters to make, at most; the last word or byte pair is cut there. @default 400 */
  length?: number;
  /**
   * A text ends before the first of these; that of a model of lines with its line too. One may stand without
   * an array. @default none
   */
  stop?: string | readonly string[];
  /** The same seed gives the same text. @default 1 */
  seed?: number;
  /**
   * So many are drawn, and the one that is likeliest to the model is kept: that of the fewest nats a character, as
   * the model has them before temperature, cuts and penalty. It then comes in one piece. @default 1
   */
  bestOf?: number;
}

export interface GenerateSamplesOptions extends GenerateOptions {
  /** How many texts to make at once; text i, from 0, is that of the seed + i. @default 1 */
  count?: number;
  /** Ends the generation; what was made until then stays. */
  signal?: AbortSignalLike;
}

/** Stop strings, one alone as an array of one. */
const stopStrings: Schema<string[]> = {
  expected: 'a text, or an array of texts, none of them empty',
  parse(value, name) {
    return typeof value === 'string' ? [someText.parse(value, name)] : listOf(someText).parse(value, name);
  },
};

/** Texts that are made side by side, at most. */
const MAX_AT_ONCE = 65_536;

const generateOptions = optionsSchema<GenerateSamplesOptions>('generate', {
  prime: optional(anyText),
  length: optional(wholeNumber({ min: 0 })),
  stop: optional(stopStrings),
  seed: optional(wholeNumber()),
  count: optional(wholeNumber({ min: 1, max: MAX_AT_ONCE })),
  bestOf: optional(wholeNumber({ min: 1, max: 1_000 })),
  signal: optional(abortSignal),
  ...samplingTable,
});

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, of the wrong kind or out of range */
export function parseGenerateOptions(
  options: unknown,
): Omit<GenerateSamplesOptions, 'stop'> & { stop?: readonly string[] } {
  return generateOptions.parse(options) as ReturnType<typeof parseGenerateOptions>;
}

/** A chunk of one of the texts, as it is made. */
export interface SampleChunk {
  /** Which text, from 0. */
  readonly sample: number;
  readonly text: string;
  /** With `bestOf`: how likely the text is to the model, in nats a character. */
  readonly natsPerCharacter?: number;
}

/** What generation needs of a text model. */
export interface WritingModel {
  readonly model: Network;
  readonly vocabulary: Vocabulary;
  /** Whether a text is a line. */
  readonly lines: boolean;
}

/** One of several texts in the making. */
interface Writing {
  readonly random: Random;
  readonly stops: StopStrings;
  readonly spelling: Spelling;
  /** Tokens that the repetition penalty looks at. */
  readonly recent: number[];
  /** The token that comes next into the model. */
  token: number;
  /** Characters made. */
  made: number;
  /** What came for certain. */
  text: string;
  /** How unlikely all of it was to the model. */
  nats: number;
  /** Characters that these nats are of: a last word that was cut counts whole. */
  judged: number;
}

/**
 * Chunks of several texts, each as soon as it is certain: made side by side, a batch of one time step
 * at a time. An empty list comes where a step made nothing certain.
 * @throws SeqkitError `bad-value` for an option out of range
 */
export function* generateChunks(
  { model, vocabulary, lines }: WritingModel,
  given: GenerateSamplesOptions = {},
): Generator<SampleChunk[], void, void> {
  const options = parseGenerateOptions(given);
  const { prime = '', length = 400, seed = 1, count = 1, stop = [], bestOf = 1 } = options;
  const all = count * bestOf;
  if (all > MAX_AT_ONCE) {
    throw new SeqkitError(
      `count: ${count} and bestOf: ${bestOf} make ${all} texts at once, more than ${MAX_AT_ONCE}.`,
      {
        code: 'usage',
      },
    );
  }
  const prompt = promptTokens(vocabulary, prime, lines);
  const window = options.repetitionWindow ?? 64;
  const texts = Array.from({ length: all }, (_, i): Writing => ({
    random: candidateRandom(seed + Math.floor(i / bestOf), i % bestOf),
    stops: new StopStrings(lines ? [...stop, '\n'] : stop),
    spelling: new Spelling(vocabulary),
    recent: prime === '' ? [] : prompt.slice(-window),
    ...{ token: 0, made: 0, text: '', nats: 0, judged: 0 },
  }));
  const ended = ({ stops, made }: Writing): boolean => stops.stopped || made >= length;
  const stepper = model.stepper({ batch: all });
  try {
    let logits = stepper.step(new Array<number>(all).fill(prompt[0]));
    for (const token of prompt.slice(1)) logits = stepper.step(new Array<number>(all).fill(token));
    const V = vocabulary.size;
    for (let first = true; !texts.every(ended); first = false) {
      if (!first) logits = stepper.step(texts.map(({ token }) => token));
      const chunks: SampleChunk[] = [];
      texts.forEach((each, sample) => {
        if (ended(each)) return;
        const own = all === 1 ? logits : logits.subarray(sample * V, (sample + 1) * V);
        const masked = each.spelling.mask(own);
        each.token = sampleToken(masked, each.random, options, each.recent);
        if (bestOf > 1) each.nats += surprisal(distribution(masked)[each.token]);
        each.recent.push(each.token);
        if (each.recent.length > window) each.recent.shift();
        const piece = each.spelling.push(each.token);
        if (piece === '') return;
        const characters = piece.length === 1 ? [piece] : [...piece];
        const fitting = characters.slice(0, length - each.made);
        each.made += fitting.length;
        each.judged += characters.length;
        const text = each.stops.push(fitting.join(''));
        each.text += text;
        if (text !== '') chunks.push({ sample, text });
      });
      yield bestOf === 1 ? chunks : [];
    }
    const rest = texts.map(({ stops }, sample) => ({ sample, text: stops.end() }));
    if (bestOf === 1) yield rest.filter(({ text }) => text !== '');
    else
      yield bestTexts(
        texts.map(({ text, ...each }, i) => ({ ...each, text: text + rest[i].text })),
        bestOf,
      );
  } finally {
    stepper.dispose();
  }
}

/** Of each `bestOf` candidates the likeliest a character. */
function bestTexts(candidates: readonly Writing[], bestOf: number): SampleChunk[] {
  return Array.from({ length: candidates.length / bestOf }, (_, sample) => {
    const own = candidates.slice(sample * bestOf, (sample + 1) * bestOf);
    const { text, nats, judged } = likeliestOf(own, (each) => each.nats / Math.max(1, each.judged));
    return { sample, text, natsPerCharacter: nats / Math.max(1, judged) };
  });
}

/** `generatePieces` for use while other things go on: others get their turn now and then. */
export async function* generateSlowly(
  source: WritingModel,
  options: GenerateSamplesOptions = {},
): AsyncGenerator<SampleChunk, void, void> {
  const { signal } = parseGenerateOptions(options);
  const eventLoop = new EventLoopYielder();
  for (const chunks of generateChunks(source, options)) {
    await eventLoop.give();
    if (signal?.aborted) return;
    yield* chunks;
  }
}

/**
 * A text in pieces: all at once for those who go through it as it is, and with turns for others in between for those
 * who go through it by `for await`.
 */
export type TextPieces = Generator<string, void, void> & AsyncIterable<string, void, void>;

export function inPieces(pieces: Generator<string, void, void>): TextPieces {
  return Object.assign(pieces, {
    async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
      const eventLoop = new EventLoopYielder();
      for (const piece of pieces) {
        yield piece;
        await eventLoop.give();
      }
    },
  });
}

/** Whole texts, without the prime. */
export function generateTexts(source: WritingModel, options: GenerateSamplesOptions = {}): string[] {
  const { count = 1 } = parseGenerateOptions(options);
  const texts = new Array<string>(count).fill('');
  for (const chunks of generateChunks(source, options)) {
    for (const { sample, text } of chunks) texts[sample] += text;
  }
  return texts;
}
