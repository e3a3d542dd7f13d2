import { basename, extname, join } from 'node:path';
import { typedValue } from '../options/typed-value.js';
import { counted, note, print, printJson } from '../terminal/output.js';

interface StoreOptions {
  readonly to: string;
  readonly out: string;
  readonly halfvec: boolean;
  readonly table?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Writes word vectors for a database: a program for PostgreSQL, or lines of JSON for Qdrant. */
export async function exportVectors(path: string, options: StoreOptions): Promise<void> {
  const { to, out, halfvec, table, force, json } = options;
  const { makeFolder } = await import('../../base/host/folders.js');
  const { checkWritable, writeFileAtomic } = await import('../../base/host/files.js');
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
  const { qdrantCollection, toPgvector, toQdrant } = await import('../../exchange/index.js');
  const vectors = await KeyedVectors.load(path);
  try {
    for (const line of vectors.notes) note(line);
    const name = basename(path, extname(path));
    const type = halfvec ? 'halfvec' : 'vector';
    const files =
      to === 'pgvector'
        ? {
            [`${name}.sql`]: typedValue(undefined, () =>
              toPgvector(vectors, { type, ...(table !== undefined && { table }) }),
            ),
          }
        : {
            [`${name}.ndjson`]: toQdrant(vectors),
            [`${name}.collection.json`]: `${JSON.stringify(qdrantCollection(vectors))}\n`,
          };
    makeFolder(out);
    for (const file of Object.keys(files)) checkWritable(join(out, file), { force });
    for (const [file, contents] of Object.entries(files)) {
      await writeFileAtomic(join(out, file), contents, { force });
    }
    const written = Object.keys(files).map((file) => join(out, file));
    if (json) printJson({ files: written, words: vectors.size, vectorSize: vectors.vectorSize });
    else {
      const [main] = written;
      print(`${main}: ${counted(vectors.size, 'word')} of ${counted(vectors.vectorSize, 'number')}`);
    }
  } finally {
    vectors.dispose();
  }
}
