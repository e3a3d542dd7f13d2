import { Voices } from '../../audio/voices/voices.js';
import { counted, note } from '../terminal/output.js';
import { typedValueOf } from '../options/typed-value.js';

/**
 * Voices that speak a language, of those that work on this machine; says how many of which engines.
 * @throws SeqkitError `engine` where nothing speaks, `usage` where nothing speaks the language
 */
export async function voicesFor(language: string): Promise<Voices> {
  const found = await typedValueOf('--language', () => Voices.find({ language }));
  const voices = await found.working();
  for (const line of voices.notes) note(line);
  const each = Object.entries(voices.counts).map(([engine, count]) => `${count} of ${engine}`);
  note(`${counted(voices.voices.length, 'voice')} for "${language}": ${each.join(', ')}.`);
  return voices;
}
