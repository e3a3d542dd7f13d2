import { runProgram } from '../../../base/host/programs.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { espeakPhonemes } from '../pronunciation/notations.js';
import { endingOf, sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';

const PROGRAM = 'espeak-ng';
/** Its own pace, in words a minute, and its limits. */
const WORDS_PER_MINUTE = 175;
/** Its own pitch is 50, on a scale of 0 to 99 over about two octaves. */
const MIDDLE_PITCH = 50;
const PITCH_OCTAVE = 70;
/** The plain men's and women's variants; the named ones are partly effects. */
const PLAIN_VARIANT = /^[mf]\d$/;

/** espeak-ng, found on the path: formant synthesis in a hundred languages, each accent in 13 variants of a voice. */
export class EspeakEngine implements VoiceEngine {
  readonly name = PROGRAM;
  readonly licence = 'GPL-3.0-or-later';
  #voices: Promise<Voice[]> | undefined;

  voices(): Promise<readonly Voice[]> {
    return (this.#voices ??= this.#list());
  }

  async speak({ voice, text, ipa, manner = {} }: SpeechRequest): Promise<Waveform> {
    const { tempo = 1, pitch = 1 } = manner;
    const said = ipa === undefined ? sayable(text) : `[[${espeakPhonemes(ipa)}]]${endingOf(text)}`;
    const level = Math.max(0, Math.min(99, Math.round(MIDDLE_PITCH + PITCH_OCTAVE * Math.log2(pitch))));
    const pace = `${Math.round(WORDS_PER_MINUTE * tempo)}`;
    const args = ['-v', voice.name, '-s', pace, '-p', `${level}`, '--stdout', '--', said];
    // It streams, and leaves the length in the header open.
    return decodeWav(await runProgram(PROGRAM, args), PROGRAM, { repair: true });
  }

  /** Each accent with each variant, the accents taking turns. */
  async #list(): Promise<Voice[]> {
    const [accentRows, variantRows] = await Promise.all([rowsOf('--voices'), rowsOf('--voices=variant')]);
    const accents = accentRows
      // Voices of mbrola are listed whether they are installed or not.
      .filter(([, , , , file]) => !file.startsWith('mb/') && !file.startsWith('!v/'))
      // The main accents of a language have the lower numbers.
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, code]) => code);
    const variants = variantRows
      .map(([, , , , file]) => file.replace('!v/', ''))
      .filter((name) => PLAIN_VARIANT.test(name))
      .sort((a, b) => (a[1] + a[0] < b[1] + b[0] ? -1 : 1));
    return ['', ...variants].flatMap((variant) =>
      accents.map((accent) => ({
        ...{ engine: PROGRAM, language: accent.toLowerCase() },
        name: variant === '' ? accent : `${accent}+${variant}`,
      })),
    );
  }
}

async function rowsOf(option: string): Promise<string[][]> {
  return new TextDecoder()
    .decode(await runProgram(PROGRAM, [option]))
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length >= 5);
}
