import type { SentenceVectors } from '../average/sentence-vectors.js';
import { FOREIGN_MESSAGES } from './foreign-messages.js';
import { IntentModel, type Example, type Spelling } from './intent-model.js';
import { mixedPhrases, nearMisses } from './near-misses.js';
import { SMALL_TALK } from './small-talk.js';

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
/**
 * Small talk that a bot takes for one intent is learned with it: where so many of the group's phrases are taken for that
 * intent, each with this probability, and fewer than half as many for any other.
 */
const GROUP_SHARE = 0.4;
const GROUP_CLAIM = 0.3;
/** Of held-out messages on other subjects this share is refused. The rest answers as many phrases as it can. */
const REFUSED = 0.95;
/** Refusing all near misses, which may be sense, is worth answering this share of the phrases. */
const NEAR_MISS_WORTH = 0.05;

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
  const spelling: Spelling = data.language === 'en' ? 'chat' : 'as typed';
  const folds = foldsOf(phrases);
  const talk =
    data.language === 'en'
      ? claimedTalk(
          data,
          foreign.map(({ text }) => text),
        )
      : [];
  const ofPhrases: (Judged & { label: number })[] = [];
  const ofForeign: (Judged & { text: string; isOwn: boolean })[] = [];
  const ofMisses: number[] = misses.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = foreign.filter((_, i) => i % FOLDS !== fold).map(({ text }): Example => [text, intents]);
    const kept = phrases.filter((_, i) => folds[i] !== fold);
    // A phrase that is held out is not learned from small talk instead.
    const heldOut = new Set(phrases.flatMap(([text], i) => (folds[i] === fold ? [bare(text)] : [])));
    const otherTalk = talk.filter(([text]) => !heldOut.has(bare(text)));
    const model = IntentModel.fit([...kept, ...others], intents, sentences, { spelling, talk: otherTalk });
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
  const model = IntentModel.fit([...phrases, ...examples], intents, sentences, { spelling, talk });
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

/** Small talk that the bot's intents mean, each phrase with its intent. */
function claimedTalk(data: ScopeData, foreign: readonly string[]): Example[] {
  const { phrases, intents, sentences } = data;
  const others = foreign.map((text): Example => [text, intents]);
  const model = IntentModel.fit([...phrases, ...others], intents, sentences, { spelling: 'chat' });
  return SMALL_TALK.flatMap((group) => {
    const votes = new Float64Array(intents);
    for (const text of group) {
      const probabilities = model.probabilities(text);
      const { best } = judge(model, text, intents);
      if (probabilities[best] >= GROUP_CLAIM) votes[best]++;
    }
    const claimed = votes.indexOf(Math.max(...votes));
    const isClear = votes.every((count, k) => k === claimed || 2 * count < votes[claimed]);
    return votes[claimed] < GROUP_SHARE * group.length || !isClear
      ? []
      : group.map((text): Example => [text, claimed]);
  });
}

/** The letters and digits of a phrase, to tell whether two are one. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
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

/** The threshold that answers most phrases of those that refuse enough, midway between the scores beside it. */
function bestThreshold(scores: {
  readonly phrases: readonly number[];
  readonly foreign: readonly number[];
  readonly misses: readonly number[];
}): number {
  const all = [...scores.phrases, ...scores.foreign, ...scores.misses].sort((a, b) => a - b);
  let [best, threshold] = [-Infinity, 0.5];
  for (let i = 0; i + 1 < all.length; i++) {
    const middle = (all[i] + all[i + 1]) / 2;
    const refused = share(scores.foreign, (s) => s < middle);
    const worth =
      share(scores.phrases, (s) => s >= middle) + NEAR_MISS_WORTH * share(scores.misses, (s) => s < middle);
    const isEnough = scores.foreign.length === 0 || refused >= REFUSED;
    const value = isEnough ? worth : refused - 2;
    if (value > best) [best, threshold] = [value, middle];
  }
  return threshold;
}

function share<T>(items: readonly T[], takes: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(takes).length / items.length;
}
