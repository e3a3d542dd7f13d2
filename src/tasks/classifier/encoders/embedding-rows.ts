import type { EmbeddingUse } from '../../../audio/embedding/embedding-use.js';
import { embeddingHash } from '../../../audio/signal/feature-settings.js';
import type { Waveform } from '../../../audio/signal/wav.js';
import { parseStored } from '../../../base/schema/index.js';
import type { SequenceInput } from '../../examples/sequence-input.js';
import { featureScale, scaleFeatures, type FeatureScale } from '../../inputs/number-reader.js';
import { PooledEmbeddings } from '../../inputs/pooled-embeddings.js';
import { denseRow, type SparseRow } from '../../linear/sparse-row.js';
import type { EncoderContents } from './encoder.js';
import { storedScale } from './reader-choice.js';
import type { Rows, StoredRows } from './rows.js';

/** Whose embedding it is, as a sentence begins. */
export const WHOSE_EMBEDDING = 'The classifier';

/** Speech embeddings of a clip, pooled, each number brought to mean 0 and deviation 1 by the clips trained on. */
export class EmbeddingRows implements Rows {
  readonly kind = 'embedding';

  private constructor(
    readonly pooled: PooledEmbeddings,
    readonly scale: FeatureScale,
  ) {}

  static fit(clips: readonly Waveform[], pooled: PooledEmbeddings): EmbeddingRows {
    const rows = clips.map((clip) => ({ data: pooled.row(clip), length: 1 }));
    return new EmbeddingRows(pooled, featureScale(rows, rows[0].data.length));
  }

  get size(): number {
    return this.scale.mean.length;
  }

  row(input: SequenceInput): SparseRow {
    const row = this.pooled.row(input as Waveform);
    scaleFeatures(row, this.scale);
    return denseRow(row, 1 / Math.sqrt(row.length));
  }

  contents(): EncoderContents {
    return { settings: { embedding: this.pooled.embedding.hash, scale: this.scale } };
  }

  /** @throws SeqkitError `file-access` or `bad-value` where the embedding that it needs is not there; `bad-file` */
  static async from({ settings, source }: StoredRows, heard: EmbeddingUse): Promise<EmbeddingRows> {
    const scale = parseStored(storedScale, settings['scale'], 'its scale', source);
    const hash = parseStored(embeddingHash, settings['embedding'], 'its embedding', source);
    const embedding = await heard.need(WHOSE_EMBEDDING, hash);
    return new EmbeddingRows(new PooledEmbeddings(embedding, { remembers: false }), scale);
  }

  dispose(): void {
    // The embedding is the classifier's.
  }
}
