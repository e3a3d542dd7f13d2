import { phonemesOf, phonemesOfLines } from './espeak.js';

/**
 * Takes out of texts the words in which one of several others is heard, whatever their spelling: "write" and "copyright"
 * hold "right", "know" holds "no", and "not" does not.
 */
export class UnsaidWords {
  readonly #voice: string;
  readonly #sounds: readonly string[];
  /** Of the words that were asked about, whether one of the others is heard in them. */
  readonly #holds = new Map<string, boolean>();

  /**
   * @param unsaid what is not to be heard
   * @param voice of espeak-ng, by whose pronunciation it goes
   */
  constructor(unsaid: readonly string[], voice: string) {
    this.#voice = voice;
    this.#sounds = unsaid.map((words) => soundOf(phonemesOf(words, voice))).filter(Boolean);
  }

  /** Finds out about the words of several texts at once: espeak-ng takes longer to start than to say a word. */
  learn(texts: readonly string[]): void {
    if (this.#sounds.length === 0) return;
    const words = new Set(texts.flatMap((text) => text.match(/[A-Za-z]+/g) ?? []));
    const unknown = [...words].filter((word) => !this.#holds.has(word));
    const said = phonemesOfLines(unknown, this.#voice);
    unknown.forEach((word, n) => {
      const sound = soundOf(said[n]);
      const isHeard = this.#sounds.some((unsaid) => sound.includes(unsaid));
      this.#holds.set(word, isHeard);
    });
  }

  /** @param text of which what stands between the words is kept */
  without(text: string): string {
    this.learn([text]);
    return text
      .replaceAll(/ ?\b([A-Za-z]+)\b/g, (all, word: string) => (this.#holds.get(word) ? '' : all))
      .trim();
  }
}

/** Phonemes without stress, pauses and what else is not heard as a sound of its own; reduced vowels are alike. */
function soundOf(phonemes: string): string {
  return phonemes
    .replaceAll(/_[:!^]*|[\s',%=|;-]/g, '')
    .replaceAll(/@2|a#|3(?!:)/g, '@')
    .replaceAll(/I[2#]/g, 'I')
    .replaceAll('#', '');
}
