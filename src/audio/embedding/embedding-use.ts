import { SeqkitError } from '../../base/errors.js';
import { anything } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import type { FeatureSettings } from '../signal/feature-settings.js';
import type { EmbeddingStream } from './embedding-stream.js';
import { noEmbedding } from './no-embedding.js';
import type { SpeechEmbedding } from './speech-embedding.js';

/** One that is loaded, or where it is: what of that is none, loading says. */
export const embeddingSource = anything<SpeechEmbedding | FileSource>();

/** The embedding that a model hears through: found where it is first needed. */
export class EmbeddingUse {
  readonly #given: SpeechEmbedding | FileSource | undefined;
  #found: SpeechEmbedding | undefined;

  /** @param given one, or where its file is; else that in the user's data folder */
  constructor(given: SpeechEmbedding | FileSource | undefined) {
    this.#given = given;
  }

  /** What was given or found so far. */
  get current(): SpeechEmbedding | FileSource | undefined {
    return this.#found ?? this.#given;
  }

  /**
   * The embedding that features need; undefined where they need none. Its hash is written into them where they do not
   * say one.
   * @param whose as a sentence begins
   * @throws SeqkitError `file-access` where there is none, `bad-value` where they need another one
   */
  async for(features: FeatureSettings, whose: string): Promise<SpeechEmbedding | undefined> {
    if (features.kind !== 'embedding') return undefined;
    const found = await this.need(whose, features.embedding);
    features.embedding ??= found.hash;
    return found;
  }

  /**
   * The embedding.
   * @param hash of the one that is needed; without one, any
   * @throws SeqkitError as `for`
   */
  async need(whose: string, hash?: string): Promise<SpeechEmbedding> {
    this.#found ??= await this.#open(whose);
    if (hash === undefined || hash === this.#found.hash) return this.#found;
    throw new SeqkitError(
      `${whose} hears through the speech embedding ${hash}, not through ${this.#found.hash}, which was ${this.#given === undefined ? 'found' : 'given'}.`,
      { code: 'bad-value', hint: 'Take the embedding that it was trained with, or train it anew.' },
    );
  }

  /** Whether one was given, or is in the user's data folder. */
  async isThere(): Promise<boolean> {
    if (this.current !== undefined) return true;
    const { SpeechEmbedding } = await import('./speech-embedding.js');
    return (await SpeechEmbedding.defaultPath()) !== undefined;
  }

  /** A stream of it, once it is found. */
  stream(features: FeatureSettings): EmbeddingStream | undefined {
    return features.kind === 'embedding' ? this.#found?.stream() : undefined;
  }

  /** Frees one that was not given. */
  async dispose(): Promise<void> {
    if (this.#found !== this.#given) await this.#found?.dispose();
  }

  /** What opens an embedding is loaded here: a page whose model hears without one goes without. */
  async #open(whose: string): Promise<SpeechEmbedding> {
    const { SpeechEmbedding } = await import('./speech-embedding.js');
    if (this.#given instanceof SpeechEmbedding) return this.#given;
    const from = this.#given ?? (await SpeechEmbedding.defaultPath());
    if (from === undefined)
      throw noEmbedding(`${whose} hears through a speech embedding, and there is none here.`);
    return SpeechEmbedding.load(from);
  }
}
