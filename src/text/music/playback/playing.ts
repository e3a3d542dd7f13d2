import { abcText } from '../notation/abc-text.js';
import type { ParsedElement, ParsedTune } from './abcjs.js';
import { WHOLE_TICKS } from '../notation/meter.js';
import { readScore } from '../midi/score.js';
import { elementsOf } from './parsed-elements.js';
import { parsed, playableTune } from './playable.js';
import { midiOf, warningsOf } from './tune-files.js';

/** What rounding to a MIDI file's ticks may come to, in whole notes: less than any note is long. */
const TOLERANCE = 1 / 512;

/** Trills are played in notes of 1/32, the last of which may end late by less than that, in whole notes. */
const TRILL_NOTE = 1 / 32;

/**
 * What is wrong with how a tune plays, by the notes of its MIDI file: empty where there are notes, each
 * written one begins at its time and ends after it, and the last ends when the durations of all, repeats
 * played out, add up.
 */
export async function playFaults(abc: string): Promise<string[]> {
  const given = abcText.parse(abc, 'playFaults: abc');
  try {
    const tune = await parsed(given);
    return await faultsOf(given, tune);
  } catch (error) {
    return [`It cannot be played: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** What is wrong with a tune, by abcjs's reading and by how it plays: empty where it is in order. */
export async function tuneFaults(abc: string): Promise<string[]> {
  try {
    const tune = await parsed(abc);
    const warnings = warningsOf(tune);
    return warnings.length > 0 ? warnings : await faultsOf(abc, tune);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function faultsOf(abc: string, tune: ParsedTune): Promise<string[]> {
  const score = readScore(await midiOf(await playableTune(abc, tune)));
  // The melody comes first; chord symbols have a part of their own.
  const notes = score.parts.at(0)?.notes ?? [];
  if (notes.length === 0) return ['No note sounds.'];
  const faults: string[] = [];
  if (score.oddNotes > 0) faults.push(`Notes that never end, or end as they begin: ${score.oddNotes}.`);
  const starts = notes.map(({ start }) => start / WHOLE_TICKS).sort((a, b) => a - b);
  let time = 0;
  let end = 0;
  let next = 0;
  for (const { duration, rest, pitches } of playedOut(elementsOf(tune))) {
    const isTied = pitches?.every(({ endTie }) => endTie === true) ?? false;
    if (!rest && !isTied) {
      while (next < starts.length && starts[next] < time - TOLERANCE) next++;
      if (!(starts[next] <= time + TOLERANCE)) faults.push(`No note sounds at ${inWholes(time)}.`);
    }
    time += duration!;
    if (!rest) end = time;
  }
  const last = notes.reduce((latest, note) => Math.max(latest, note.end), 0) / WHOLE_TICKS;
  if (last < end - TOLERANCE || last >= end + TRILL_NOTE - TOLERANCE) {
    faults.push(`The last note ends at ${inWholes(last)}; those written add up to ${inWholes(end)}.`);
  }
  return faults;
}

function inWholes(time: number): string {
  return `${+time.toFixed(3)} whole notes`;
}

/** Notes and rests in the order in which they are played: repeats twice, each time with its ending. */
function playedOut(elements: readonly ParsedElement[]): ParsedElement[] {
  const played: ParsedElement[] = [];
  /** Where the repeat in hand begins. */
  let start = 0;
  let isSecond = false;
  /** Within the first ending, the second time. */
  let skips = false;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    if (element.el_type !== 'bar') {
      if (element.duration !== undefined && !skips) played.push(element);
      continue;
    }
    if (element.endEnding) skips = false;
    const closes = element.type === 'bar_right_repeat' || element.type === 'bar_dbl_repeat';
    if (closes && !isSecond) {
      isSecond = true;
      i = start - 1;
      continue;
    }
    if (closes || element.type === 'bar_left_repeat') {
      isSecond = false;
      start = i + 1;
    } else if (isSecond && element.startEnding === '1') skips = true;
  }
  return played;
}
