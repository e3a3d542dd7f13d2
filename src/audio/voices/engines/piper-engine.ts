import { SeqkitError } from '../../../base/errors.js';
import { readFileBytes } from '../../../base/host/files.js';
import { environment, runProgram, withScratchFolder } from '../../../base/host/programs.js';
import { filesAt } from '../../../base/host/folders.js';
import { soundsOfIpa } from '../pronunciation/ipa.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { endingOf, sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';

const PROGRAM = 'piper';
/** Names the folder where a user keeps voices of Piper. */
export const PIPER_FOLDER_VARIABLE = 'PIPER_VOICES';
/** `en_US-lessac-medium.onnx`, and the settings beside it, `en_US-lessac-medium.onnx.json`. */
const MODEL = /([a-z]{2,3})_([A-Z]{2,3})-[^/\\]*\.onnx$/;

/** Piper, found on the path, with the voices in the folder that `PIPER_VOICES` names; they have licences of their own. */
export class PiperEngine implements VoiceEngine {
  readonly name = PROGRAM;
  readonly licence = 'MIT';

  async voices(): Promise<readonly Voice[]> {
    const folder = environment(PIPER_FOLDER_VARIABLE);
    if (folder === undefined) return [];
    return filesAt(folder, 'the voices of Piper')
      .filter((path) => MODEL.test(path))
      .sort()
      .map((path) => {
        const [, language, country] = MODEL.exec(path)!;
        return { engine: PROGRAM, name: path, language: `${language}-${country.toLowerCase()}` };
      });
  }

  async speak({ voice, text, ipa, manner = {} }: SpeechRequest): Promise<Waveform> {
    // Several sounds at once in double brackets are taken as phonemes, as espeak-ng has them in IPA.
    const words = ipa && soundsOfIpa(ipa).map((word) => word.map(({ symbol, stress }) => ['', 'ˈ', 'ˌ'][stress] + symbol).join('')); // prettier-ignore
    const said = words ? `[[ ${words.join(' ')} ]]${endingOf(text)}` : sayable(text);
    return withScratchFolder(async (folder) => {
      const path = `${folder}/speech.wav`;
      const args = [
        '--model',
        voice.name,
        '--length_scale',
        `${1 / (manner.tempo ?? 1)}`,
        '--output_file',
        path,
      ];
      await runProgram(PROGRAM, args, { input: `${said}\n` });
      const bytes = readFileBytes(path, 'what piper said');
      if (bytes.length === 0) throw new SeqkitError('piper said nothing.', { code: 'engine' });
      return decodeWav(bytes, PROGRAM);
    });
  }
}
