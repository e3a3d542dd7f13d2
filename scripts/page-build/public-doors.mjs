import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Leads what the studio imports of seqkit to the build for pages, by the entries that the package exports, and by no
 * others: a plugin of Rolldown.
 * @param place where to: from a path of dist, such as `./dist/browser/text.js`, to what Rolldown is told
 */
export function publicDoors(root, place) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = new Map(
    Object.values(exports)
      .filter((entry) => typeof entry === 'object' && entry.node !== undefined)
      .map(({ node, default: built }) => [
        join(root, node.replace('./dist', 'src').replace(/\.js$/, '.ts')),
        place(built),
      ]),
  );
  const studio = join(root, 'src/studio');
  return {
    name: 'public-doors',
    resolveId(id, importer) {
      if (!importer?.startsWith(studio) || !id.startsWith('.')) return null;
      const file = resolve(dirname(importer), id).replace(/\.js$/, '.ts');
      if (file.startsWith(studio)) return null;
      const door = entries.get(file);
      if (door !== undefined) return door;
      throw new Error(`${relative(root, importer)} imports ${id}, which seqkit does not export`);
    },
  };
}
