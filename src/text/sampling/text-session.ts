import type { Sequential } from '../../rnn/model/sequential.js';
import { Random } from '../../base/random.js';
import type { Stepper } from '../../rnn/model/stepper.js';
import { checkKnownOptions } from '../../base/options.js';
import { checkSampling, distribution, samplingKeys, sampleToken, type SamplingOptions } from './sampling.js';
import { openingTokens, readableTokens } from './prompt.js';
import { Spelling } from '../corpus/spelling.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

/** What may come next, and how likely it is. */
export interface NextCharacter {
  /** A character; or a byte such as `<E9>`, or the upper or lower half of one, `<E_>`, `<_9>`. */
  readonly character: string;
  readonly probability: number;
}

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
  readonly #stepper: Stepper;
  readonly #random: Random;
  readonly #opening: readonly number[];
  /** Of a model of lines: each line begins from zero state. */
  readonly #lineFeed: number | undefined;
  #spelling: Spelling;
  #logits: Float32Array | undefined;
  #tokens: number[] = [];

  /** Use `model.session()`. */
  constructor(
    { model, vocabulary, lines }: { model: Sequential; vocabulary: Vocabulary; lines: boolean },
    seed: number,
  ) {
    this.vocabulary = vocabulary;
    this.#random = new Random(seed);
    this.#stepper = model.stepper();
    this.#opening = openingTokens(vocabulary, '');
    this.#lineFeed = lines ? vocabulary.encode('\n')[0] : undefined;
    this.#spelling = new Spelling(vocabulary);
  }

  /**
   * Reads text.
   * @returns the characters that the model does not know, each once: it reads their bytes, or on without
   *   them where it has no tokens for those
   */
  feed(text: string): string[] {
    for (const token of readableTokens(this.vocabulary, text)) this.#step(token);
    return this.vocabulary.unknownIn(text);
  }

  /** What may come next, the likeliest first. @param options.temperature above 0 @default 1 */
  predict(options: Pick<SamplingOptions, 'temperature'> = {}): NextCharacter[] {
    checkKnownOptions(options, { temperature: true }, 'predict');
    const { temperature = 1 } = options;
    return Array.from(distribution(this.#ready(), temperature), (probability, token) => ({
      character: this.#spelling.nameOf(token),
      probability,
    })).sort((a, b) => b.probability - a.probability);
  }

  /** Draws the next character and goes on from it. */
  next(options: SamplingOptions = {}): string {
    checkKnownOptions(options, samplingKeys, 'next');
    checkSampling(options);
    for (;;) {
      const token = sampleToken(this.#ready(), this.#random, options, this.#tokens);
      const character = this.#spelling.push(token);
      this.#step(token);
      if (character !== '') return character;
    }
  }

  /** Forgets all that was fed and made. */
  reset(): void {
    this.#stepper.reset();
    this.#logits = undefined;
    this.#tokens = [];
    this.#spelling = new Spelling(this.vocabulary);
  }

  /** Frees its memory. */
  dispose(): void {
    this.#stepper.dispose();
  }

  /** What may come next; without any text before, the first character of a line. */
  #ready(): Float32Array | Float64Array {
    if (!this.#logits) for (const token of this.#opening) this.#run(token);
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
