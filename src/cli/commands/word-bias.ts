import { Option, type Command } from 'commander';
import { SeqkitError } from '../../rnn/errors.js';
import { forceOption, jsonOption, seedOption, wholeNumber } from '../options.js';
import { note, print, printJson } from '../output.js';

interface DebiasCommandOptions {
  readonly vectors?: string;
  readonly direction: string;
  readonly neutral?: string;
  readonly equalize?: string;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
}

interface AuditOptions {
  readonly vectors?: string;
  readonly x: string;
  readonly y: string;
  readonly a: string;
  readonly b: string;
  readonly permutations: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Adds the commands about bias in word vectors: debias, audit-bias. */
export function register(program: Command): void {
  program
    .command('debias')
    .description('Take a direction of meaning, such as gender, out of words (Bolukbasi et al. 2016).')
    .addOption(vectorsOption())
    .requiredOption('--direction <pairs>', 'pairs of words that differ in it: she:he,woman:man')
    .option(
      '--neutral <words>',
      'words to take it out of: doctor,nurse (default: all but those of --equalize)',
    )
    .option('--equalize <pairs>', 'pairs that are to differ in it alone: grandmother:grandfather')
    .option('--out <file>', 'the new vectors', 'debiased.safetensors')
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(debias);
  program
    .command('audit-bias')
    .description('How much nearer words X than Y are to A than to B: WEAT (Caliskan et al. 2017).')
    .addOption(vectorsOption())
    .requiredOption('--x <words>', 'targets: rose,tulip,daisy')
    .requiredOption('--y <words>', 'other targets, as many: ant,flea,wasp')
    .requiredOption('--a <words>', 'attributes: love,peace,happy')
    .requiredOption('--b <words>', 'other attributes: hatred,war,ugly')
    .addOption(
      new Option('--permutations <n>', 'partitions to look at; all of them where there are no more')
        .argParser(wholeNumber({ min: 1, max: 1_000_000_000 }))
        .default(100_000),
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .action(auditBias);
}

function vectorsOption(): Option {
  return new Option('--vectors <file>', 'a file of word vectors; without it, those that come with seqkit');
}

async function open(path: string | undefined) {
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors.js');
  const vectors = path === undefined ? await KeyedVectors.default() : await KeyedVectors.load(path);
  vectors.notes.forEach(note);
  return vectors;
}

function wordsOf(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function pairsOf(flag: string, list: string): [string, string][] {
  return wordsOf(list).map((pair) => {
    const [a, b, ...rest] = pair.split(':').map((word) => word.trim());
    if (!a || !b || rest.length > 0) {
      throw new SeqkitError(`${flag} takes pairs such as she:he,woman:man, and "${pair}" is none.`, {
        code: 'usage',
      });
    }
    return [a, b];
  });
}

async function debias(options: DebiasCommandOptions): Promise<void> {
  const { checkWritable } = await import('../../rnn/host/files.js');
  const { biasDirection, debias } = await import('../../embeddings/bias.js');
  const { out, force } = options;
  const pairs = pairsOf('--direction', options.direction);
  const equalize = options.equalize === undefined ? [] : pairsOf('--equalize', options.equalize);
  const neutral = options.neutral === undefined ? undefined : wordsOf(options.neutral);
  checkWritable(out, { force });
  const vectors = await open(options.vectors);
  const direction = biasDirection(vectors, pairs);
  const mended = debias(vectors, { direction, equalize, ...(neutral !== undefined && { neutral }) });
  await mended.save(out, { force });
  const neutralized = neutral?.length ?? vectors.size - new Set(equalize.flat()).size;
  if (options.json) {
    printJson({
      file: out,
      words: mended.size,
      neutralized,
      equalized: equalize.length,
      direction: Array.from(direction),
      vectors: vectors.source,
    });
    return;
  }
  print(`neutral   ${neutralized.toLocaleString('en-US')} words have nothing of the direction`);
  print(`equal     ${equalize.length} pairs differ in it alone`);
  print(`wrote     ${out}`);
  note(
    'All vectors have length 1 now. What words share beside the direction can still give a bias away: see audit-bias.',
  );
}

async function auditBias(options: AuditOptions): Promise<void> {
  const { weat } = await import('../../embeddings/weat.js');
  const { lookUp } = await import('../../embeddings/look-up.js');
  const vectors = await open(options.vectors);
  const find = async (list: string): Promise<string[]> => {
    const found: string[] = [];
    for (const word of wordsOf(list)) found.push((await lookUp(vectors, word)).word);
    return found;
  };
  const sets = {
    targetsX: await find(options.x),
    targetsY: await find(options.y),
    attributesA: await find(options.a),
    attributesB: await find(options.b),
  };
  const { permutations, seed } = options;
  const result = weat(vectors, sets, { permutations, seed });
  if (options.json) {
    printJson({ ...result, ...sets, seed, vectors: vectors.source });
    return;
  }
  print(`effect size  ${result.effectSize.toFixed(3)}  (from -2 to 2; above 0: X goes with A, Y with B)`);
  const how = result.exact
    ? `all ${result.permutations.toLocaleString('en-US')} partitions`
    : `${result.permutations.toLocaleString('en-US')} drawn partitions`;
  print(`p            ${result.pValue.toPrecision(3)}  (one-sided, ${how})`);
}
