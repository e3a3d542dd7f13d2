import { SeqkitError } from '../../../base/errors.js';

/** A sound of the International Phonetic Alphabet. */
export interface PhoneticSound {
  /** One symbol or a group that is one sound: `k`, `uː`, `tʃ`. */
  symbol: string;
  /** Of a vowel: 1 the main stress, 2 a lesser one, 0 none. */
  stress: 0 | 1 | 2;
  isVowel: boolean;
}

/** Symbols of several characters first: the longest is taken. */
const GROUPS = [
  ...['aɪə', 'aʊə', 'aɪ', 'aʊ', 'eɪ', 'ɔɪ', 'ɔʏ', 'ɔø', 'oʊ', 'əʊ', 'ɪə', 'eə', 'ɛə', 'ʊə', 'aː', 'ɑː', 'ɒː', 'eː', 'ɛː', 'iː', 'oː', 'ɔː', 'uː', 'yː', 'øː', 'œː', 'ɜː', 'ɐ̯'],
  ...['tʃ', 'dʒ', 'ts', 'pf'],
]; // prettier-ignore
const VOWELS = new Set(['a', 'e', 'i', 'o', 'u', 'y', 'ɑ', 'ɒ', 'æ', 'ɐ', 'ɔ', 'ə', 'ɚ', 'ɛ', 'ɜ', 'ɝ', 'ɪ', 'ɨ', 'ɵ', 'ø', 'œ', 'ʊ', 'ʉ', 'ʌ', 'ʏ', 'ɤ', 'ɯ']); // prettier-ignore
const CONSONANTS = new Set(['b', 'c', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'q', 'r', 's', 't', 'v', 'w', 'x', 'z', 'ç', 'ð', 'ŋ', 'ɕ', 'ɟ', 'ɡ', 'ɣ', 'ɦ', 'ɫ', 'ɬ', 'ɭ', 'ɲ', 'ɳ', 'ɹ', 'ɻ', 'ɽ', 'ɾ', 'ʀ', 'ʁ', 'ʂ', 'ʃ', 'ʈ', 'ʎ', 'ʐ', 'ʑ', 'ʒ', 'ʔ', 'ʝ', 'ʍ', 'β', 'θ', 'χ']); // prettier-ignore
const STRESS: Readonly<Record<string, 1 | 2>> = { ˈ: 1, "'": 1, ˌ: 2 };
/** Marks that no engine here tells apart: ties, syllable breaks, aspiration, half length. */
const PASSED_OVER = /[.ʰʲʷˑ˞/[\]]|\u0361|\u035c|\u0303|\u0329|\u032f|\u030d|\u0325/gu;

/**
 * The sounds of a pronunciation, word by word.
 *
 * @param ipa such as `kəmˈpjuːtə`, or with a space between any two sounds, `k ə m ˈp j uː t ə`, and then `|` between words
 * @throws SeqkitError `bad-value` for a character that is no symbol of a sound, and where there is no vowel
 */
export function soundsOfIpa(ipa: string): PhoneticSound[][] {
  const plain = ipa.normalize('NFC').replaceAll(PASSED_OVER, '').replaceAll(':', 'ː').trim();
  const chunks = plain.split(/\s+/);
  const isSpaced =
    plain.includes('|') || (chunks.length > 1 && chunks.every((chunk) => soundsIn(chunk, ipa).length <= 1));
  const words = isSpaced ? plain.split('|').map((word) => word.replaceAll(/\s+/g, '\u200b')) : chunks;
  const sounds = words.map((word) => soundsIn(word, ipa)).filter((word) => word.length > 0);
  if (!sounds.flat().some(({ isVowel }) => isVowel)) {
    throw new SeqkitError(`The pronunciation ${JSON.stringify(ipa)} holds no vowel.`, {
      code: 'bad-value',
      hint: 'Give it in the International Phonetic Alphabet, such as "kəmˈpjuːtə".',
    });
  }
  for (const word of sounds) giveStress(word);
  return sounds;
}

/** Whether it is written in the International Phonetic Alphabet rather than as a word is spelled. */
export function looksLikeIpa(text: string): boolean {
  const trimmed = text.trim();
  if (/^\/.*\/$/u.test(trimmed) || /[ˈˌː\u0250-\u02af]/u.test(trimmed)) return true;
  const chunks = trimmed.split(/\s+/);
  return chunks.length > 1 && chunks.every((chunk) => [...chunk].length === 1);
}

function soundsIn(word: string, whole: string): PhoneticSound[] {
  const sounds: PhoneticSound[] = [];
  let stress: 0 | 1 | 2 = 0;
  for (let at = 0; at < word.length;) {
    const rest = word.slice(at);
    const group = GROUPS.find((symbols) => rest.startsWith(symbols));
    const symbol = group ?? String.fromCodePoint(rest.codePointAt(0)!);
    at += symbol.length;
    // Where sounds are apart, no group goes over a space.
    if (symbol === '\u200b') continue;
    const mark = STRESS[symbol];
    if (mark !== undefined) {
      stress = mark;
      continue;
    }
    if (symbol === 'ː') continue;
    const isVowel = VOWELS.has([...symbol][0]);
    if (!isVowel && !CONSONANTS.has([...symbol][0])) {
      throw new SeqkitError(
        `${JSON.stringify(symbol)} in the pronunciation ${JSON.stringify(whole)} is no symbol of the International Phonetic Alphabet.`,
        { code: 'bad-value', hint: 'Such as "kəmˈpjuːtə", or "k ə m ˈp j uː t ə" with "|" between words.' },
      );
    }
    sounds.push({ symbol, stress: isVowel ? stress : 0, isVowel });
    // The mark stands before the consonants of its syllable.
    if (isVowel) stress = 0;
  }
  return sounds;
}

/** A word without a mark has its main stress on the first full vowel, or on its first. */
function giveStress(word: PhoneticSound[]): void {
  if (word.some(({ stress }) => stress === 1)) return;
  const vowels = word.filter(({ isVowel }) => isVowel);
  const full =
    vowels.find(({ symbol }) => symbol.length > 1) ??
    vowels.find(({ symbol }) => symbol !== 'ə') ??
    vowels[0];
  if (full !== undefined) full.stress = 1;
}
