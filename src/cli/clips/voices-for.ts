import { Voices } from '../../audio/voices/voices.js';
import { counted, note } from '../terminal/output.js';
import { typedValueOf } from '../options/typed-value.js';

/**
 * Voices that speak a language; says how many of which engines.
 * @throws SeqkitError `engine` where nothing speaks, `usage` where nothing speaks the language
 */
export async function voicesFor(language: string): Promise<Voices> {
  const voices = await typedValueOf('--language', () => Voices.find({ language }));
  const each = Object.entries(voices.counts).map(([engine, count]) => `${count} of ${engine}`);
  note(`${counted(voices.voices.length, 'voice')} for "${language}": ${each.join(', ')}.`);
  return voices;
}
