import { Option, type Command } from 'commander';
import { SeqkitError } from '../../rnn/errors.js';
import { forceOption, jsonOption, seedOption } from '../options.js';
import { note, print, printJson } from '../output.js';
import { checkPictureName, writePicture } from '../picture-file.js';

interface PlotOptions {
  readonly vectors?: string;
  readonly method: 'pca' | 'umap';
  readonly arrows?: string;
  readonly out: string;
  readonly seed: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the command that draws words: plot-embeddings. */
export function register(program: Command): void {
  program
    .command('plot-embeddings')
    .description('Draw a map of words: near on it where their vectors are near.')
    .argument('<words...>', 'three or more')
    .option('--vectors <file>', 'a file of word vectors; without it, those that come with seqkit')
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
  const { checkWritable } = await import('../../rnn/host/files.js');
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors.js');
  const { lookUp } = await import('../../embeddings/look-up.js');
  const { pcaMap, umapMap } = await import('../../embeddings/word-map.js');
  const { out, force, method, seed } = options;
  checkPictureName('--out', out);
  const arrows = (options.arrows ?? '').split(',').filter(Boolean).map(pairOf);
  checkWritable(out, { force });
  const vectors =
    options.vectors === undefined ? await KeyedVectors.default() : await KeyedVectors.load(options.vectors);
  vectors.notes.forEach(note);
  const find = async (word: string): Promise<string> => (await lookUp(vectors, word)).word;
  const words: string[] = [];
  const add = async (word: string): Promise<number> => {
    const found = await find(word);
    if (!words.includes(found)) words.push(found);
    return words.indexOf(found);
  };
  for (const word of typed) await add(word);
  const links: [number, number][] = [];
  for (const [from, to] of arrows) links.push([await add(from), await add(to)]);

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

function pairOf(text: string): [string, string] {
  const [from, to, ...rest] = text.split(':').map((word) => word.trim());
  if (from && to && rest.length === 0) return [from, to];
  throw new SeqkitError(`--arrows takes pairs such as man:woman,king:queen, and "${text}" is none.`, {
    code: 'usage',
  });
}
