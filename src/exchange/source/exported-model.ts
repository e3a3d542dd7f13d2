import { decodeSafetensors } from '../../base/encoding/safetensors.js';
import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { decodeModel, type ModelFile } from '../../rnn/graph/model-file.js';
import { prepareLayers } from '../../rnn/graph/registry.js';
import { restoreGraph } from '../../rnn/model/model-architecture.js';
import { decodeTask, TASK_FORMAT } from '../../tasks/file/task-file.js';

/** Anything that gives the bytes of its file: every model of seqkit does. */
export interface SavedModel {
  toBytes(): Uint8Array | Promise<Uint8Array>;
}

/** A model, or where its file is. */
export type ModelSource = SavedModel | FileSource;

/** A model that goes elsewhere: its layers with their weights, and what stands beside them in its file. */
export interface ExportedModel {
  /** The class that opens it, such as `TextModel`. */
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly graph: LayerGraph;
  /** What errors call it. */
  readonly source: string;
  /** The file, of one that is no task's. */
  readonly file?: ModelFile;
}

/** Models that are more than one network, with what can be done with them in its place. */
const NOT_ONE_NETWORK: Readonly<Record<string, string>> = {
  Chatbot: 'Serve it with seqkit: its answers come of several models and of rules.',
  Seq2Seq: 'Serve it with seqkit: it searches for an answer, a step of the network at a time.',
};

/**
 * Opens a model to write it in another format.
 * @throws SeqkitError `bad-file` for a file that holds no model; `usage` for one that is not one network of known layers
 */
export async function openExported(from: ModelSource, where: string): Promise<ExportedModel> {
  const { bytes, name: source } = await bytesOf(from, where);
  const { metadata } = decodeSafetensors(bytes, source, { verify: false });
  if (metadata['format'] !== TASK_FORMAT) {
    const file = decodeModel(bytes, source);
    refuseKind(file.kind, source);
    await prepareLayers(file.layers);
    return { kind: file.kind, settings: file.settings, graph: restoreGraph(file, source), source, file };
  }
  const { kind, settings, parts } = decodeTask(bytes, source);
  refuseKind(kind, source);
  const network = parts.get('network');
  if (!network) {
    const encoder = settings['encoder'];
    throw new SeqkitError(
      `${source} holds a ${kind}${typeof encoder === 'string' ? ` with the encoder ${quoted(encoder)}` : ''}, which has no network of layers.`,
      { code: 'usage', hint: 'Train it with an encoder that is a network, such as "lstm".' },
    );
  }
  const file = decodeModel(network, source);
  await prepareLayers(file.layers);
  return { kind, settings, graph: restoreGraph(file, source), source };
}

function refuseKind(kind: string, source: string): void {
  if (!Object.hasOwn(NOT_ONE_NETWORK, kind)) return;
  throw new SeqkitError(`${source} holds a ${kind}, which is more than one network.`, {
    code: 'usage',
    hint: NOT_ONE_NETWORK[kind],
  });
}

async function bytesOf(from: ModelSource, where: string): Promise<{ bytes: Uint8Array; name: string }> {
  const saved = from as Partial<SavedModel> | null | undefined;
  if (typeof saved === 'object' && saved !== null && typeof saved.toBytes === 'function') {
    return { bytes: await saved.toBytes(), name: 'The model' };
  }
  return readSource(from, where, { name: 'The model', kind: 'a model' });
}
