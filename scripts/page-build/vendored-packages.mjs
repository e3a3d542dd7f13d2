import { dirname, join, resolve } from 'node:path';
import { bundledPackages } from '../bundled-packages.mjs';

const PACKAGE = '\0package:';

/** A plugin of Rolldown: a package as seqkit uses it, built for pages in the place of what dist/vendor holds for Node. */
export function vendoredPackages(dist) {
  const vendored = new Map(
    Object.keys(bundledPackages).flatMap((name) => [
      [name, PACKAGE + name],
      [join(dist, `vendor/${name.replace(/\.js$/, '')}.js`), PACKAGE + name],
    ]),
  );
  return {
    name: 'vendored-packages',
    resolveId(id, importer) {
      if (importer === undefined || importer.startsWith(PACKAGE) || !importer.startsWith(dist)) return null;
      return vendored.get(id.startsWith('.') ? resolve(dirname(importer), id) : id) ?? null;
    },
    load: (id) => (id.startsWith(PACKAGE) ? bundledPackages[id.slice(PACKAGE.length)] : null),
  };
}
