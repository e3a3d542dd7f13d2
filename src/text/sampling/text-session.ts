/// <reference lib="esnext.disposable" preserve="true" />
import { endByUsing } from '../../base/disposal.js';
import { Lifetime } from '../../base/lifetime.js';
import {
  flag,
  instanceOf,
  number,
  optional,
  optionsSchema,
  schemaOf,
  text as anyText,
  wholeNumber,
} from '../../base/schema/index.js';
import { knownNetworks } from '../../rnn/model/known-models.js';
import type { Network } from '../../rnn/model/network.js';
import { Random } from '../../base/math/random.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import { distribution, samplingOptions, sampleToken, type SamplingOptions } from './sampling.js';
import { promptTokens, readableTokens } from './prompt.js';
import { Spelling } from '../corpus/spelling.js';
import { Vocabulary } from '../corpus/vocabulary.js';

/** What may come next, and how likely it is. */
export interface NextCharacter {
  /** A character, a word or a byte pair; or a byte such as `<E9>`, or the upper or lower half of one, `<E_>`, `<_9>`. */
  readonly character: string;
  readonly probability: number;
}

const sessionParts = optionsSchema<{ model: Network; vocabulary: Vocabulary; lines: boolean }>(
  'TextSession',
  {
    model: schemaOf<Network>('a Sequential', (value) => knownNetworks.has(value as object)),
    vocabulary: instanceOf(Vocabulary, 'a Vocabulary'),
    lines: flag,
  },
);

const predictOptions = optionsSchema<Pick<SamplingOptions, 'temperature'>>('predict', {
  temperature: optional(number({ above: 0 })),
});

/**
 * A text in the making whose recurrent state stays: what was fed or made before is remembered.
 *
 * @example
 * const session = model.session({ seed: 3 });
 * session.feed('To be, or not to ');
 * session.predict().slice(0, 3);      // the three likeliest characters
 * session.next({ temperature: 0.8 }); // draws one, and goes on from it
 */
export class TextSession {
  readonly vocabulary: Vocabulary;
  /** Disposes of it at the end of a block that has it by `using`, where the platform knows of that. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #lifetime = new Lifetime('The session');
  readonly #stepper: Stepper;
  readonly #random: Random;
  readonly #prompt: readonly number[];
  /** Of a model of lines: each line begins from zero state. */
  readonly #lineFeed: number | undefined;
  #spelling: Spelling;
  #logits: Float32Array | undefined;
  #tokens: number[] = [];

  /** Use `model.session()`. */
  constructor(parts: { model: Network; vocabulary: Vocabulary; lines: boolean }, seed: number) {
    const { model, vocabulary, lines } = sessionParts.parse(parts);
    wholeNumber().parse(seed, 'TextSession: seed');
    this.vocabulary = vocabulary;
    this.#random = new Random(seed);
    this.#stepper = model.stepper();
    this.#prompt = promptTokens(vocabulary, '');
    this.#lineFeed = lines ? vocabulary.encode('\n')[0] : undefined;
    this.#spelling = new Spelling(vocabulary);
  }

  /**
   * Reads text. Words and byte pairs do not reach from one call to the next.
   * @returns the characters that the model does not know, each once: it reads their bytes, or on without
   *   them where it has no tokens for those
   */
  feed(text: string): string[] {
    this.#lifetime.check();
    anyText.parse(text, 'feed: text');
    for (const token of readableTokens(this.vocabulary, text)) this.#step(token);
    return this.vocabulary.unknownIn(text);
  }

  /** What may come next, the likeliest first. @param options.temperature above 0 @default 1 */
  predict(options: Pick<SamplingOptions, 'temperature'> = {}): NextCharacter[] {
    this.#lifetime.check();
    const { temperature = 1 } = predictOptions.parse(options);
    return Array.from(distribution(this.#ready(), temperature), (probability, token) => ({
      character: this.#spelling.nameOf(token),
      probability,
    })).sort((a, b) => b.probability - a.probability);
  }

  /** Draws the next character, or whole word or byte pair, and goes on from it. */
  next(given: SamplingOptions = {}): string {
    this.#lifetime.check();
    const options = samplingOptions.parse(given, 'next');
    for (;;) {
      const token = sampleToken(this.#ready(), this.#random, options, this.#tokens);
      const character = this.#spelling.push(token);
      this.#step(token);
      if (character !== '') return character;
    }
  }

  /** Forgets all that was fed and made. */
  reset(): void {
    this.#lifetime.check();
    this.#stepper.reset();
    this.#logits = undefined;
    this.#tokens = [];
    this.#spelling = new Spelling(this.vocabulary);
  }

  /** Frees its memory. Every method but this one throws `usage` after. */
  dispose(): void {
    if (this.#lifetime.ended) return;
    this.#lifetime.endNow();
    this.#stepper.dispose();
  }

  /** What may come next; without any text before, the first character of a line. */
  #ready(): Float32Array | Float64Array {
    if (!this.#logits) for (const token of this.#prompt) this.#run(token);
    return this.#spelling.mask(this.#logits!);
  }

  #step(token: number): void {
    if (this.#lineFeed !== undefined) {
      // What is fed first begins a line too.
      if (!this.#logits && token !== this.#lineFeed) this.#run(this.#lineFeed);
      if (token === this.#lineFeed) this.#stepper.reset();
    }
    this.#run(token);
    this.#tokens.push(token);
    if (this.#tokens.length > 100_000) this.#tokens.splice(0, 50_000);
  }

  #run(token: number): void {
    this.#logits = Float32Array.from(this.#stepper.step([token]));
  }
}

endByUsing(TextSession);
