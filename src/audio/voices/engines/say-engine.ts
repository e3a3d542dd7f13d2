import { readFileBytes } from '../../../base/host/files.js';
import { runProgram, withScratchFolder } from '../../../base/host/programs.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { applePhonemes } from '../pronunciation/notations.js';
import { endingOf, sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';

const PROGRAM = 'say';
const WORDS_PER_MINUTE = 175;
const DATA_FORMAT = 'LEI16@22050';
/** A line of `say -v ?`: the name, which may hold spaces, the locale, and a sentence. */
const VOICE_LINE = /^(.+?)\s+([a-z]{2,3}[_-][A-Za-z0-9_-]+)\s+#/;
/** Voices that are jokes or instruments. */
const NOVELTIES = new Set(['Albert', 'Bad News', 'Bahh', 'Bells', 'Boing', 'Bubbles', 'Cellos', 'Deranged', 'Good News', 'Hysterical', 'Jester', 'Organ', 'Pipe Organ', 'Superstar', 'Trinoids', 'Whisper', 'Wobble', 'Zarvox']); // prettier-ignore

/** The voices of macOS, by its command `say`. */
export class SayEngine implements VoiceEngine {
  readonly name = PROGRAM;
  readonly licence = 'LicenseRef-Apple';

  async voices(): Promise<readonly Voice[]> {
    const lines = new TextDecoder().decode(await runProgram(PROGRAM, ['-v', '?'])).split('\n');
    return lines.flatMap((line) => {
      const [, name, locale] = VOICE_LINE.exec(line) ?? [];
      if (name === undefined || NOVELTIES.has(name)) return [];
      return [{ engine: PROGRAM, name, language: locale.replaceAll('_', '-').toLowerCase() }];
    });
  }

  async speak({ voice, text, ipa, manner = {} }: SpeechRequest): Promise<Waveform> {
    // What stands in double square brackets is an order to it, not text.
    const plain = sayable(text).replaceAll('[[', '[ [');
    const words =
      ipa === undefined ? plain : `[[inpt PHON]]${applePhonemes(ipa)}[[inpt TEXT]]${endingOf(text)}`;
    const pace = `${Math.round(WORDS_PER_MINUTE * (manner.tempo ?? 1))}`;
    return withScratchFolder(async (folder) => {
      const path = `${folder}/speech.wav`;
      const format = ['--file-format=WAVE', `--data-format=${DATA_FORMAT}`];
      await runProgram(PROGRAM, ['-v', voice.name, '-r', pace, '-o', path, ...format, '-f', '-'], {
        input: words,
      });
      return decodeWav(readFileBytes(path, 'what say said'), PROGRAM);
    });
  }
}
