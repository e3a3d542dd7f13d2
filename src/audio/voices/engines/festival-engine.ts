import { readFileBytes } from '../../../base/host/files.js';
import { writeFileAtomic } from '../../../base/host/files.js';
import { runProgram, withScratchFolder } from '../../../base/host/programs.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { arpabetPhones } from '../pronunciation/notations.js';
import { endingOf, sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';

const PROGRAM = 'festival';
/** It starts within the first; a busy machine may take the second for each text. */
const [START_MS, TEXT_MS] = [120_000, 30_000];
/** Languages by what the names of voices hold, where they are not English. */
const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/^(el_|.*(?:spanish|_es_))/, 'es'],
  [/^(lp_|pc_|.*italian)/, 'it'],
  [/czech/, 'cs'],
  [/^suo_|^hy_fi/, 'fi'],
  [/^msu_ru/, 'ru'],
  [/^upc_ca/, 'ca'],
  [/^hindi/, 'hi'],
  [/^marathi/, 'mr'],
  [/^telugu/, 'te'],
];
/** Pitch of the diphone voices of English: the mean that they are spoken at, in hertz. */
const DIPHONE_HZ = 105;
const DIPHONE_VOICE = /_diphone$/;

/** festival, found on the path: diphone and HTS voices, as many as are installed; slow to start, so many texts at once. */
export class FestivalEngine implements VoiceEngine {
  readonly name = PROGRAM;
  readonly licence = 'MIT-CMU';
  #voices: Promise<Voice[]> | undefined;

  voices(): Promise<readonly Voice[]> {
    return (this.#voices ??= this.#list());
  }

  async speak(request: SpeechRequest): Promise<Waveform> {
    return (await this.speakAll([request]))[0];
  }

  async speakAll(requests: readonly SpeechRequest[]): Promise<Waveform[]> {
    return withScratchFolder(async (folder) => {
      const file = (n: number) => `${folder}/${n}.wav`;
      const lines = requests.flatMap((request, n) => commandsFor(request, n, file(n)));
      const script = `${folder}/speak.scm`;
      await writeFileAtomic(script, `${lines.join('\n')}\n`);
      await runProgram(PROGRAM, ['--batch', script], { timeoutMs: START_MS + TEXT_MS * requests.length });
      return requests.map((_, n) => decodeWav(readFileBytes(file(n), 'what festival said'), PROGRAM));
    });
  }

  async #list(): Promise<Voice[]> {
    const said = new TextDecoder().decode(await runProgram(PROGRAM, ['--batch', '(print (voice.list))']));
    const names = /\(([^()]*)\)/.exec(said)?.[1].trim().split(/\s+/) ?? [];
    return names.filter(Boolean).map((name) => {
      const language = LANGUAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 'en-us';
      return { engine: PROGRAM, name, language };
    });
  }
}

function commandsFor({ voice, text, ipa, manner = {} }: SpeechRequest, n: number, path: string): string[] {
  const { tempo = 1, pitch = 1 } = manner;
  const spoken = ipa === undefined ? sayable(text) : `${entryName(n)}${endingOf(text)}`;
  const mean = DIPHONE_HZ * pitch;
  return [
    `(voice_${voice.name})`,
    `(Parameter.set 'Duration_Stretch ${(1 / tempo).toFixed(3)})`,
    ...(DIPHONE_VOICE.test(voice.name)
      ? [
          `(set! int_lr_params '((target_f0_mean ${mean.toFixed(1)}) (target_f0_std ${(14 * pitch).toFixed(1)}) (model_f0_mean 170) (model_f0_std 34)))`,
        ]
      : []),
    ...(ipa === undefined ? [] : [`(lex.add.entry '("${entryName(n)}" nil (${syllables(ipa)})))`]),
    `(utt.save.wave (utt.synth (Utterance Text "${escaped(spoken)}")) "${escaped(path)}" 'riff)`,
  ];
}

/** A word that no lexicon has, of letters alone. */
function entryName(n: number): string {
  return `zq${[...`${n}`].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
}

/** Syllables as a lexicon has them: each vowel with the consonants before it, the last with those after it too. */
function syllables(ipa: string): string {
  const phones = arpabetPhones(ipa).flat();
  const vowels = phones.flatMap(({ isVowel }, at) => (isVowel ? [at] : []));
  return vowels
    .map((vowel, k) => {
      const from = k === 0 ? 0 : vowels[k - 1] + 1;
      const to = k === vowels.length - 1 ? phones.length : vowel + 1;
      const sounds = phones.slice(from, to).map(({ phone }) => phone);
      return `((${sounds.join(' ')}) ${phones[vowel].stress === 1 ? 1 : 0})`;
    })
    .join(' ');
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&');
}
