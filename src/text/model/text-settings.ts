import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  either,
  exactly,
  fieldsOf,
  flag,
  listOf,
  number,
  numberOrInfinity,
  optional,
  optionsSchema,
  parseStored,
  schemaOf,
  text,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { storedPieces } from '../corpus/pieces.js';
import { byteTokensName } from '../corpus/spelling.js';
import { SeenLines } from '../sampling/seen-lines.js';
import { Vocabulary, type StoredVocabulary } from '../corpus/vocabulary.js';

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

/** The cell, by our names and by those of Keras's layers. */
export const cellName = choice(['lstm', 'gru', 'rnn'], {
  ...{ LSTM: 'lstm', GRU: 'gru', RNN: 'rnn', SimpleRNN: 'rnn' },
} as const);

/** The schemas of `TextArchitecture`, of options as of a file. */
export const architectureTable = {
  cell: cellName,
  units: wholeNumber({ min: 1, max: 65_536 }),
  layers: wholeNumber({ min: 1, max: 1_000 }),
  dropout: number({ min: 0, below: 1 }),
  residual: flag,
  tied: flag,
} as const;

/** What training came to. */
export interface TextTraining {
  steps: number;
  /** Tokens trained on, such as characters, each pass counted. */
  characters: number;
  /** Of the last steps, in nats per token. */
  loss: number;
  /** In nats per token; null where nothing was held out. */
  heldOutLoss: number | null;
}

/** What a text model's file keeps beside the weights. */
export interface TextSettings {
  architecture: TextArchitecture;
  vocabulary: Vocabulary;
  /** What the vocabulary was learned by; of files of before, nothing. */
  learned: LearnedBy;
  training: TextTraining | undefined;
  /** Of a model of lines, those it was trained on. */
  lines: SeenLines | undefined;
  /** What a model built on this one keeps in the file, such as the keys of a music model. */
  extra: Readonly<Record<string, unknown>>;
}

/** What of its reading a model's vocabulary does not tell. */
export interface LearnedBy {
  readonly minCount?: number;
  readonly vocabularySize?: number;
}

/** That of a reading. */
export function learnedBy({ minCount, vocabularySize }: LearnedBy): LearnedBy {
  return {
    ...(minCount !== undefined && { minCount }),
    ...(vocabularySize !== undefined && { vocabularySize }),
  };
}

const KIND = 'TextModel';

/** The gates of each cell. */
const gates = { lstm: 4, gru: 3, rnn: 1 } as const;

/** Files of before know nothing of residual and tied. */
type StoredArchitecture = Omit<TextArchitecture, 'residual' | 'tied'> &
  Partial<Pick<TextArchitecture, 'residual' | 'tied'>>;

/** The most characters: all of Unicode. */
const characters = listOf(text, { max: 0x110000 });

/** What `TextSettings` look like in a file. */
const stored = fieldsOf<{
  architecture: StoredArchitecture;
  vocabulary: StoredVocabulary;
  learned?: LearnedBy;
  training?: TextTraining;
  lines?: string;
}>('the settings of a text model', {
  architecture: optionsSchema<StoredArchitecture>('architecture', {
    ...architectureTable,
    residual: optional(architectureTable.residual),
    tied: optional(architectureTable.tied),
  }),
  vocabulary: either(
    characters,
    fieldsOf<Exclude<StoredVocabulary, readonly string[]>>('a vocabulary', {
      characters,
      bytes: byteTokensName,
      spelled: schemaOf('true or false', (value) => typeof value === 'boolean'),
      pieces: optional(storedPieces),
    }),
  ),
  learned: optional(
    optionsSchema<LearnedBy>('learned', {
      minCount: optional(wholeNumber({ min: 1 })),
      vocabularySize: optional(wholeNumber({ min: 1 })),
    }),
  ),
  training: optional(
    fieldsOf<TextTraining>('what training came to', {
      steps: wholeNumber({ min: 0 }),
      characters: wholeNumber({ min: 0 }),
      loss: either(number(), exactly(null)) as Schema<number>,
      heldOutLoss: either(numberOrInfinity(), exactly(null)),
    }),
  ),
  lines: optional(schemaOf('fingerprints of lines', isFingerprints)),
});

function isFingerprints(value: unknown): boolean {
  return typeof value === 'string' && (value === 'too many' || /^([0-9a-f]{16})*$/.test(value));
}

export function writeSettings({ architecture, vocabulary, learned, training, lines, extra }: TextSettings): {
  kind: string;
  settings: Record<string, unknown>;
} {
  const ofLines = lines && { lines: lines.toJSON() };
  return {
    kind: KIND,
    settings: { architecture, vocabulary: vocabulary.toJSON(), learned, training, ...ofLines, ...extra },
  };
}

/** @throws SeqkitError `bad-file` where the file holds no text model, or not all of one */
export function readSettings(file: ModelFile, source: string): TextSettings {
  if (file.kind !== KIND) {
    throw wrongKind(source, file.kind, KIND);
  }
  const { architecture, vocabulary, learned, training, lines } = parseStored(
    stored,
    file.settings,
    'its description',
    source,
  );
  const own = new Set(['architecture', 'vocabulary', 'learned', 'training', 'lines']);
  const extra = Object.fromEntries(Object.entries(file.settings).filter(([key]) => !own.has(key)));
  const first = file.layers[0]?.options;
  const read = readVocabulary(vocabulary, source);
  if (read.size !== (first?.['depth'] ?? first?.['inputDim'])) {
    throw new SeqkitError(`${source} does not hold its vocabulary, or not all of it.`, { code: 'bad-file' });
  }
  checkCells(architecture, file, source);
  return {
    // Files of before know nothing of these two.
    architecture: {
      ...architecture,
      residual: architecture.residual ?? false,
      tied: architecture.tied ?? false,
    },
    vocabulary: read,
    learned: learned ?? {},
    training,
    lines: lines === undefined ? undefined : SeenLines.from(lines),
    extra,
  };
}

function readVocabulary(stored: StoredVocabulary, source: string): Vocabulary {
  return parseStored(
    { expected: 'a vocabulary', parse: () => Vocabulary.from(stored) },
    stored,
    'its vocabulary',
    source,
  );
}

/** Holds what is said of the recurrent layers against their weights, which are there. */
function checkCells(architecture: StoredArchitecture, file: ModelFile, source: string): void {
  const { cell, layers, units, residual = false, tied = false } = architecture;
  if (residual && layers === 1 && !tied) {
    throw new SeqkitError(`${source} says that its one layer adds to one before it, which there is not.`, {
      code: 'bad-file',
    });
  }
  const shapes = [...file.weights]
    .filter(([name]) => /^[^ ]*\/recurrentKernel$/.test(name))
    .map(([, { shape }]) => shape);
  const fits = shapes.every(([rows, columns]) => rows === units && columns === gates[cell] * units);
  if (shapes.length === layers && fits) return;
  throw new SeqkitError(
    `${source} says that it has ${layers} recurrent layers, ${cell}, of ${units} units; its weights are others.`,
    { code: 'bad-file' },
  );
}
