import { SeqkitError } from '../../base/errors.js';
import { anything } from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import type { FeatureSettings } from '../signal/feature-settings.js';
import type { EmbeddingStream } from './embedding-stream.js';
import { embeddingPaths } from './embedding-paths.js';
import { GOOGLE_EMBEDDING } from './known-embeddings.js';
import { HOW_TO_GET_EMBEDDING, noEmbedding } from './no-embedding.js';
import type { SpeechEmbedding } from './speech-embedding.js';

/** One that is loaded, or where it is: what of that is none, loading says. */
export const embeddingSource = anything<SpeechEmbedding | FileSource>();

/** The embedding that a model hears through: found where it is first needed. */
export class EmbeddingUse {
  /** What was given. One that was found is freed with its model, and so is no one else's. */
  readonly given: SpeechEmbedding | FileSource | undefined;
  #found: SpeechEmbedding | undefined;

  /** @param given one, or where its file is; else that in the user's data folder, or that which comes with seqkit */
  constructor(given: SpeechEmbedding | FileSource | undefined) {
    this.given = given;
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
    if (this.#found !== undefined && hash !== undefined && this.#found.hash !== hash) {
      throw this.#another(whose, hash, this.#found.hash);
    }
    return (this.#found ??= await this.#open(whose, hash));
  }

  /** Whether one was given, or is found. */
  async isThere(): Promise<boolean> {
    return (this.#found ?? this.given) !== undefined || (await embeddingPaths()).length > 0;
  }

  /** A stream of it, once it is found. */
  stream(features: FeatureSettings, voiceActivity = false): EmbeddingStream | undefined {
    return features.kind === 'embedding' ? this.#found?.stream({ voiceActivity }) : undefined;
  }

  /** Frees one that was not given. */
  async dispose(): Promise<void> {
    if (this.#found !== this.given) await this.#found?.dispose();
  }

  /**
   * The one that was given, or the first that is found, of this hash.
   *
   * What opens an embedding is loaded here: a page whose model hears without one goes without.
   */
  async #open(whose: string, hash: string | undefined): Promise<SpeechEmbedding> {
    const { SpeechEmbedding } = await import('./speech-embedding.js');
    const places = this.given === undefined ? await embeddingPaths() : [this.given];
    let other: string | undefined;
    for (const place of places) {
      const embedding = place instanceof SpeechEmbedding ? place : await SpeechEmbedding.load(place);
      if (hash === undefined || embedding.hash === hash) return embedding;
      other = embedding.hash;
      if (embedding !== place) await embedding.dispose();
    }
    if (other === undefined)
      throw noEmbedding(`${whose} hears through a speech embedding, and there is none here.`, hash);
    throw this.#another(whose, hash!, other);
  }

  /** @param other the one that is there */
  #another(whose: string, hash: string, other: string): SeqkitError {
    const isGoogles = hash === GOOGLE_EMBEDDING && this.given === undefined;
    return new SeqkitError(
      `${whose} hears through the speech embedding ${hash}${isGoogles ? ", which is Google's," : ','} not through ${other}, which was ${this.given === undefined ? 'found' : 'given'}.`,
      {
        code: 'bad-value',
        hint: isGoogles
          ? HOW_TO_GET_EMBEDDING
          : 'Take the embedding that it was trained with, or train it anew.',
      },
    );
  }
}
