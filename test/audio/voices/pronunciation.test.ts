import { describe, expect, it } from 'vitest';
import { looksLikeIpa, soundsOfIpa } from '../../../src/audio/voices/pronunciation/ipa.js';
import {
  applePhonemes,
  arpabetPhones,
  espeakPhonemes,
} from '../../../src/audio/voices/pronunciation/notations.js';

const symbols = (ipa: string) => soundsOfIpa(ipa).map((word) => word.map(({ symbol }) => symbol).join(' '));

describe('soundsOfIpa', () => {
  it('takes groups for one sound, and a mark for the stress of the vowel after it', () => {
    expect(symbols('kəmˈpjuːtə')).toEqual(['k ə m p j uː t ə']);
    expect(soundsOfIpa('kəmˈpjuːtə')[0].map(({ stress }) => stress)).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
    expect(symbols('heɪ ˈɹoʊbɑt')).toEqual(['h eɪ', 'ɹ oʊ b ɑ t']);
    expect(symbols('/t͡ʃɛk/')).toEqual(['tʃ ɛ k']);
  });

  it('reads sounds that are apart as one word, or as those between bars', () => {
    expect(symbols('k ə m p j uː t ə')).toEqual(['k ə m p j uː t ə']);
    expect(symbols('h eɪ | ɹ oʊ b ɑ t')).toEqual(['h eɪ', 'ɹ oʊ b ɑ t']);
  });

  it('gives a word without a mark its stress on the first full vowel', () => {
    expect(soundsOfIpa('k ə m p j uː t ə')[0].find(({ stress }) => stress === 1)?.symbol).toBe('uː');
    expect(soundsOfIpa('bəˈnɑnə')[0].find(({ stress }) => stress === 1)?.symbol).toBe('ɑ');
  });

  it('names what is no sound, and wants a vowel', () => {
    expect(() => soundsOfIpa('k4t')).toThrow(
      expect.objectContaining({ code: 'bad-value', message: expect.stringContaining('"4"') }),
    );
    expect(() => soundsOfIpa('s t')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('no vowel') }),
    );
    expect(() => soundsOfIpa('')).toThrow(expect.objectContaining({ code: 'bad-value' }));
  });

  it('tells pronunciations from spellings', () => {
    for (const ipa of ['kəmˈpjuːtə', '/stop/', 'k a t']) expect(looksLikeIpa(ipa)).toBe(true);
    for (const text of ['computer', 'hey robot', 'kum pyooter']) expect(looksLikeIpa(text)).toBe(false);
  });
});

describe('notations', () => {
  it("are those of espeak-ng's own dictionary", () => {
    // What `espeak-ng -q -x -v en-gb` writes for computer and for hey robot.
    expect(espeakPhonemes('kəmˈpjuːtə')).toBe("k@mpj'u:t@");
    expect(espeakPhonemes('heɪ ˈrəʊbɒt')).toBe("h'eI r'oUb0t");
  });

  it("are those of CMU's dictionary", () => {
    // COMPUTER  K AH0 M P Y UW1 T ER0, as flite has it: ax for AH0.
    const phones = arpabetPhones('kəmˈpjuːtɚ').flat();
    expect(phones.map(({ phone }) => phone).join(' ')).toBe('k ax m p y uw t er');
    expect(phones.filter(({ stress }) => stress === 1).map(({ phone }) => phone)).toEqual(['uw']);
  });

  it("are Apple's, and name a sound that there is not", () => {
    expect(applePhonemes('kəmˈpjuːtɚ')).toBe('kAXmpy1UWtAXr');
    expect(() => arpabetPhones('ʒyʁ')).toThrow(
      expect.objectContaining({ message: expect.stringContaining('"y"') }),
    );
  });
});
