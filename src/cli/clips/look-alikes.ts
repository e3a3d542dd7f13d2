import type { Random } from '../../base/math/random.js';

/** Vowels and consonants of English as espeak-ng writes them, the longer ones first. */
const VOWELS = ['aI@', 'i:@', 'aU@', 'eI', 'aI', 'oU', 'aU', 'OI', 'i:', 'u:', 'A:', 'O:', '3:', 'a#', 'I#', 'I2', '@2', 'oU#', 'E', 'I', 'a', 'aa', '0', 'V', 'U', 'i', '@', '3', 'A', 'O', 'e', 'o']; // prettier-ignore
const CONSONANTS = ['tS', 'dZ', 'T', 'D', 'S', 'Z', 'N', 'p', 'b', 't', 'd', 'k', 'g', 'f', 'v', 's', 'z', 'm', 'n', 'l', 'r', 'w', 'j', 'h']; // prettier-ignore
/** What a sound is exchanged for: neighbours by place or manner, so that the word stays close. */
const EXCHANGES: readonly (readonly string[])[] = [
  ['eI', 'aI', 'i:', 'E', 'OI'],
  ['oU', 'aU', 'u:', 'O:', 'A:'],
  ['I', 'E', 'a', 'V', '0', 'U', '@'],
  ['p', 't', 'k', 'b', 'd', 'g'],
  ['f', 's', 'T', 'S', 'h', 'v', 'z'],
  ['m', 'n', 'N', 'l', 'r', 'w', 'j'],
  ['tS', 'dZ', 'S', 't', 'd'],
];

/** A phrase that sounds like another. */
export interface LookAlike {
  /** For espeak-ng, phonemes in double brackets. */
  text: string;
  /** What was done to the phrase, for a file's name. */
  name: string;
}

/**
 * Phrases that sound like one, for negatives: halves of it, its words in another order, and sounds
 * exchanged for their neighbours.
 *
 * @param phonemes the phrase as `espeak-ng -q -x` writes it
 * @param count how many, all different
 */
export function lookAlikes(phonemes: string, count: number, random: Random): LookAlike[] {
  const sounds = soundsOf(phonemes);
  const phrase = sounds.join('');
  const made = new Map<string, string>();
  const add = (parts: readonly string[], name: string) => {
    const text = parts.join('').trim();
    if (text !== phrase.trim() && vowelsIn(parts) > 0 && !made.has(text)) made.set(text, name);
  };
  const middle = Math.round(sounds.length / 2);
  add(sounds.slice(0, middle), 'first-half');
  add(sounds.slice(middle), 'second-half');
  add([...sounds.slice(middle), ' ', ...sounds.slice(0, middle)], 'halves-swapped');
  const words = phrase.trim().split(/\s+/);
  if (words.length > 1) {
    words.forEach((word, index) => add(soundsOf(word), `word-${index + 1}-alone`));
    add([[...words].reverse().join(' ')], 'words-swapped');
  }
  const exchangeable = [...sounds.keys()].filter((i) => neighboursOf(sounds[i]).length > 0);
  // A short word has few neighbours; each try draws anew, and the tries are bounded.
  for (let attempt = 0; made.size < count && exchangeable.length > 0 && attempt < 50 * count; attempt++) {
    const changed = [...sounds];
    // One sound in a short word, up to a third of a long one.
    const changes = 1 + random.integer(Math.max(1, Math.floor(exchangeable.length / 3)));
    for (let change = 0; change < changes; change++) {
      const at = random.choice(exchangeable);
      changed[at] = random.choice(neighboursOf(sounds[at]));
    }
    add(changed, 'near');
  }
  return [...made].slice(0, count).map(([text, name]) => ({ text: `[[${text}]]`, name }));
}

/** Cuts espeak-ng's phonemes into sounds; stress marks and spaces stay as pieces of their own. */
function soundsOf(phonemes: string): string[] {
  const known = [...VOWELS, ...CONSONANTS].sort((a, b) => b.length - a.length);
  const sounds: string[] = [];
  for (let at = 0; at < phonemes.length;) {
    const sound = known.find((name) => phonemes.startsWith(name, at)) ?? phonemes[at];
    sounds.push(sound);
    at += sound.length;
  }
  return sounds;
}

function vowelsIn(parts: readonly string[]): number {
  return parts.flatMap((part) => soundsOf(part)).filter((sound) => VOWELS.includes(sound)).length;
}

function neighboursOf(sound: string): string[] {
  return EXCHANGES.filter((group) => group.includes(sound)).flatMap((group) =>
    group.filter((x) => x !== sound),
  );
}
