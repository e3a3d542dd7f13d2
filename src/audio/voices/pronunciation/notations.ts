import { SeqkitError } from '../../../base/errors.js';
import { soundsOfIpa, type PhoneticSound } from './ipa.js';

/** espeak-ng's phonemes of English (its docs/phonemes.md), by the symbols of the International Phonetic Alphabet. */
const ESPEAK: Readonly<Record<string, string>> = {
  ...{ b: 'b', d: 'd', f: 'f', g: 'g', ɡ: 'g', h: 'h', ɦ: 'h', j: 'j', k: 'k', l: 'l', ɫ: 'l', m: 'm', n: 'n', p: 'p', r: 'r', ɹ: 'r', ɻ: 'r', s: 's', t: 't', v: 'v', w: 'w', ʍ: 'w', z: 'z', x: 'x', ç: 'C' },
  ...{ ð: 'D', θ: 'T', ʃ: 'S', ʒ: 'Z', ŋ: 'N', tʃ: 'tS', dʒ: 'dZ', ts: 'ts', ɾ: '*', ʔ: '?', ɲ: 'n^' },
  ...{ a: 'a', æ: 'a', aː: 'A:', ɑ: 'A:', ɑː: 'A:', ɒ: '0', ɒː: '0', ɐ: '@', ʌ: 'V', e: 'E', ɛ: 'E', eː: 'eI', ɛː: 'e@', ə: '@', ɚ: '3', ɜ: '3:', ɜː: '3:', ɝ: '3:' },
  ...{ i: 'i', iː: 'i:', ɪ: 'I', ɨ: 'I', o: 'oU', oː: 'oU', ɔ: 'O:', ɔː: 'O:', u: 'u:', uː: 'u:', ʊ: 'U', ʉ: 'u:' },
  ...{ eɪ: 'eI', aɪ: 'aI', ɔɪ: 'OI', aʊ: 'aU', oʊ: 'oU', əʊ: 'oU', ɪə: 'i@', eə: 'e@', ɛə: 'e@', ʊə: 'U@', aɪə: 'aI@', aʊə: 'aU@' },
}; // prettier-ignore

/** ARPAbet as flite and festival write it, for voices of American English; several sounds stand for those it lacks. */
const ARPABET: Readonly<Record<string, string>> = {
  ...{ b: 'b', d: 'd', f: 'f', g: 'g', ɡ: 'g', h: 'hh', ɦ: 'hh', j: 'y', k: 'k', l: 'l', ɫ: 'l', m: 'm', n: 'n', p: 'p', r: 'r', ɹ: 'r', ɻ: 'r', s: 's', t: 't', v: 'v', w: 'w', ʍ: 'w', z: 'z', x: 'k', ç: 'hh' },
  ...{ ð: 'dh', θ: 'th', ʃ: 'sh', ʒ: 'zh', ŋ: 'ng', tʃ: 'ch', dʒ: 'jh', ts: 't s', ɾ: 't', ʔ: 't', ɲ: 'n y' },
  ...{ a: 'ae', æ: 'ae', aː: 'aa', ɑ: 'aa', ɑː: 'aa', ɒ: 'aa', ɒː: 'ao', ɐ: 'ax', ʌ: 'ah', e: 'eh', ɛ: 'eh', eː: 'ey', ɛː: 'eh', ə: 'ax', ɚ: 'er', ɜ: 'er', ɜː: 'er', ɝ: 'er' },
  ...{ i: 'iy', iː: 'iy', ɪ: 'ih', ɨ: 'ih', o: 'ow', oː: 'ow', ɔ: 'ao', ɔː: 'ao', u: 'uw', uː: 'uw', ʊ: 'uh', ʉ: 'uw' },
  ...{ eɪ: 'ey', aɪ: 'ay', ɔɪ: 'oy', aʊ: 'aw', oʊ: 'ow', əʊ: 'ow', ɪə: 'ih er', eə: 'eh er', ɛə: 'eh er', ʊə: 'uh er', aɪə: 'ay er', aʊə: 'aw er' },
}; // prettier-ignore

/** Apple's phonemes of English (Speech Synthesis Programming Guide), each of one or two characters. */
const APPLE: Readonly<Record<string, string>> = {
  ...{ b: 'b', d: 'd', f: 'f', g: 'g', ɡ: 'g', h: 'h', ɦ: 'h', j: 'y', k: 'k', l: 'l', ɫ: 'l', m: 'm', n: 'n', p: 'p', r: 'r', ɹ: 'r', ɻ: 'r', s: 's', t: 't', v: 'v', w: 'w', ʍ: 'w', z: 'z', x: 'k' },
  ...{ ð: 'D', θ: 'T', ʃ: 'S', ʒ: 'Z', ŋ: 'N', tʃ: 'C', dʒ: 'J', ts: 'ts', ɾ: 't', ʔ: 't', ɲ: 'ny' },
  ...{ a: 'AE', æ: 'AE', aː: 'AA', ɑ: 'AA', ɑː: 'AA', ɒ: 'AA', ɒː: 'AO', ɐ: 'AX', ʌ: 'UX', e: 'EH', ɛ: 'EH', eː: 'EY', ɛː: 'EH', ə: 'AX', ɚ: 'AXr', ɜ: 'AXr', ɜː: 'AXr', ɝ: 'AXr' },
  ...{ i: 'IY', iː: 'IY', ɪ: 'IH', ɨ: 'IX', o: 'OW', oː: 'OW', ɔ: 'AO', ɔː: 'AO', u: 'UW', uː: 'UW', ʊ: 'UH', ʉ: 'UW' },
  ...{ eɪ: 'EY', aɪ: 'AY', ɔɪ: 'OY', aʊ: 'AW', oʊ: 'OW', əʊ: 'OW', ɪə: 'IYAX', eə: 'EHAX', ɛə: 'EHAX', ʊə: 'UHAX', aɪə: 'AYAX', aʊə: 'AWAX' },
}; // prettier-ignore

/** For espeak-ng, to stand in double brackets: `k@mpj'u:t@`. @throws SeqkitError `bad-value` */
export function espeakPhonemes(ipa: string): string {
  const stressed = ({ stress }: PhoneticSound) => (stress === 1 ? "'" : stress === 2 ? ',' : '');
  return soundsOfIpa(ipa)
    .map((word) => word.map((sound) => stressed(sound) + inNotation(sound, ESPEAK, 'espeak-ng')).join(''))
    .join(' ');
}

/** ARPAbet with stress after each vowel, one list for each word: `['k', 'ax0', 'm', ...]`. @throws SeqkitError `bad-value` */
export function arpabetPhones(ipa: string): { phone: string; stress: 0 | 1 | 2; isVowel: boolean }[][] {
  return soundsOfIpa(ipa).map((word) =>
    word.flatMap((sound) =>
      inNotation(sound, ARPABET, 'ARPAbet')
        .split(' ')
        .map((phone, n) => ({
          phone,
          stress: n === 0 ? sound.stress : (0 as const),
          isVowel: sound.isVowel,
        })),
    ),
  );
}

/** For macOS's `say` after `[[inpt PHON]]`. @throws SeqkitError `bad-value` */
export function applePhonemes(ipa: string): string {
  const stressed = ({ stress }: PhoneticSound) => (stress === 0 ? '' : `${stress}`);
  return soundsOfIpa(ipa)
    .map((word) => word.map((sound) => stressed(sound) + inNotation(sound, APPLE, 'say')).join(''))
    .join(' ');
}

function inNotation(
  { symbol }: PhoneticSound,
  table: Readonly<Record<string, string>>,
  where: string,
): string {
  const found = table[symbol] ?? table[symbol.replace('ː', '')];
  if (found !== undefined) return found;
  throw new SeqkitError(`${where} has nothing like the sound "${symbol}".`, {
    code: 'bad-value',
    hint: 'Write the pronunciation with sounds of English.',
  });
}
