import type { Network } from '../../rnn/model/network.js';
import { trainable } from '../../rnn/model/trainable.js';
import { Adam } from '../../rnn/training/optimizers/index.js';
import type { WritingModel } from '../sampling/generation.js';
import type { SeenLines } from '../sampling/seen-lines.js';
import { linesOf, sourceOf, type TextSource } from '../corpus/text-source.js';
import type { Vocabulary } from '../corpus/vocabulary.js';
import { measureText, type TextLoss } from '../training/measurement.js';
import { evaluateOptions, parseFitOptions } from '../training/text-options.js';
import { trainOnText, type TextFitOptions, type TextHistory } from '../training/text-training.js';
import { checkRun, openTraining } from '../training/training-parts.js';
import { learnVocabulary } from './learn-vocabulary.js';
import { textOrSource } from './text-arguments.js';
import type { TextReading } from './text-model-options.js';
import { textNetwork } from './text-network.js';
import { learnedBy, writeSettings, type TextArchitecture, type TextTraining } from './text-settings.js';
import type { ModelOptions } from '../../rnn/model/model-options.js';

// The part of a text model that trains and measures it. A page that only writes does not load it.

/** A text model as it is before it is trained. */
export interface FittedModel {
  readonly architecture: TextArchitecture;
  readonly reading: TextReading;
  readonly extra: Readonly<Record<string, unknown>>;
  /** How its network is made, where it has none. */
  readonly options: ModelOptions & { seed: number };
  /** What it has learnt before, if anything. */
  readonly network: Network | undefined;
  readonly vocabulary: Vocabulary | undefined;
  readonly training: TextTraining | undefined;
  readonly seen: SeenLines | undefined;
  /** Whether it is wanted no more: asked after each step. */
  isOver(): boolean;
  /** Is told the network that is trained, which is to be freed even where training fails. */
  onNetwork(network: Network): void;
}

/** A text model as it is after it was trained. */
export interface FittedText {
  readonly network: Network;
  readonly vocabulary: Vocabulary;
  readonly training: TextTraining;
  readonly seen: SeenLines | undefined;
  readonly history: TextHistory;
}

/** As the model's `fit`. */
export async function fitText(
  model: FittedModel,
  text: string | TextSource,
  options: TextFitOptions,
): Promise<FittedText> {
  const source = sourceOf(textOrSource.parse(text, 'fit: text'));
  const { signal, ...given } = parseFitOptions(options);
  // What the loop asks after each step.
  const stopping = { aborted: () => model.isOver() || signal?.aborted === true };
  const { checkpoint } = given;
  if (!checkpoint || 'store' in checkpoint) return fit(model, source, given, stopping);
  const { folder } = checkpoint;
  const { whileLocked } = await import('../../base/host/lock-file.js');
  return whileLocked(folder, () => fit(model, source, given, stopping));
}

async function fit(
  model: FittedModel,
  source: TextSource,
  options: Omit<TextFitOptions, 'signal'>,
  stopping: { aborted(): boolean },
): Promise<FittedText> {
  const { architecture, reading, extra, training: before } = model;
  const { lines } = reading;
  const place = await checkRun(options);
  const vocabulary = model.vocabulary
    ? await writingAll(model.vocabulary, source)
    : await learnVocabulary(lines ? linesOf(source) : source.chunks(), reading);
  const parts = await openTraining(source, vocabulary, place, { lines, seed: model.options.seed });
  try {
    const network = model.network ?? (await textNetwork(vocabulary, architecture, model.options));
    model.onNetwork(network);
    const trained = trainable(network);
    if (options.worker) await trained.useWorker();
    const after = (history: TextHistory): TextTraining => ({
      steps: (before?.steps ?? 0) + history.steps,
      characters: (before?.characters ?? 0) + history.characters,
      loss: history.finalLoss,
      heldOutLoss: history.heldOutLoss.at(-1) ?? null,
    });
    const seen = parts.seen?.and(model.seen);
    const describe = (history: TextHistory) =>
      writeSettings({
        ...{ architecture, vocabulary, learned: learnedBy(reading) },
        ...{ training: after(history), lines: seen, extra },
      });
    const run = { model: trained, vocabulary, lines, describe, stopping };
    const history = await trainOnText(run, parts, options);
    const training = after(history);
    const keepsBest = options.earlyStopping ? options.earlyStopping.restoreBest : options.keepBest !== false;
    if (keepsBest && history.bestEpoch && !history.stopped) {
      // The weights are those of that epoch again.
      training.heldOutLoss = history.heldOutLoss[history.bestEpoch - 1];
    }
    return { network, vocabulary, training, seen, history };
  } finally {
    parts.dispose();
  }
}

/**
 * The vocabulary as it is, but that the bytes are written too where a text that is trained on has characters spelled
 * in them. The tokens are the same.
 */
async function writingAll(vocabulary: Vocabulary, source: TextSource): Promise<Vocabulary> {
  if (vocabulary.bytes !== 'halves' || vocabulary.spelled) return vocabulary;
  for await (const chunk of source.chunks()) {
    const isNew = (character: string): boolean => character !== '\r' && character !== '\n';
    if (!vocabulary.unknownIn(chunk).some(isNew)) continue;
    return vocabulary.withSpelled(true);
  }
  return vocabulary;
}

/** As the model's `evaluate`. @param compiled whether it has a loss already, from its training or from here */
export async function evaluateText(
  { model: network, vocabulary, lines }: WritingModel,
  text: string | TextSource,
  options: Pick<TextFitOptions, 'batchSize' | 'seqLength'>,
  compiled: boolean,
): Promise<TextLoss> {
  const { batchSize = 16, seqLength = 64 } = evaluateOptions.parse(options);
  const source = sourceOf(textOrSource.parse(text, 'evaluate: text'));
  const model = trainable(network);
  if (!compiled) model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam() });
  return measureText(model, source, vocabulary, { batchSize, seqLength, lines });
}
