import { SeqkitError } from '../base/errors.js';
import type { ModelFile } from '../rnn/graph/model-file.js';
import { SeenLines } from './sampling/seen-lines.js';
import { Vocabulary, type StoredVocabulary } from './corpus/vocabulary.js';

/** What a text model is made of. */
export interface TextArchitecture {
  /** @default 'lstm' */
  cell: 'lstm' | 'gru' | 'rnn';
  /** H of each recurrent layer. @default 128 */
  units: number;
  /** Recurrent layers, one above the other. @default 2 */
  layers: number;
  /** The share of each recurrent layer's outputs that is dropped in training. @default 0 */
  dropout: number;
  /** Each recurrent layer after the first adds to what goes in (He et al. 2016). @default false */
  residual: boolean;
  /** One table for the characters that go in and for those that come out (Press and Wolf 2017). @default false */
  tied: boolean;
}

/** What training came to. */
export interface TextTraining {
  steps: number;
  /** Characters trained on, each pass counted. */
  characters: number;
  /** Of the last steps, in nats per character. */
  loss: number;
  /** In nats per character; null where nothing was held out. */
  heldOutLoss: number | null;
}

/** What a text model's file keeps beside the weights. */
export interface TextSettings {
  architecture: TextArchitecture;
  vocabulary: Vocabulary;
  training: TextTraining | undefined;
  /** Of a model of lines, those it was trained on. */
  lines: SeenLines | undefined;
  /** What a model built on this one keeps in the file, such as the keys of a music model. */
  extra: Readonly<Record<string, unknown>>;
}

const kind = 'TextModel';

export function writeSettings({ architecture, vocabulary, training, lines, extra }: TextSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  const ofLines = lines && { lines: lines.toJSON() };
  return {
    kind,
    settings: { architecture, vocabulary: vocabulary.toJSON(), training, ...ofLines, ...extra },
  };
}

/** @throws SeqkitError `bad-file` where the file holds no text model, or not all of one */
export function readSettings(file: ModelFile, source: string): TextSettings {
  if (file.kind !== kind) {
    throw new SeqkitError(`${source} holds a ${file.kind || 'model of no known kind'}, not a text model.`, {
      code: 'bad-file',
      hint: 'Give a file that train-text made.',
    });
  }
  const { architecture, vocabulary, training, lines, ...extra } = file.settings as Partial<{
    architecture: TextArchitecture;
    vocabulary: StoredVocabulary;
    training: TextTraining;
    lines: string;
  }>;
  const first = file.layers[0]?.options;
  const read = readVocabulary(vocabulary);
  if (!architecture || read?.size !== (first?.['depth'] ?? first?.['inputDim'])) {
    throw new SeqkitError(`${source} does not hold its vocabulary, or not all of it.`, { code: 'bad-file' });
  }
  return {
    // Files of before know nothing of these two.
    architecture: {
      ...architecture,
      residual: architecture.residual ?? false,
      tied: architecture.tied ?? false,
    },
    vocabulary: read!,
    training,
    lines: lines === undefined ? undefined : SeenLines.from(lines),
    extra,
  };
}

function readVocabulary(stored: StoredVocabulary | undefined): Vocabulary | undefined {
  if (!stored || typeof stored !== 'object') return undefined;
  if (!Array.isArray('characters' in stored ? stored.characters : stored)) return undefined;
  return Vocabulary.from(stored);
}
