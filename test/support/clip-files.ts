import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLIP_KINDS, type ClipFile } from '../../src/audio/clips/clips.js';

/** The path of a file that the repository carries. */
export function repositoryFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The clips that come with seqkit; every n-th of each kind. */
export function shippedClips(every = 1): ClipFile[] {
  return CLIP_KINDS.flatMap((kind) => {
    const folder = repositoryFile(`data/clips/${kind}`);
    return readdirSync(folder)
      .sort()
      .filter((_, index) => index % every === 0)
      .map((name) => ({ path: `${kind}/${name}`, bytes: readFileSync(`${folder}/${name}`) }));
  });
}
