import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeWav, type Waveform } from '../../audio/signal/wav.js';
import { SeqkitError } from '../../base/errors.js';

/** Most that it may say at once, in bytes: more than an hour. */
const LONGEST = 2 ** 28;

/** How something is said. */
export interface Speech {
  /** A voice of espeak-ng and a variant, such as `en-us+f3`. */
  voice: string;
  wordsPerMinute: number;
  /** 0 to 99 */
  pitch: number;
}

/**
 * What espeak-ng makes of a text; phonemes stand in double brackets.
 *
 * @throws SeqkitError `engine` where espeak-ng is missing or refuses
 */
export function speak(text: string, manner: Speech): Waveform {
  return spokenWave(espeak(speechArguments(text, manner)));
}

/** The same as {@link speak}, while other work goes on. */
export async function speakAside(text: string, manner: Speech): Promise<Waveform> {
  const settings = { encoding: 'buffer', maxBuffer: LONGEST } as const;
  try {
    const { stdout } = await promisify(execFile)('espeak-ng', speechArguments(text, manner), settings);
    return spokenWave(stdout);
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: Buffer };
    throw code === 'ENOENT' ? notFound() : failed(error as Error, stderr);
  }
}

function speechArguments(text: string, { voice, wordsPerMinute, pitch }: Speech): string[] {
  return ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '--stdout', '--', text];
}

function spokenWave(stdout: Buffer): Waveform {
  // It streams, and leaves the length in the header open.
  return decodeWav(new Uint8Array(stdout), 'espeak-ng', { repair: true });
}

/** A text in espeak-ng's phonemes. */
export function phonemesOf(text: string, voice: string): string {
  return espeak(['-q', '-x', '-v', voice, '--', text]).toString().trim().replaceAll(/\s+/g, ' ');
}

/** The phonemes of each of a row of texts; none of them may hold a line break or end a sentence. */
export function phonemesOfLines(texts: readonly string[], voice: string): string[] {
  if (texts.length === 0) return [];
  const said = espeak(['-q', '-x', '-v', voice, '--stdin'], texts.map((text) => `${text} .\n`).join(''));
  const lines = said.toString().split('\n').slice(0, texts.length);
  if (lines.length === texts.length) return lines;
  throw failed(new Error(`it said ${lines.length} of ${texts.length} lines.`), undefined);
}

/**
 * Voices that espeak-ng has for a language, each accent with each variant, the accents taking turns.
 *
 * @param language such as `en`
 */
export function voicesOf(language: string): string[] {
  const rows = (args: string[]) =>
    espeak(args)
      .toString()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((cells) => cells.length >= 5);
  // Voices of mbrola are listed whether they are installed or not.
  // With nothing after it, it lists all.
  const accents = (language === '' ? [] : rows([`--voices=${language}`]))
    .filter(([, , , , file]) => !file.startsWith('mb/') && !file.startsWith('!v/'))
    .map(([, code]) => code);
  if (accents.length === 0) {
    throw new SeqkitError(`espeak-ng has no voice for the language "${language}".`, {
      code: 'bad-value',
      hint: 'espeak-ng --voices lists the languages.',
    });
  }
  // The plain men's and women's variants; the named ones are partly effects.
  const variants = rows(['--voices=variant'])
    .map(([, , , , file]) => file.replace('!v/', ''))
    .filter((name) => /^[mf]\d$/.test(name))
    .sort((a, b) => (a[1] + a[0] < b[1] + b[0] ? -1 : 1));
  return ['', ...variants].flatMap((variant, round) =>
    accents.map((_, index) => {
      const accent = accents[(index + round) % accents.length];
      return variant === '' ? accent : `${accent}+${variant}`;
    }),
  );
}

function espeak(args: string[], input?: string): Buffer {
  const settings = { maxBuffer: LONGEST, ...(input !== undefined && { input }) };
  const { error, status, stdout, stderr } = spawnSync('espeak-ng', args, settings);
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw notFound();
  if (error !== undefined || status !== 0) throw failed(error, stderr);
  return stdout;
}

function notFound(): SeqkitError {
  return new SeqkitError('Speech is made by espeak-ng, which was not found.', {
    code: 'engine',
    hint: 'Install it: apt-get install espeak-ng (Debian, Ubuntu), brew install espeak-ng (macOS).',
  });
}

function failed(error: Error | undefined, stderr: Buffer | undefined): SeqkitError {
  const cause = stderr?.toString().trim().split('\n').at(-1) || error?.message || '';
  return new SeqkitError(`espeak-ng failed: ${cause}`, { code: 'engine' });
}
