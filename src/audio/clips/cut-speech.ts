import { soundRuns, type SampleRange } from '../signal/digital-silence.js';
import type { Waveform } from '../signal/wav.js';
import { soundStretches } from './speech-edges.js';

/** Digital silence that touches speech, s. */
export interface SpeechCut {
  /** Within it, beside it with more sound on the other side, or at its start or end. */
  where: 'within' | 'between' | 'start' | 'end';
  fromSeconds: number;
  seconds: number;
}

/** A slip is shorter. */
const SHORTEST_SECONDS = 0.02;
/** Speech does not end where a program began to be silent, but a little before: so far at most. */
const NEAR_SECONDS = 0.05;
/** Between two sounds it is as near as the sound of a pause can be. */
const NEAR_OTHER_SECONDS = 0.25;
/** At an edge it tells of a gate only where it is long: a recording may begin with a few zeros. */
const SHORTEST_AT_EDGE_SECONDS = 0.05;

/**
 * Where digital silence cuts into the speech of a recording or off its ends, as noise gates, lost packets and clips cut
 * too close do.
 *
 * @param speech as `findSpeech` found it
 */
export function speechCuts({ samples, sampleRate }: Waveform, { start, end }: SampleRange): SpeechCut[] {
  const cuts: SpeechCut[] = [];
  const add = (where: SpeechCut['where'], from: number, to: number, shortest: number) => {
    const seconds = (to - from) / sampleRate;
    if (seconds >= shortest) cuts.push({ where, fromSeconds: from / sampleRate, seconds });
  };
  const near = NEAR_SECONDS * sampleRate;
  const nearOther = NEAR_OTHER_SECONDS * sampleRate;
  const others = soundStretches(samples, sampleRate).filter(
    (other) => other.end <= start || other.start >= end,
  );
  for (const { start: from, end: to } of silences(samples, sampleRate)) {
    const isBetween = others.some((other) =>
      other.start >= end
        ? from >= end && to <= other.start && other.start - end - (to - from) < nearOther
        : to <= start && from >= other.end && start - other.end - (to - from) < nearOther,
    );
    if (from < end && to > start) add('within', Math.max(from, start), Math.min(to, end), 0);
    else if (isBetween) add('between', from, to, SHORTEST_SECONDS);
    else if (to <= start && start - to <= near) add('start', from, to, SHORTEST_AT_EDGE_SECONDS);
    else if (from >= end && from - end <= near) add('end', from, to, SHORTEST_AT_EDGE_SECONDS);
  }
  const within = cuts.filter(({ where }) => where === 'within');
  const isSlip = within.reduce((sum, { seconds }) => sum + seconds, 0) < SHORTEST_SECONDS;
  return isSlip ? cuts.filter(({ where }) => where !== 'within') : cuts;
}

/** What lies between the sound of a recording. */
function silences(samples: Float32Array, sampleRate: number): SampleRange[] {
  const found: SampleRange[] = [];
  let at = 0;
  for (const { start, end } of soundRuns(samples, sampleRate)) {
    if (start > at) found.push({ start: at, end: start });
    at = end;
  }
  if (samples.length > at) found.push({ start: at, end: samples.length });
  return found;
}
