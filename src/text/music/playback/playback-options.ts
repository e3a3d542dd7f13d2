import { number, optional, optionsSchema, text, type OptionTable } from '../../../base/schema/index.js';
import { programOf } from './general-midi.js';

/** How fast, and how evenly, a tune is played. */
export interface TimingOptions {
  /** Quarter notes a minute, 20 to 400. @default what the tune says, or what abcjs takes for its meter */
  tempo?: number;
  /**
   * What the first of two eighths takes of their time, in meters that are not compound: 0.5 plays them even, 0.67 in
   * triplets. From 0.5 to 0.8. @default 0.5
   */
  swing?: number;
}

/** How a tune is played as MIDI. */
export interface PlaybackOptions extends TimingOptions {
  /** An instrument of General MIDI, by its name or its number from 1 on. @default 'acoustic grand piano' */
  instrument?: string;
}

/** The schemas of `TimingOptions`. */
export const timingTable: OptionTable<TimingOptions> = {
  tempo: optional(number({ min: 20, max: 400 })),
  swing: optional(number({ min: 0.5, max: 0.8 })),
};

const playbackOptions = optionsSchema<PlaybackOptions>('tuneMidi', {
  ...timingTable,
  instrument: optional(text),
});

/** @throws SeqkitError `bad-value` for what is out of range, or no instrument */
export function checkPlayback(options: PlaybackOptions): PlaybackOptions {
  const given = playbackOptions.parse(options);
  if (given.instrument !== undefined) programOf(given.instrument);
  return given;
}

/** A tune that says its tempo and instrument in its header. */
export function withHeader(abc: string, { tempo, instrument }: PlaybackOptions): string {
  const at = abc.search(/^K:/m);
  if (at < 0) return abc;
  const before = tempo === undefined ? abc.slice(0, at) : abc.slice(0, at).replace(/^Q:.*\n/gm, '');
  const lines = [
    ...(tempo === undefined ? [] : [`Q:1/4=${tempo}\n`]),
    ...(instrument === undefined ? [] : [`%%MIDI program ${programOf(instrument)}\n`]),
  ];
  return before + lines.join('') + abc.slice(at);
}
