import type { Sequential } from '../rnn/sequential.js';
import { Random } from '../rnn/random.js';
import type { Stepper } from '../rnn/stepper.js';
import { checkSampling, distribution, sampleToken, type SamplingOptions } from './sampling.js';
import type { Vocabulary } from './vocabulary.js';

/** A character that may come next, and how likely it is. */
export interface NextCharacter {
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
  readonly #opening: number;
  #logits: Float32Array | undefined;
  #tokens: number[] = [];

  /** Use `model.session()`. */
  constructor(model: Sequential, vocabulary: Vocabulary, seed: number) {
    this.vocabulary = vocabulary;
    this.#random = new Random(seed);
    this.#stepper = model.stepper();
    this.#opening = openingToken(vocabulary);
  }

  /**
   * Reads text.
   * @returns the characters that the model does not know, each once: it reads on without them
   */
  feed(text: string): string[] {
    const unknown = new Set<string>();
    for (const character of text) {
      if (this.vocabulary.has(character)) this.#step(this.vocabulary.encode(character)[0]);
      else unknown.add(character);
    }
    return [...unknown];
  }

  /** What may come next, the likeliest first. @param options.temperature above 0 @default 1 */
  predict({ temperature = 1 }: Pick<SamplingOptions, 'temperature'> = {}): NextCharacter[] {
    return Array.from(distribution(this.#ready(), temperature), (probability, token) => ({
      character: this.vocabulary.characters[token],
      probability,
    })).sort((a, b) => b.probability - a.probability);
  }

  /** Draws the next character and goes on from it. */
  next(options: SamplingOptions = {}): string {
    checkSampling(options);
    const token = sampleToken(this.#ready(), this.#random, options, this.#tokens);
    this.#step(token);
    return this.vocabulary.characters[token];
  }

  /** Forgets all that was fed and made. */
  reset(): void {
    this.#stepper.reset();
    this.#logits = undefined;
    this.#tokens = [];
  }

  /** Frees its memory. */
  dispose(): void {
    this.#stepper.dispose();
  }

  /** Without any text before, the next character is the first of a line. */
  #ready(): Float32Array {
    if (!this.#logits) this.#run(this.#opening);
    return this.#logits!;
  }

  #step(token: number): void {
    this.#run(token);
    this.#tokens.push(token);
    if (this.#tokens.length > 100_000) this.#tokens.splice(0, 50_000);
  }

  #run(token: number): void {
    this.#logits = Float32Array.from(this.#stepper.step([token]));
  }
}

/** What to feed where there is no prime: the end of a line, or else the most frequent character. */
export function openingToken(vocabulary: Vocabulary): number {
  return vocabulary.has('\n') ? vocabulary.encode('\n')[0] : 0;
}

/** The tokens of a prime, without what the model does not know; the opening where nothing is left. */
export function primeTokens(vocabulary: Vocabulary, prime: string): { tokens: number[]; unknown: string[] } {
  const known = [...prime].filter((character) => vocabulary.has(character));
  const unknown = new Set([...prime].filter((character) => !vocabulary.has(character)));
  const tokens = known.length === 0 ? [openingToken(vocabulary)] : [...vocabulary.encode(known.join(''))];
  return { tokens, unknown: [...unknown] };
}
