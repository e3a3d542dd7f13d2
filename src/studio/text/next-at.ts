import type { NextCharacter, TextModel, TextSession } from '../../text/index.js';

/** Characters that are read at once, and for how long until the page has its turn. */
const CHUNK = 32;
const TURN_MS = 12;

/** Tells what could have come at a place of a text, by reading the text up to there. */
export class NextAt {
  readonly #model: TextModel;
  readonly #prime: string;
  readonly #characters: readonly string[];
  readonly #temperature: number;
  #session: TextSession | undefined;
  /** Characters that were read after the prime; below 0 before that. */
  #read = -1;
  #isDisposed = false;

  /**
   * @param written what it was begun with, the characters that were written, and by which temperature
   */
  constructor(
    model: TextModel,
    {
      prime,
      characters,
      temperature,
    }: { readonly prime: string; readonly characters: readonly string[]; readonly temperature: number },
  ) {
    this.#model = model;
    this.#prime = prime;
    this.#characters = characters;
    this.#temperature = temperature;
  }

  /**
   * What could have come in the place of a character, the likeliest first.
   * @param index of the character
   * @param isWanted asked between turns: whether anybody still waits for the answer
   * @returns undefined where nobody does
   */
  async at(index: number, isWanted: () => boolean = () => true): Promise<NextCharacter[] | undefined> {
    const session = (this.#session ??= this.#model.session());
    if (index < this.#read || this.#read < 0) {
      session.reset();
      session.feed(this.#prime);
      // Where nothing was fed, the model reads what it read before it wrote.
      session.predict();
      this.#read = 0;
    }
    let turn = performance.now();
    while (this.#read < index) {
      const end = Math.min(index, this.#read + CHUNK);
      session.feed(this.#characters.slice(this.#read, end).join(''));
      this.#read = end;
      if (performance.now() - turn < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (this.#isDisposed || !isWanted()) return undefined;
      turn = performance.now();
    }
    return session.predict({ temperature: this.#temperature });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#session?.dispose();
  }
}
