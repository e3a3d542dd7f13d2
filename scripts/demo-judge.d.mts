import type { matchEvents } from '../src/audio/detection/evaluation.js';

interface Recording {
  word: string;
  words: { word: string; startSeconds: number; endSeconds: number }[];
}

export function judge(
  eventSeconds: number[],
  recording: Recording,
  match: typeof matchEvents,
): { lines: string[]; good: boolean };
