import { xmlText } from '../../../base/encoding/xml-characters.js';
import { readFileBytes } from '../../../base/host/files.js';
import { runProgram, withScratchFolder } from '../../../base/host/programs.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';

/** Windows' own; the newer `pwsh` lacks System.Speech. */
export const SAPI_PROGRAM = 'powershell';
const ENGINE = 'sapi';
const LOAD =
  'Add-Type -AssemblyName System.Speech; $s = New-Object System.Speech.Synthesis.SpeechSynthesizer;';
const LIST = `${LOAD} foreach ($v in $s.GetInstalledVoices()) { if ($v.Enabled) { $v.VoiceInfo.Culture.Name + "\`t" + $v.VoiceInfo.Name } }`;
/** Its rates of -10 to 10 are about a third to three times the pace. */
const RATE_PER_LOG3 = 10;

/** The voices of Windows (SAPI 5, System.Speech), through PowerShell. */
export class SapiEngine implements VoiceEngine {
  readonly name = ENGINE;
  readonly licence = 'LicenseRef-Microsoft';

  async voices(): Promise<readonly Voice[]> {
    const lines = new TextDecoder().decode(await powershell(LIST)).split(/\r?\n/);
    return lines.flatMap((line) => {
      const [language, name] = line.split('\t');
      return name === undefined
        ? []
        : [{ engine: ENGINE, name: name.trim(), language: language.trim().toLowerCase() }];
    });
  }

  async speak({ voice, text, ipa, manner = {} }: SpeechRequest): Promise<Waveform> {
    const rate = Math.round((RATE_PER_LOG3 * Math.log(manner.tempo ?? 1)) / Math.log(3));
    const words = xmlText(sayable(text));
    const said =
      ipa === undefined
        ? words
        : `<phoneme alphabet="ipa" ph="${xmlText(ipa.replaceAll(/\s+/g, ''))}">${words}</phoneme>`;
    const change = Math.round(100 * ((manner.pitch ?? 1) - 1));
    const ssml = `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${voice.language}"><prosody pitch="${change < 0 ? '' : '+'}${change}%">${said}</prosody></speak>`;
    return withScratchFolder(async (folder) => {
      const path = `${folder}/speech.wav`;
      const script = [
        `${LOAD} $s.SelectVoice(${quotedText(voice.name)}); $s.Rate = ${rate};`,
        `$s.SetOutputToWaveFile(${quotedText(path)}); $s.SpeakSsml(${quotedText(ssml)}); $s.Dispose()`,
      ];
      await powershell(script.join(' '));
      return decodeWav(readFileBytes(path, 'what Windows said'), ENGINE);
    });
  }
}

/** As UTF-16 in base 64, so that nothing on the way takes it apart. */
function powershell(script: string): Promise<Uint8Array> {
  const whole = `[Console]::OutputEncoding = [Text.Encoding]::UTF8; ${script}`;
  let binary = '';
  for (let i = 0; i < whole.length; i++) {
    const code = whole.charCodeAt(i);
    binary += String.fromCharCode(code & 255, code >> 8);
  }
  return runProgram(SAPI_PROGRAM, ['-NoProfile', '-NonInteractive', '-EncodedCommand', btoa(binary)]);
}

/** A string of PowerShell that holds what it holds. */
function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
