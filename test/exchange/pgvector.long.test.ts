import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { collect } from '../../src/base/encoding/byte-chunks.js';
import { toPgvector, type PgvectorOptions } from '../../src/exchange/index.js';
import { KeyedVectors, Random } from '../../src/index.js';

/** Words with all that COPY has to keep apart. */
const odd = ['tab\there', 'line\nfeed', 'back\\slash', '\\.', 'return\rhere', "it's", '水泳', '\\N', '"'];
const words = [...odd, ...Array.from({ length: 191 }, (_, i) => `word${i}`)];
const width = 12;
const random = new Random(8);
const data = Float32Array.from({ length: words.length * width }, () => random.normal());
const vectors = KeyedVectors.fromRows(words, data);
const text = async (chunks: AsyncIterable<Uint8Array>) => Buffer.from(await collect(chunks)).toString();

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } });
}, 120_000);
afterAll(() => database.close());

/** Runs a program as psql does: what stands after a COPY from stdin, up to its end, is the data. */
async function run(program: string): Promise<void> {
  const [, before, rows, after] = /^\\set ON_ERROR_STOP on\n(.*?stdin;\n)(.*?)\\\.\n(.*)$/s.exec(program)!;
  const copy = before.lastIndexOf('COPY');
  await database.exec(before.slice(0, copy));
  const blob = new Blob([rows]);
  await database.query(before.slice(copy).replace('FROM stdin', "FROM '/dev/blob'"), [], { blob });
  await database.exec(after);
}

async function nearest(table: string, type: string, word: string): Promise<string[]> {
  const { rows } = await database.query<{ word: string }>(
    `SELECT word FROM ${table} WHERE word <> $1 ORDER BY embedding <=> (SELECT embedding FROM ${table} WHERE word = $1)::${type} LIMIT 10`,
    [word],
  );
  return rows.map((row) => row.word);
}

describe('a program for pgvector', () => {
  it.each<[PgvectorOptions, string, string]>([
    [{}, '"words"', 'vector'],
    [{ type: 'halfvec', table: 'a "name"' }, '"a ""name"""', 'halfvec'],
  ])(
    'fills a table whose ten neighbours are ours: %j',
    async (options, table, type) => {
      await run(await text(toPgvector(vectors, options)));
      const { rows } = await database.query<{ word: string; embedding: string }>(
        `SELECT word, embedding::text FROM ${table} ORDER BY id`,
      );
      expect(rows.map(({ word }) => word)).toEqual(words);
      if (type === 'vector') {
        const kept = rows.flatMap(({ embedding }) => JSON.parse(embedding) as number[]);
        expect(Float32Array.from(kept)).toEqual(data);
      }
      for (const word of ['word3', 'line\nfeed', '\\.']) {
        const ours = vectors.similarByWord(word, 10).map((near) => near.word);
        expect(await nearest(table, type, word)).toEqual(ours);
      }
      const indexes = await database.query<{ indexdef: string }>('SELECT indexdef FROM pg_indexes');
      const made = indexes.rows.map(({ indexdef }) => indexdef).join('\n');
      expect(made).toContain(`USING hnsw (embedding ${type}_cosine_ops)`);
      expect(made).toContain('USING hash (word)');
    },
    60_000,
  );
});
