import { readTrigger } from '../../audio/trigger-file.js';
import { thresholdOf } from '../../audio/detection/trigger-settings.js';
import { SeqkitError } from '../../base/errors.js';
import { optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { writeHead } from '../onnx/write/write-head.js';
import { exportedBytes, openExported, type ModelSource } from '../source/exported-model.js';

export interface OpenWakeWordOptions {
  /** Embeddings that each answer hears, 80 ms each: 16 as in openWakeWord's own models. @default 16 */
  readonly frames?: number;
}

/** A detector of one word as openWakeWord takes it. */
export interface WakeWordModel {
  /** The stem of its file, by which openWakeWord calls the word: small letters, digits and underscores. */
  readonly stem: string;
  readonly word: string;
  /** The `.onnx` file: input (1, frames, 96), output (1, 1) from 0 to 1. */
  readonly bytes: Uint8Array;
  /** The score from which on it is the word, as the model has it. */
  readonly threshold: number;
}

const openWakeWordOptions = optionsSchema<OpenWakeWordOptions>('toOpenWakeWord', {
  frames: optional(wholeNumber({ min: 1, max: 1_000 })),
});

const DEFAULT_FRAMES = 16;

/**
 * Writes a trigger model over the speech embedding as models of openWakeWord, one a word. Each answer begins from a state
 * of zeros and hears the last `frames` embeddings.
 * @param model a trigger model, or where its file is
 * @throws SeqkitError `usage` for what is no trigger model over embeddings, and for words without a letter or digit of
 *   ASCII; `bad-file` as `TriggerModel.load`
 */
export async function toOpenWakeWord(
  model: ModelSource,
  options: OpenWakeWordOptions = {},
): Promise<WakeWordModel[]> {
  const { frames = DEFAULT_FRAMES } = openWakeWordOptions.parse(options);
  const bytes = await exportedBytes(model, 'toOpenWakeWord: model');
  const { kind, graph, source } = await openExported(bytes, 'toOpenWakeWord: model');
  if (kind !== 'TriggerModel') throw notOverEmbeddings(source, `a ${kind}`);
  const { words, settings, network } = await readTrigger(bytes, { engine: 'wasm', threads: 1 });
  await network.dispose();
  const { features, firing } = settings;
  if (features.kind !== 'embedding')
    throw notOverEmbeddings(source, `a detector with ${features.kind} features`);
  const stems = namesApart(words.map((word) => stemOf(word, source)));
  return words.map((word, output): WakeWordModel => {
    const { bands, mean, deviation } = features;
    const head = writeHead(graph, { frames, features: bands, mean, deviation, output });
    return { stem: stems[output], word, bytes: head, threshold: thresholdOf(firing, word) };
  });
}

/** Names, those that came before with a number behind. */
function namesApart(stems: readonly string[]): string[] {
  const taken = new Set<string>();
  return stems.map((stem) => {
    let name = stem;
    for (let number = 2; taken.has(name); number++) name = `${stem}_${number}`;
    taken.add(name);
    return name;
  });
}

function stemOf(word: string, source: string): string {
  const stem = word
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (stem !== '') return stem;
  throw new SeqkitError(`${source} hears ${JSON.stringify(word)}, of which no name of a file is made.`, {
    code: 'usage',
    hint: 'Train it with a name of letters or digits for the word.',
  });
}

function notOverEmbeddings(source: string, what: string): SeqkitError {
  return new SeqkitError(
    `${source} holds ${what}, and openWakeWord runs detectors over the speech embedding.`,
    {
      code: 'usage',
      hint: "Train one: new TriggerModel({ features: 'embedding' }).",
    },
  );
}
