import { SeqkitError } from '../../base/errors.js';
import { splitLines, splitTokens, usualHeldOut } from '../corpus/corpus.js';
import { ContiguousBatches } from '../corpus/contiguous-batches.js';
import { countedCharacters } from '../corpus/counted-characters.js';
import { LineBatches, TextLines } from '../corpus/line-batches.js';
import { SeenLines } from '../sampling/seen-lines.js';
import { measuringBatches } from './text-loss.js';
import { checkTextOptions, type TextFitOptions, type TextRun } from './text-options.js';
import { linesOf, TEXT_WORDS, WordedText, type TextSource, type TextWords } from '../corpus/text-source.js';
import type { TrainingText } from './text-training.js';
import { encodeText } from '../corpus/token-store.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

/** How many steps carry their state on before it is zero again, as it is where sampling begins. */
const CARRIED_STEPS = 25;

/** A text as training takes it. */
export interface TrainingParts extends TrainingText {
  /** How many characters the predictions of each part are. */
  readonly characters: { readonly heldOut: number; readonly test: number };
  /** The lines trained on, of a model of lines. */
  readonly seen: SeenLines | undefined;
  /** Frees the disk space, where the tokens lie there. */
  dispose(): void;
}

/** What a run is to be, checked, and where it keeps its files. */
export interface RunPlace {
  readonly run: TextRun;
  /** Undefined for the system's folder of temporary files. */
  readonly folder: string | undefined;
}

/**
 * Refuses what cannot work before anything is read.
 * @throws SeqkitError as `checkTextOptions` and `TextCheckpoints.check`
 */
export async function checkRun(options: TextFitOptions): Promise<RunPlace> {
  const run = checkTextOptions(options);
  const { checkpoint, resume = false } = options;
  if (!checkpoint || 'store' in checkpoint) return { run, folder: undefined };
  const { TextCheckpoints } = await import('./text-checkpoints.js');
  await TextCheckpoints.check(checkpoint, resume);
  // Beside the checkpoints there is room for large files; the system's folder may be one in memory.
  return { run, folder: checkpoint.folder };
}

/**
 * Reads a text into tokens and cuts it into what is trained on, what is measured on, and the test.
 * @throws SeqkitError `too-little-data` where it does not fill one batch
 */
export async function openTraining(
  source: TextSource,
  vocabulary: Vocabulary,
  { run, folder }: RunPlace,
  { lines, seed }: { lines: boolean; seed: number },
): Promise<TrainingParts> {
  const { batchSize, seqLength } = run;
  const chunks = lines ? linesOf(source) : source.chunks();
  const tokens = await encodeText(chunks, vocabulary, folder);
  try {
    if (tokens.length <= (lines ? 1 : 0)) {
      throw new SeqkitError('The text is empty.', { code: 'too-little-data' });
    }
    const share = { heldOut: run.heldOut ?? usualHeldOut(tokens.length), test: run.test };
    const dispose = (): void => tokens.dispose();
    if (!lines) {
      const { training, heldOut, test } = splitTokens(
        tokens,
        { batchSize, seqLength, ...share },
        wordsOf(source, vocabulary),
      );
      const measured = (part: typeof heldOut) =>
        part.length > 1 ? measuringBatches(part, { batchSize, seqLength }) : undefined;
      const end = tokens.length - test.length;
      const counted = (start: number, end: number): number =>
        countedCharacters(tokens, { start: Math.min(start + 1, end), end }, vocabulary);
      return {
        tokens,
        characters: { heldOut: counted(training.length, end), test: counted(end, tokens.length) },
        training: new ContiguousBatches(training, { batchSize, steps: seqLength, freshEvery: CARRIED_STEPS }),
        heldOut: measured(heldOut),
        test: measured(test),
        seen: undefined,
        dispose,
      };
    }
    const all = new TextLines(tokens, vocabulary.encode('\n')[0]);
    const split = splitLines(all, { batchSize, ...share }, seed);
    const shape = { batchSize, steps: seqLength };
    const measured = (part: Uint32Array<ArrayBuffer>) =>
      part.length > 0 ? new LineBatches(all, part, shape) : undefined;
    const counted = (lines: Uint32Array): number =>
      lines.reduce(
        (sum, line) =>
          sum + countedCharacters(tokens, { start: all.starts[line], end: all.starts[line + 1] }, vocabulary),
        0,
      );
    return {
      tokens,
      characters: { heldOut: counted(split.heldOut), test: counted(split.test) },
      training: new LineBatches(all, split.training, { ...shape, seed }),
      heldOut: measured(split.heldOut),
      test: measured(split.test),
      seen: SeenLines.of(textsOf(all, split.training, vocabulary)),
      dispose,
    };
  } catch (error) {
    tokens.dispose();
    throw error;
  }
}

/** What errors call a text and its tokens. */
function wordsOf(source: TextSource, { tokens }: Vocabulary): TextWords {
  if (source instanceof WordedText) return source.words;
  return { ...TEXT_WORDS, unit: unitNames[tokens] };
}

/** One token, as errors name it. */
const unitNames = { characters: 'character', bytes: 'byte', words: 'token', bpe: 'token' } as const;

function* textsOf(
  lines: TextLines,
  which: Uint32Array,
  vocabulary: Vocabulary,
): Generator<string, void, void> {
  for (const line of which) {
    const [start, end] = [lines.starts[line], lines.starts[line + 1] - 1];
    yield vocabulary.decode(lines.tokens.read(start, end));
  }
}
