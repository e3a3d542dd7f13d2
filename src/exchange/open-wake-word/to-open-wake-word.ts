import { thresholdOf } from '../../audio/detection/trigger-settings.js';
import { SeqkitError } from '../../base/errors.js';
import { number, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import { writeHead } from '../onnx/write/write-head.js';
import type { ModelSource } from '../source/exported-model.js';
import { logitShift } from './logit-shift.js';
import { openWakeWordSource } from './open-wake-word-source.js';
import { writeTfliteHead } from './tflite-head.js';

export interface OpenWakeWordOptions {
  /** Embeddings that each answer hears, 80 ms each: 16 as in openWakeWord's own models. @default 16 */
  readonly frames?: number;
  /**
   * The score that stands for the threshold of the model, of every word: Home Assistant has 0.5 for all. The order of
   * scores stays. @default that of the model itself
   */
  readonly threshold?: number;
}

/** What tells Linux Voice Assistant of a model that lies beside it. */
export interface WakeWordManifest {
  readonly type: 'openWakeWord';
  readonly wake_word: string;
  /** The name of the `.tflite` file. */
  readonly model: string;
  readonly openWakeWord: { readonly probability_cutoff: number };
}

/** A detector of one word as openWakeWord takes it. */
export interface WakeWordModel {
  /** The stem of its file, by which openWakeWord calls the word: small letters, digits and underscores. */
  readonly stem: string;
  readonly word: string;
  /** The `.onnx` file: input (1, frames, 96), output (1, 1) from 0 to 1. */
  readonly bytes: Uint8Array;
  /** The same as a `.tflite` file, of operators alone that are built in: Home Assistant takes no other. */
  readonly tflite: Uint8Array;
  /** The JSON beside it. */
  readonly manifest: WakeWordManifest;
  /** The score from which on it is the word. */
  readonly threshold: number;
}

const openWakeWordOptions = optionsSchema<OpenWakeWordOptions>('toOpenWakeWord', {
  frames: optional(wholeNumber({ min: 1, max: 1_000 })),
  threshold: optional(number({ above: 0, below: 1 })),
});

const DEFAULT_FRAMES = 16;

/**
 * Writes a trigger model over the speech embedding as models of openWakeWord, one a word. Each answer begins from a state
 * of zeros and hears the last `frames` embeddings. Each comes as ONNX and as TensorFlow Lite, with a JSON file for Linux
 * Voice Assistant.
 * @param model a trigger model, or where its file is
 * @throws SeqkitError `usage` for what is no trigger model over embeddings, and for words without a letter or digit of
 *   ASCII; `bad-value` where `threshold` is to stand for 1; `bad-file` as `TriggerModel.load`
 */
export async function toOpenWakeWord(
  model: ModelSource,
  options: OpenWakeWordOptions = {},
): Promise<WakeWordModel[]> {
  const { frames = DEFAULT_FRAMES, threshold: wanted } = openWakeWordOptions.parse(options);
  const { graph, source, words, features, firing } = await openWakeWordSource(model, 'toOpenWakeWord: model');
  const layers = graph.nodes.map(({ layer }) => layer);
  const stems = namesApart(words.map((word) => stemOf(word, source)));
  return words.map((word, output): WakeWordModel => {
    const { bands, mean, deviation } = features;
    const stem = stems[output];
    const own = thresholdOf(firing, word);
    const threshold = wanted ?? own;
    const shift = logitShift(own, threshold);
    if (!Number.isFinite(shift)) throw neverHeard(source, word);
    const head = { frames, features: bands, mean, deviation, output, shift };
    return {
      ...{ stem, word, threshold },
      bytes: writeHead(graph, head),
      tflite: writeTfliteHead(layers, head),
      manifest: {
        ...{ type: 'openWakeWord', wake_word: word, model: `${stem}.tflite` },
        openWakeWord: { probability_cutoff: threshold },
      },
    };
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

function neverHeard(source: string, word: string): SeqkitError {
  return new SeqkitError(
    `${source} has the threshold 1 for ${JSON.stringify(word)}, which no other score can stand for.`,
    { code: 'bad-value', hint: 'Give the model a threshold below 1, or leave the threshold out.' },
  );
}
