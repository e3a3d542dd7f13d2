import { dirname, join, resolve } from 'node:path';
import { bundledPackages } from '../bundled-packages.mjs';
import { packageCode } from './package-code.mjs';

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
      if (importer === undefined || !importer.startsWith(dist)) return null;
      return vendored.get(id.startsWith('.') ? resolve(dirname(importer), id) : id) ?? null;
    },
    load: async (id) => (id.startsWith(PACKAGE) ? (await packageCode(id.slice(PACKAGE.length))).code : null),
  };
}

/** The modules of packages that the modules of a build were made of. */
export async function modulesOfPackages(ids) {
  const packages = ids.filter((id) => id.startsWith(PACKAGE)).map((id) => id.slice(PACKAGE.length));
  return (await Promise.all(packages.map(packageCode))).flatMap(({ moduleIds }) => moduleIds);
}
