import type { SentenceVectors } from '../average/sentence-vectors.js';
import { FOREIGN_MESSAGES } from './foreign-messages.js';
import { IntentModel, type Example } from './intent-model.js';
import { mixedPhrases, nearMisses } from './near-misses.js';

/** How well a bot tells intents, and what it is not for, on messages that it was not trained on (cross-validation). */
export interface ChatbotFigures {
  /** Phrases held out, each in one of the folds. */
  readonly phrases: number;
  /** The share of them whose intent is the first choice. */
  readonly accuracy: number;
  /** The share of them that are answered, rightly or not. */
  readonly answered: number;
  /** The share of them that are answered rightly. */
  readonly answeredRightly: number;
  /** Messages on other subjects held out, and the share of them that is refused. */
  readonly foreign: { readonly messages: number; readonly refused: number };
  /** Generated messages that are built like phrases, and the share of them that is refused. */
  readonly nearMisses: { readonly messages: number; readonly refused: number };
  /** A message is answered where it is an intent's with this probability at least. */
  readonly threshold: number;
}

/** What is learned of intents. */
export interface LearnedScope {
  readonly model: IntentModel;
  readonly figures: ChatbotFigures;
}

/** What it is learned from. */
export interface ScopeData {
  /** Phrases and their intents. */
  readonly phrases: readonly Example[];
  readonly intents: number;
  /** Messages of one's own that the bot is not for. */
  readonly outOfScope: readonly string[];
  readonly language: string;
  readonly sentences: SentenceVectors | undefined;
  readonly seed: number;
  /** Where the threshold is given. */
  readonly threshold: number | undefined;
}

const FOLDS = 4;
/** More messages than this on other subjects teach no more. */
const MIXED = 100;
const NEAR_MISSES = 200;
/** A message that an intent claims with this probability, when the message is held out, is taken out. */
const CLAIMED = 0.5;
/** Answering a phrase is worth as much as refusing a message that is none; near misses, which may be sense, count less. */
const NEAR_MISS_WORTH = 0.25;

interface Judged {
  /** How probable it is that an intent is meant. */
  readonly score: number;
  readonly best: number;
}

/**
 * Trains on phrases and on messages that are none. Four models first, each without a fourth of both: what they say of
 * that fourth sets the threshold and gives the figures.
 */
export function learnScope(data: ScopeData): LearnedScope {
  const { phrases, intents, outOfScope, sentences, seed } = data;
  const known = data.language === 'en' ? FOREIGN_MESSAGES : mixedPhrases(phrases, MIXED, seed);
  const foreign = [
    ...outOfScope.map((text) => ({ text, isOwn: true })),
    ...known.map((text) => ({ text, isOwn: false })),
  ];
  const misses = nearMisses(
    phrases,
    foreign.map(({ text }) => text),
    NEAR_MISSES,
    seed,
  );
  const folds = foldsOf(phrases);
  const ofPhrases: (Judged & { label: number })[] = [];
  const ofForeign: (Judged & { text: string; isOwn: boolean })[] = [];
  const ofMisses: number[] = misses.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = foreign.filter((_, i) => i % FOLDS !== fold).map(({ text }): Example => [text, intents]);
    const kept = phrases.filter((_, i) => folds[i] !== fold);
    const model = IntentModel.fit([...kept, ...others], intents, sentences);
    for (const [i, [text, label]] of phrases.entries()) {
      if (folds[i] === fold) ofPhrases.push({ ...judge(model, text, intents), label });
    }
    for (const [i, message] of foreign.entries()) {
      if (i % FOLDS === fold) ofForeign.push({ ...judge(model, message.text, intents), ...message });
    }
    for (const [i, text] of misses.entries())
      if (i % FOLDS === fold) ofMisses[i] = judge(model, text, intents).score;
  }
  // An intent that is about the subject of such a message must not be taught that it is not.
  const unclaimed = ofForeign.filter(({ score, isOwn }) => isOwn || score < CLAIMED);
  const examples = unclaimed.map(({ text }): Example => [text, intents]);
  const model = IntentModel.fit([...phrases, ...examples], intents, sentences);
  const scores = {
    phrases: ofPhrases.map(({ score }) => score),
    foreign: unclaimed.map(({ score }) => score),
    misses: ofMisses,
  };
  const threshold = data.threshold ?? bestThreshold(scores);
  const isAnswered = (score: number) => score >= threshold;
  const isRight = ({ best, label }: { best: number; label: number }) => best === label;
  return {
    model,
    figures: {
      phrases: ofPhrases.length,
      accuracy: share(ofPhrases, isRight),
      answered: share(scores.phrases, isAnswered),
      answeredRightly: share(ofPhrases, (one) => isRight(one) && isAnswered(one.score)),
      foreign: { messages: scores.foreign.length, refused: share(scores.foreign, (s) => !isAnswered(s)) },
      nearMisses: { messages: misses.length, refused: share(ofMisses, (s) => !isAnswered(s)) },
      threshold,
    },
  };
}

function judge(model: IntentModel, text: string, intents: number): Judged {
  const probabilities = model.probabilities(text);
  const none = probabilities.length > intents ? probabilities[intents] : 0;
  let best = 0;
  for (let k = 1; k < intents; k++) if (probabilities[k] > probabilities[best]) best = k;
  return { score: 1 - none, best };
}

/** Each intent's phrases are dealt out over the folds; an intent's only phrase stays in all of them. */
function foldsOf(phrases: readonly Example[]): number[] {
  const counts = new Map<number, number>();
  for (const [, label] of phrases) counts.set(label, (counts.get(label) ?? 0) + 1);
  const dealt = new Map<number, number>();
  return phrases.map(([, label]) => {
    const before = dealt.get(label) ?? 0;
    dealt.set(label, before + 1);
    return counts.get(label) === 1 ? -1 : before % FOLDS;
  });
}

/** The threshold that answers most phrases and refuses most of the rest, midway between the scores beside it. */
function bestThreshold(scores: {
  readonly phrases: readonly number[];
  readonly foreign: readonly number[];
  readonly misses: readonly number[];
}): number {
  const all = [...scores.phrases, ...scores.foreign, ...scores.misses].sort((a, b) => a - b);
  let [best, threshold] = [-Infinity, 0.5];
  for (let i = 0; i + 1 < all.length; i++) {
    const middle = (all[i] + all[i + 1]) / 2;
    const worth =
      share(scores.phrases, (s) => s >= middle) +
      share(scores.foreign, (s) => s < middle) +
      NEAR_MISS_WORTH * share(scores.misses, (s) => s < middle);
    if (worth > best) [best, threshold] = [worth, middle];
  }
  return threshold;
}

function share<T>(items: readonly T[], takes: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(takes).length / items.length;
}
