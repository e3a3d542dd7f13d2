import { LARGEST_HALF } from '../../base/encoding/float16.js';
import { SeqkitError } from '../../base/errors.js';
import { choice, optional, optionsSchema, quoted, someText } from '../../base/schema/index.js';
import { shortest } from '../../embeddings/formats/write-vectors.js';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { textChunks, vectorsArgument } from './vector-source.js';

/** How pgvector keeps numbers: in 32 or in 16 bits. */
export const PGVECTOR_TYPES = ['vector', 'halfvec'] as const;
export type PgvectorType = (typeof PGVECTOR_TYPES)[number];

export interface PgvectorOptions {
  /** The table that is made. @default 'words' */
  readonly table?: string;
  /** The type of the column: numbers of 32 bits, or of 16 in half the room. @default 'vector' */
  readonly type?: PgvectorType;
}

const pgvectorOptions = optionsSchema<PgvectorOptions>('toPgvector', {
  table: optional(someText),
  type: optional(choice(PGVECTOR_TYPES)),
});

/** The longest name that PostgreSQL keeps whole, in bytes. */
const MAX_NAME_BYTES = 63;

/** The most numbers of a vector that pgvector keeps, and that its index HNSW takes, by type. */
const MAX_NUMBERS = 16_000;
const MAX_INDEXED: Readonly<Record<PgvectorType, number>> = { vector: 2_000, halfvec: 4_000 };

/**
 * Vectors as a program for PostgreSQL with pgvector: it makes a table (id, word, embedding), fills it by COPY, and makes
 * the indexes, all in one transaction. `psql -d database -f words.sql` runs it. Ids are the rows, from 0: the most
 * frequent word first.
 * @returns the text as bytes, a chunk at a time
 * @throws SeqkitError `bad-value` for vectors that are too long, a word with a zero byte, or a number beyond 16 bits
 */
export function toPgvector(vectors: KeyedVectors, options: PgvectorOptions = {}): AsyncGenerator<Uint8Array> {
  const from = vectorsArgument(vectors, 'toPgvector: vectors');
  const { table = 'words', type = 'vector' } = pgvectorOptions.parse(options);
  if (table.includes('\0') || new TextEncoder().encode(table).length > MAX_NAME_BYTES) {
    throw new SeqkitError(`toPgvector: table is ${quoted(table)}, which is no name of PostgreSQL.`, {
      code: 'bad-value',
      hint: `Take one of ${MAX_NAME_BYTES} bytes at most.`,
    });
  }
  if (from.vectorSize > MAX_NUMBERS) {
    throw new SeqkitError(
      `The vectors have ${from.vectorSize} numbers each, where pgvector keeps ${MAX_NUMBERS} at most.`,
      { code: 'bad-value', hint: 'Train shorter vectors.' },
    );
  }
  return textChunks(program(from, `"${table.replaceAll('"', '""')}"`, type));
}

function* program(vectors: KeyedVectors, table: string, type: PgvectorType): Generator<string> {
  const { vectorSize } = vectors;
  yield `\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
BEGIN;
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE ${table} (id integer PRIMARY KEY, word text NOT NULL, embedding ${type}(${vectorSize}) NOT NULL);
COPY ${table} (id, word, embedding) FROM stdin;
`;
  yield* copyLines(vectors, type);
  yield `\\.
CREATE INDEX ON ${table} USING hash (word);
`;
  yield vectorSize <= MAX_INDEXED[type]
    ? `CREATE INDEX ON ${table} USING hnsw (embedding ${type}_cosine_ops) WITH (m = 16, ef_construction = 64);\n`
    : `-- No index of neighbours: pgvector takes ${MAX_INDEXED[type]} numbers of a ${type} at most.\n`;
  yield 'COMMIT;\n';
}

function* copyLines(vectors: KeyedVectors, type: PgvectorType): Generator<string> {
  let row = 0;
  for (const word of vectors.words()) {
    const numbers = vectors.rows.copy(row);
    const isBeyond = type === 'halfvec' && numbers.some((value) => Math.abs(value) > LARGEST_HALF);
    if (isBeyond || word.includes('\0')) {
      throw new SeqkitError(
        isBeyond
          ? `The vector of ${quoted(word)} (row ${row}) holds a number beyond ${LARGEST_HALF}, the largest of 16 bits.`
          : `The word ${quoted(word)} (row ${row}) holds a zero byte, which PostgreSQL keeps in no text.`,
        { code: 'bad-value', hint: isBeyond ? "Take the type 'vector'." : 'Leave the word out.' },
      );
    }
    yield `${row}\t${escaped(word)}\t[${Array.from(numbers, shortest).join(',')}]\n`;
    row++;
  }
}

/** As COPY has text: what ends fields and lines, and the backslash, behind a backslash. */
function escaped(word: string): string {
  return word
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}
