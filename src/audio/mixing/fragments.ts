import type { Random } from '../../base/math/random.js';
import type { Clip, ClipSet } from '../clips/clips.js';
import type { SegmentKind, SegmentSettings, Range } from './segment-settings.js';

/** Sound kept before and after the speech of a clip, in seconds. */
export const LEAD_SECONDS = 0.1;
export const TAIL_SECONDS = 0.2;
/** More of a long negative, a sentence say, is not used in one example. */
const MAX_NEGATIVE_SECONDS = 2.5;
/** Length of a stretch of running speech. */
const SPEECH_SECONDS: Range = [1, 4];
/** Length of the fragments of made-up words: a syllable or two. */
const FRAGMENT_SECONDS: Range = [0.08, 0.4];
/** Less of what is around a word is not used, nor more at once. */
const SHORTEST_ROOM_TONE_SECONDS = 0.3;
const MAX_ROOM_TONE_SECONDS = 1.5;
/** Of an alarm as `listen` keeps it, three seconds of which the first two led up to it, the last two are used. */
const KEPT_FALSE_ALARM_SECONDS = 3.2;
const USED_FALSE_ALARM_SECONDS = 2;
/** Share of the words that are takes of one's own, where the clips hold any. */
const OWN_TAKES_SHARE = 1 / 3;

/** A stretch of a clip, in samples. */
export interface Fragment {
  clip: Clip;
  from: number;
  to: number;
}

/** The stretches of clips that follow each other in a segment of a kind. */
export function fragmentsOf(
  kind: SegmentKind,
  {
    activates,
    negatives,
    speech = [],
    lookAlikes = [],
    falseAlarms: alarms = [],
    ownTakes = [],
    sampleRate,
  }: ClipSet,
  settings: Readonly<SegmentSettings>,
  random: Random,
): Fragment[] {
  const whole = (clip: Clip) => wholeWord(clip, sampleRate, settings, random);
  switch (kind) {
    case 'activate': {
      const clip = oneOf(activates, ownTakes, random);
      if (settings.wordEnd === 'clip') return [{ clip, from: 0, to: clip.samples.length }];
      if (negatives.length === 0 || random.uniform() >= settings.runningSpeechShare) {
        return [whole(clip)];
      }
      const before = fragmentOf(random.choice(negatives), sampleRate, random);
      return [before, { ...whole(clip), from: clip.speech.start }];
    }
    case 'half-activate':
      return [random.choice(halvesOf(orOwn(activates, ownTakes, random), random))];
    case 'negative': {
      const clip = random.choice(negatives);
      const maxSeconds = Math.round(MAX_NEGATIVE_SECONDS * sampleRate);
      return [lengthOf(clip) <= maxSeconds ? whole(clip) : stretchOf(clip, maxSeconds, random)];
    }
    case 'alarm': {
      const clip = random.choice(alarms);
      const { length: to } = clip.samples;
      const used = Math.round(USED_FALSE_ALARM_SECONDS * sampleRate);
      if (to > KEPT_FALSE_ALARM_SECONDS * sampleRate) return [stretchOf(clip, used, random)];
      return [{ clip, from: Math.max(0, to - used), to }];
    }
    case 'speech': {
      const length = Math.round(random.uniform(...SPEECH_SECONDS) * sampleRate);
      return [stretchOf(random.choice(speech), length, random)];
    }
    case 'room-tone': {
      const tones = [...activates, ...ownTakes].flatMap((clip) => roomToneOf(clip, sampleRate) ?? []);
      const { clip, from, to } = random.choice(tones);
      const length = Math.min(to - from, Math.round(MAX_ROOM_TONE_SECONDS * sampleRate));
      const start = from + random.integer(to - from - length + 1);
      return [{ clip, from: start, to: start + length }];
    }
    case 'look-alike':
      return [whole(random.choice(lookAlikes))];
    case 'spliced': {
      const fragments = Array.from({ length: 2 + random.integer(4) }, () =>
        fragmentOf(random.choice(negatives), sampleRate, random),
      );
      const [firstHalf, secondHalf] = halvesOf(orOwn(activates, ownTakes, random), random);
      const place = random.integer(fragments.length - 1);
      const chance = random.uniform();
      if (chance < 0.2) fragments.splice(place, 2, secondHalf, firstHalf);
      else if (chance < 0.4) fragments[place] = random.choice([firstHalf, secondHalf]);
      return fragments;
    }
  }
}

/** A clip of the word; of several words, each is as likely however many clips it has. */
function oneOf(activates: readonly Clip[], ownTakes: readonly Clip[], random: Random): Clip {
  const words = [...new Set(activates.map(({ word }) => word))];
  if (words.length === 1) return orOwn(activates, ownTakes, random);
  const drawn = random.choice(words);
  const [all, own] = [activates, ownTakes].map((clips) => clips.filter(({ word }) => word === drawn));
  return orOwn(all, own, random);
}

/** One of these, or in a part of the draws one of the takes of one's own. */
function orOwn(activates: readonly Clip[], ownTakes: readonly Clip[], random: Random): Clip {
  // Nothing is drawn where there are none, so that examples come out as they would without them.
  const isOwn = ownTakes.length > 0 && random.uniform() < OWN_TAKES_SHARE;
  return random.choice(isOwn ? ownTakes : activates);
}

/** The speech of a clip with a little of what is before and after it, or more. */
function wholeWord(
  clip: Clip,
  sampleRate: number,
  { exampleSeconds, speed, surroundingsShare = 0, surroundingsSeconds = 1 }: Readonly<SegmentSettings>,
  random: Random,
): Fragment {
  const { start, end } = clip.speech;
  // Nothing is drawn where it is off, so that examples come out as they would without it.
  const isWanted = surroundingsShare > 0 && random.uniform() < surroundingsShare;
  // With all around it, it must still go into an example when it is played slowly.
  const maxSeconds = (end - start) / sampleRate + 2 * surroundingsSeconds;
  const isMore = isWanted && maxSeconds <= exampleSeconds * speed[0];
  const secondsOf = (min: number) => (isMore ? random.uniform(min, surroundingsSeconds) : min);
  const [lead, tail] = [secondsOf(LEAD_SECONDS), secondsOf(TAIL_SECONDS)];
  return {
    clip,
    from: Math.max(0, start - Math.round(lead * sampleRate)),
    to: Math.min(clip.samples.length, end + Math.round(tail * sampleRate)),
  };
}

/** What is before the word in its recording or, where that is longer, after it; undefined where there is little. */
export function roomToneOf(clip: Clip, sampleRate: number): Fragment | undefined {
  const before = { clip, from: 0, to: clip.speech.start - Math.round(LEAD_SECONDS * sampleRate) };
  const after = {
    clip,
    from: clip.speech.end + Math.round(TAIL_SECONDS * sampleRate),
    to: clip.samples.length,
  };
  const longer = before.to >= after.to - after.from ? before : after;
  return longer.to - longer.from < SHORTEST_ROOM_TONE_SECONDS * sampleRate ? undefined : longer;
}

function halvesOf(clip: Clip, random: Random): [first: Fragment, second: Fragment] {
  const { start, end } = clip.speech;
  const middle = start + Math.round((end - start) * random.uniform(0.4, 0.6));
  return [
    { clip, from: start, to: middle },
    { clip, from: middle, to: end },
  ];
}

/** A syllable or two of a clip's speech. */
function fragmentOf(clip: Clip, sampleRate: number, random: Random): Fragment {
  return stretchOf(clip, Math.round(random.uniform(...FRAGMENT_SECONDS) * sampleRate), random);
}

/** A random stretch of a clip's speech, as long as there is so much of it. */
function stretchOf(clip: Clip, wanted: number, random: Random): Fragment {
  const length = Math.min(lengthOf(clip), wanted);
  const from = clip.speech.start + random.integer(lengthOf(clip) - length + 1);
  return { clip, from, to: from + length };
}

function lengthOf({ speech: { start, end } }: Clip): number {
  return end - start;
}
