import { SeqkitError } from '../rnn/errors.js';
import type { ModelFile } from '../rnn/model-file.js';
import { Vocabulary } from './vocabulary.js';

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
  /** What a model built on this one keeps in the file, such as the keys of a music model. */
  extra: Readonly<Record<string, unknown>>;
}

const kind = 'TextModel';

export function writeSettings({ architecture, vocabulary, training, extra }: TextSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  return { kind, settings: { architecture, vocabulary: vocabulary.toJSON(), training, ...extra } };
}

/** @throws SeqkitError `bad-file` where the file holds no text model, or not all of one */
export function readSettings(file: ModelFile, source: string): TextSettings {
  if (file.kind !== kind) {
    throw new SeqkitError(`${source} holds a ${file.kind || 'model of no known kind'}, not a text model.`, {
      code: 'bad-file',
      hint: 'Give a file that train-text made.',
    });
  }
  const { architecture, vocabulary, training, ...extra } = file.settings as Partial<{
    architecture: TextArchitecture;
    vocabulary: string[];
    training: TextTraining;
  }>;
  const depth = file.layers[0]?.options['depth'];
  if (!architecture || !Array.isArray(vocabulary) || vocabulary.length !== depth) {
    throw new SeqkitError(`${source} does not hold its vocabulary, or not all of it.`, { code: 'bad-file' });
  }
  return { architecture, vocabulary: new Vocabulary(vocabulary), training, extra };
}
