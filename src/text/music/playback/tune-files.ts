import { loadAbcjs, type ParsedTune } from './abcjs.js';
import { abcText } from '../notation/abc-text.js';
import { retimed } from '../midi/retime.js';
import { asTune, parsed, playableTune } from './playable.js';
import { checkPlayback, withHeader, type PlaybackOptions } from './playback-options.js';
import { swingOf } from './swing.js';

/**
 * A tune in ABC as a MIDI file, by abcjs: repeats, endings, tuplets, grace notes, ornaments and chords
 * are played out; chord symbols are accompanied.
 * @throws SeqkitError `bad-value` for what is no tune, or an option out of range
 */
export async function tuneMidi(abc: string, options: PlaybackOptions = {}): Promise<Uint8Array> {
  const given = checkPlayback(options);
  const text = withHeader(abcText.parse(abc, 'tuneMidi: abc'), given);
  const bytes = await midiOf(await playableTune(text));
  const swing = swingOf(text, given.swing ?? 0.5);
  return swing ? retimed(bytes, swing) : bytes;
}

/** @param tune as `playableTune` gives it */
export async function midiOf(tune: ParsedTune): Promise<Uint8Array> {
  const abcjs = await loadAbcjs();
  return asTune('played', () => abcjs.synth.getMidiFile(tune, { midiOutputType: 'binary' }));
}

/** What abcjs has to say against a tune: empty where it parses. */
export async function parseWarnings(abc: string): Promise<string[]> {
  return warningsOf(await parsed(abcText.parse(abc, 'parseWarnings: abc')));
}

/** What abcjs had to say as it read a tune. */
export function warningsOf(tune: ParsedTune | undefined): string[] {
  if (!tune || tune.lines.length === 0) return ['There are no notes.'];
  return (tune.warnings ?? []).map((warning) => warning.replace(/<[^>]*>/g, ''));
}
