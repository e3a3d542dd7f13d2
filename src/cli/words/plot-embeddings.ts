import { Option, type Command } from 'commander';
import {
  encodingOption,
  memberOption,
  findWords,
  limitOption,
  openVectors,
  vectorsOption,
  verifyVectorsOption,
} from './open-vectors.js';
import type { VectorOptions } from './open-vectors.js';
import { forceOption, jsonOption, seedOption } from '../options/options.js';
import { print, printJson } from '../terminal/output.js';
import { pairsOf } from './word-lists.js';
import { checkPicture, writePicture } from '../terminal/picture-file.js';

interface PlotOptions extends VectorOptions {
  readonly method: 'pca' | 'umap';
  readonly arrows?: string;
  readonly out: string;
  readonly seed: number;
  readonly force: boolean;
}

/** Adds the command that draws words: plot-embeddings. */
export function register(program: Command): void {
  program
    .command('plot-embeddings')
    .description('Draw a map of words: near on it where their vectors are near.')
    .argument('<words...>', 'three or more')
    .addOption(vectorsOption())
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
    .addOption(
      new Option('--method <name>', 'straight projection, or a map that keeps neighbours')
        .choices(['pca', 'umap'])
        .default('pca'),
    )
    .option('--arrows <pairs>', 'arrows from word to word, to see analogies: man:woman,king:queen')
    .option('--out <file>', 'the picture, .svg or .png', 'words.svg')
    .addOption(seedOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(plotEmbeddings);
}

async function plotEmbeddings(typed: string[], options: PlotOptions): Promise<void> {
  const { pcaMap, umapMap } = await import('../../embeddings/analysis/word-map.js');
  const { out, force, method, seed } = options;
  await checkPicture('--out', out, force);
  const arrows = options.arrows === undefined ? [] : pairsOf('--arrows', options.arrows);
  const vectors = await openVectors(options);
  const found = (await findWords(vectors, [...typed, ...arrows.flat()])).map(({ word }) => word);
  const words = [...new Set(found)];
  const links = arrows.map((_, i): [number, number] => {
    const from = typed.length + 2 * i;
    return [words.indexOf(found[from]), words.indexOf(found[from + 1])];
  });

  const map = method === 'pca' ? pcaMap(vectors, words) : await umapMap(vectors, words, { seed });
  const axis = (name: string, i: 0 | 1): string =>
    map.variance ? `${name} (${(100 * map.variance[i]).toFixed(0)}% of the variance)` : name;
  await writePicture(out, force, async () => {
    const { scatterPlotSvg } = await import('../../report/scatter-plot.js');
    return scatterPlotSvg({
      title: `${method.toUpperCase()} of ${words.length} words`,
      xTitle: axis(method === 'pca' ? 'first component' : 'UMAP 1', 0),
      yTitle: axis(method === 'pca' ? 'second component' : 'UMAP 2', 1),
      points: map.points.map(({ word, x, y }) => ({ label: word, x, y })),
      arrows: links,
    });
  });
  if (options.json) printJson({ file: out, method, ...map, arrows, vectors: vectors.source });
  else print(`wrote     ${out}`);
}
