import { wrongKind } from '../../base/encoding/wrong-kind.js';
import { SeqkitError } from '../../base/errors.js';
import {
  either,
  exactly,
  fieldsOf,
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
import type { FileSource } from '../../base/source/file-source.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import type { Network } from '../../rnn/model/network.js';
import { StackNetwork } from '../../rnn/model/stack-network.js';
import { storedPieces } from '../corpus/pieces.js';
import { byteTokensName } from '../corpus/spelling.js';
import { SeenLines } from '../sampling/seen-lines.js';
import { Vocabulary, type StoredVocabulary } from '../corpus/vocabulary.js';
import type { OpenTextOptions } from './text-model-options.js';
import {
  architectureTable,
  TEXT_KIND,
  type LearnedBy,
  type TextArchitecture,
  type TextSettings,
  type TextTraining,
} from './text-settings.js';

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

/** @throws SeqkitError `bad-file` where the file holds no text model, or not all of one */
export function readSettings(file: ModelFile, source: string): TextSettings {
  if (file.kind !== TEXT_KIND) {
    throw wrongKind(source, file.kind, TEXT_KIND);
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

/**
 * Reads a file of a text model.
 * @param from its file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
 */
export async function readText(
  from: FileSource,
  options: OpenTextOptions,
): Promise<TextSettings & { network: Network; file: ModelFile }> {
  const { network, file, source } = await StackNetwork.open(from, options, TEXT_KIND);
  try {
    return { ...readSettings(file, source), network, file };
  } catch (error) {
    await network.dispose();
    throw error;
  }
}
