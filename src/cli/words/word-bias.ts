import { Option, type Command } from 'commander';
import type { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
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
import { pairsOf, wordsOf } from './word-lists.js';
import { forceOption, jsonOption, seedOption, wholeNumber } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { checkVectorName } from '../terminal/file-names.js';

interface DebiasCommandOptions extends VectorOptions {
  readonly direction: string;
  readonly neutral?: string;
  readonly equalize?: string;
  readonly out: string;
  readonly force: boolean;
}

interface AuditOptions extends VectorOptions {
  readonly x: string;
  readonly y: string;
  readonly a: string;
  readonly b: string;
  readonly permutations: number;
  readonly seed: number;
}

/** Adds the commands about bias in word vectors: debias, audit-bias. */
export function register(program: Command): void {
  program
    .command('debias')
    .description('Take a direction of meaning, such as gender, out of words (Bolukbasi et al. 2016).')
    .addOption(vectorsOption())
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
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
    .addOption(limitOption())
    .addOption(encodingOption())
    .addOption(memberOption())
    .addOption(verifyVectorsOption())
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

/** Typed words as the vocabulary spells them. @throws SeqkitError `unknown-word` */
async function spelled(vectors: KeyedVectors, typed: readonly string[]): Promise<string[]> {
  return (await findWords(vectors, typed)).map(({ word }) => word);
}

async function spelledPairs(
  vectors: KeyedVectors,
  pairs: readonly [string, string][],
): Promise<[string, string][]> {
  const words = await spelled(vectors, pairs.flat());
  return pairs.map((_, i) => [words[2 * i], words[2 * i + 1]]);
}

async function debias(options: DebiasCommandOptions): Promise<void> {
  const { checkWritable } = await import('../../base/host/files.js');
  const { biasDirection, debias } = await import('../../embeddings/analysis/bias.js');
  const { out, force } = options;
  const typedPairs = pairsOf('--direction', options.direction);
  const typedNeutral = options.neutral === undefined ? undefined : wordsOf('--neutral', options.neutral);
  const typedEqual = options.equalize === undefined ? [] : pairsOf('--equalize', options.equalize);
  checkVectorName('--out', out);
  checkWritable(out, { force });
  const vectors = await openVectors(options);
  const pairs = await spelledPairs(vectors, typedPairs);
  const equalize = await spelledPairs(vectors, typedEqual);
  const neutral = typedNeutral && (await spelled(vectors, typedNeutral));
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
  print(
    `neutral   ${counted(neutralized, 'word')} ${neutralized === 1 ? 'has' : 'have'} nothing of the direction`,
  );
  print(
    `equal     ${counted(equalize.length, 'pair')} ${equalize.length === 1 ? 'differs' : 'differ'} in it alone`,
  );
  print(`wrote     ${out}`);
  note(
    'All vectors have length 1 now. What words share beside the direction can still give a bias away: see audit-bias.',
  );
}

async function auditBias(options: AuditOptions): Promise<void> {
  const { weat } = await import('../../embeddings/analysis/weat.js');
  const [x, y, a, b] = (['x', 'y', 'a', 'b'] as const).map((name) => wordsOf(`--${name}`, options[name]));
  const vectors = await openVectors(options);
  const sets = {
    targetsX: await spelled(vectors, x),
    targetsY: await spelled(vectors, y),
    attributesA: await spelled(vectors, a),
    attributesB: await spelled(vectors, b),
  };
  const { permutations, seed } = options;
  const result = weat(vectors, sets, { permutations, seed });
  if (options.json) {
    printJson({ ...result, ...sets, seed, vectors: vectors.source });
    return;
  }
  print(`effect size  ${result.effectSize.toFixed(3)}  (from -2 to 2; above 0: X goes with A, Y with B)`);
  const how = result.exact
    ? `all of ${counted(result.permutations, 'partition')}`
    : `${counted(result.permutations, 'drawn partition')}`;
  print(`p            ${result.pValue.toPrecision(3)}  (one-sided, ${how})`);
}
