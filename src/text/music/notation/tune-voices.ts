/** The lines of one voice, as they came. */
export interface VoiceLines {
  /** Its `V:`; that which begins without one is 1. */
  readonly name: string;
  /** As a `TuneVoice` has it. */
  readonly setting: string;
  readonly lines: string[];
}

const FIRST = '1';
/** A score for a large orchestra has half as many. */
const MOST_VOICES = 64;
/** What changes which notes are meant, of all that a `V:` may say (ABC 2.1, 4.6 and 7.1). */
const SETTING =
  /(?<!\S)(?:clef=)?(?:(?:treble|alto|tenor|bass)[1-5]?(?:[+-]8)?(?!\S))|(?<!\S)(?:octave|transpose)=-?\d{1,2}(?!\S)/g;
/** A change of voice within a line; what stands in quotes is none. */
const INLINE = /"[^"]*"?|\[V:([^\]]*)\]/g;

/**
 * Deals the lines of a tune to its voices, in the order in which they come (ABC 2.1, 7): from a `V:` on, in a line of its
 * own or in brackets, all is of that voice. Fields that come before any voice and any note are of all.
 * @param header the fields before the key, which may say how a voice is meant
 * @param lines those after the key
 * @returns or what is wrong with them
 */
export function splitVoices(header: readonly string[], lines: readonly string[]): VoiceLines[] | string {
  const settings = new Map<string, string>();
  const voices = new Map<string, VoiceLines>();
  const common: string[] = [];
  let current: string | undefined;
  const define = (value: string): string => {
    const name = /^\S*/.exec(value.trim())![0] || FIRST;
    const setting = [...value.matchAll(SETTING)].map(([text]) => text).join(' ');
    if (setting !== '') settings.set(name, setting);
    return name;
  };
  const add = (line: string): void => {
    const name = (current ??= FIRST);
    const voice = voices.get(name) ?? { name, setting: '', lines: [...common] };
    voices.set(name, voice);
    voice.lines.push(line);
  };
  for (const line of header) if (line.startsWith('V:')) define(line.slice(2));
  for (const line of lines) {
    if (line.startsWith('V:')) current = define(line.slice(2));
    else if (current === undefined && /^[A-Za-z+]:(?![|:])/.test(line)) common.push(line);
    else {
      let from = 0;
      for (const { 0: text, 1: value, index } of line.matchAll(INLINE)) {
        if (value === undefined) continue;
        if (index > from) add(line.slice(from, index));
        current = define(value);
        from = index + text.length;
      }
      if (from < line.length) add(line.slice(from));
    }
    if (voices.size > MOST_VOICES) return `it has more than ${MOST_VOICES} voices`;
  }
  return [...voices.values()].map((voice) => ({ ...voice, setting: settings.get(voice.name) ?? '' }));
}
