import { loadAbcjs } from './abcjs.js';
import { playable } from './playable.js';

/**
 * A tune in ABC as a MIDI file, by abcjs: repeats, endings, tuplets, grace notes, ornaments and chords
 * are played out.
 */
export async function tuneMidi(abc: string): Promise<Uint8Array> {
  const abcjs = await loadAbcjs();
  return abcjs.synth.getMidiFile(await playable(abc), { midiOutputType: 'binary' })[0];
}

/** What abcjs has to say against a tune: empty where it parses. */
export async function parseWarnings(abc: string): Promise<string[]> {
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  if (!tune || tune.lines.length === 0) return ['There are no notes.'];
  return (tune.warnings ?? []).map((warning) => warning.replace(/<[^>]*>/g, ''));
}
