import { dirname, isAbsolute, join, resolve } from 'node:path';

/** A plugin of Rolldown that puts modules of `dist` in the place of others. */
export function replaceModules(dist, ...tables) {
  const replaced = new Map(
    tables
      .flatMap((table) => Object.entries(table))
      .flatMap(([other, modules]) =>
        modules.map((name) => [join(dist, `${name}.js`), join(dist, `${other}.js`)]),
      ),
  );
  return {
    name: 'replace-modules',
    resolveId(id, importer) {
      // What is left of these when all is built is an error.
      if (id.startsWith('node:')) return { id, external: true };
      // Entries as they are given: the package's own field `browser` must not lead to what is yet to be built.
      if (importer === undefined) return isAbsolute(id) ? id : null;
      if (!id.startsWith('.')) return null;
      return replaced.get(resolve(dirname(importer), id)) ?? null;
    },
  };
}
