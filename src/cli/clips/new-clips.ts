import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Option, type Command } from 'commander';
import { addNoise, gainFor } from '../../audio/signal/augmentation.js';
import { CLIP_KINDS, type ClipKind } from '../../audio/clips/clips.js';
import { resample } from '../../audio/signal/resample.js';
import { findSpeech } from '../../audio/clips/speech-edges.js';
import { encodeWav } from '../../audio/signal/wav.js';
import { ENDINGS, speakerOf } from '../../audio/voices/spoken-takes.js';
import type { SpeechRequest } from '../../audio/voices/engines/voice.js';
import { SeqkitError } from '../../base/errors.js';
import { checkWritable, writeFileAtomic } from '../../base/host/files.js';
import { listFolder, makeFolder } from '../../base/host/folders.js';
import { Random } from '../../base/math/random.js';
import { FILLERS } from './fillers.js';
import { levelBar } from './level-meter.js';
import { phrasesLike } from './phrases-like.js';
import { pronunciationsOf, sayOption } from './pronunciations.js';
import { forceOption, jsonOption, realNumber, seedOption, wholeNumber } from '../options/options.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { quoted } from '../terminal/shell-quoting.js';
import { Progress } from '../terminal/progress.js';
import { playSound, soundPlayer } from '../terminal/sound-player.js';
import { recordTake, TAKE_RATE } from './takes.js';
import { voicesFor } from './voices-for.js';

interface RecordOptions {
  readonly out: string;
  readonly count: number;
  readonly seconds: number;
  readonly speaker: string;
  readonly kind: ClipKind;
  readonly word?: string;
  readonly recorder?: string;
  readonly device?: string;
  readonly json: boolean;
}

interface MakeOptions {
  readonly out: string;
  readonly word?: string;
  readonly voices: number;
  readonly takes: number;
  readonly negatives: number;
  readonly language: string;
  readonly say?: readonly string[];
  readonly play: boolean;
  readonly seed: number;
  readonly force: boolean;
  readonly json: boolean;
}

/** `--word`, of both. */
const wordOption = () =>
  new Option(
    '--word <name>',
    'files the clips of the phrase in activates/<name>/, for a model of several words',
  );

/** Adds the commands that make new clips: record, make-clips. */
export function register(program: Command): void {
  program
    .command('record')
    .description('Record clips take by take, check each at once, and file it.')
    .argument('<phrase>', 'what is to be said')
    .option('--out <folder>', 'folder of clips', 'clips')
    .addOption(new Option('--count <n>', 'takes').argParser(wholeNumber({ min: 1, max: 1000 })).default(30))
    .addOption(
      new Option('--seconds <s>', 'length of a take')
        .argParser(realNumber({ min: 0.5, max: 600 }))
        .default(2.5),
    )
    .option(
      '--speaker <name>',
      'who speaks: file names begin with it, so that a test can keep voices apart',
      'me',
    )
    .addOption(
      new Option('--kind <folder>', 'where the takes belong').choices(CLIP_KINDS).default('activates'),
    )
    .addOption(wordOption())
    .option(
      '--recorder <command>',
      'writes raw 16-bit mono sound at 16 kHz to stdout (default: sox or arecord)',
    )
    .addOption(new Option('--device <name>', "the recorder's name of a microphone").conflicts('recorder'))
    .addOption(jsonOption())
    .action(record);
  program
    .command('make-clips')
    .description(
      'Make clips of a phrase, of phrases that sound like it, and of others, in every voice there is.',
    )
    .argument('<phrase>', 'the trigger word or phrase')
    .option('--out <folder>', 'folder of clips', 'clips')
    .addOption(wordOption())
    .addOption(
      new Option('--voices <n>', 'how many voices').argParser(wholeNumber({ min: 1, max: 200 })).default(24),
    )
    .addOption(
      new Option('--takes <n>', 'how often each says it')
        .argParser(wholeNumber({ min: 1, max: 50 }))
        .default(3),
    )
    .addOption(
      new Option('--negatives <n>', 'clips of other words')
        .argParser(wholeNumber({ min: 0, max: 10_000 }))
        .default(120),
    )
    .option('--language <code>', 'of the voices, such as en, de or pt-br', 'en')
    .addOption(sayOption())
    .option('--play', 'plays a clip of each voice, to check the pronunciation by ear', false)
    .addOption(seedOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(makeClips);
}

/** A take that is spoilt so often in a row is not the speaker's fault. */
const MAX_TRIES = 3;

async function record(phrase: string, options: RecordOptions): Promise<void> {
  const { count, kind, seconds, speaker } = options;
  if (/[_/\\]/.test(speaker) || speaker === '') {
    throw new SeqkitError(`--speaker takes a name without "_" and "/", not ${JSON.stringify(speaker)}.`, {
      code: 'usage',
    });
  }
  if (kind !== 'activates' && options.word !== undefined) {
    throw new SeqkitError(`--word names a folder below activates/; takes of ${kind} have none.`, {
      code: 'usage',
    });
  }
  const folder = kind === 'activates' ? wordFolder(phrase, options) : join(options.out, kind);
  makeFolder(folder);
  const terminal = process.stdin.isTTY
    ? createInterface({ input: process.stdin, output: process.stderr })
    : undefined;
  const files: string[] = [];
  try {
    for (let take = 1; take <= count; take++) {
      for (let attempt = 1; ; attempt++) {
        const what = kind === 'backgrounds' ? 'let the room be heard' : `say "${phrase}"`;
        note(`Take ${take} of ${count}: ${what}.`);
        if (terminal !== undefined) {
          await new Promise<void>((resolve) => terminal.question('Press Enter and begin. ', () => resolve()));
        }
        const { samples, bytes, problems } = await recordTake({ ...options, kind, seconds });
        const name = freeName(folder, `${speaker}_${slug(phrase)}`);
        if (problems.length === 0) {
          await writeFileAtomic(join(folder, name), bytes);
          files.push(join(folder, name));
          note(`${levelBar(samples)}  kept as ${join(folder, name)}`);
          break;
        }
        for (const problem of problems) note(`${problem.detail}. ${problem.advice}`);
        if (attempt === MAX_TRIES) {
          throw new SeqkitError(`Take ${take} was spoilt ${MAX_TRIES} times: ${problems[0].detail}.`, {
            code: 'bad-file',
            hint: `Check the microphone and its level; ${counted(files.length, 'take')} ${files.length === 1 ? 'is' : 'are'} kept in ${folder}.`,
          });
        }
      }
    }
  } finally {
    terminal?.close();
  }
  if (options.json) printJson({ folder, files });
  else print(`${counted(files.length, 'take')} in ${folder}`);
  note(nextStep(phrase, options));
}

/** The folder for clips of the phrase; says so where others lie there that seqkit made of another phrase. */
function wordFolder(phrase: string, { out, word }: { out: string; word?: string }): string {
  if (word === undefined) {
    const folder = join(out, 'activates');
    const own = slug(phrase);
    const others = listFolder(folder)
      .map((name) => /_([^_]+)-\d+\.wav$/.exec(name)?.[1] ?? own)
      .filter((name) => name !== own);
    if (others.length > 0) {
      note(
        `${folder} holds clips of ${[...new Set(others)].join(', ')} too, and all there is taken for one word: to keep words apart, give --word or another --out.`,
      );
    }
    return folder;
  }
  checkWordFolder(word);
  return join(out, 'activates', word);
}

/** @throws SeqkitError `usage` for what names no folder below activates/ */
function checkWordFolder(word: string | undefined): void {
  if (word !== undefined && (/[/\\]/.test(word) || word === '' || word.startsWith('.'))) {
    throw new SeqkitError(`--word takes the plain name of a folder, not ${JSON.stringify(word)}.`, {
      code: 'usage',
    });
  }
}

/** Training must know the word to keep it out of what espeak-ng says; a folder's name tells it. */
function nextStep(phrase: string, { out, word }: { out: string; word?: string }): string {
  return `Next: seqkit train-trigger ${quoted(out)}${word === undefined ? ` --word ${quoted(phrase)}` : ''}`;
}

/** A name that no file in the folder has, by the next number. */
function freeName(folder: string, stem: string): string {
  const taken = new Set(listFolder(folder));
  for (let n = 1; ; n++) {
    const name = `${stem}-${String(n).padStart(2, '0')}.wav`;
    if (!taken.has(name)) return name;
  }
}

/** Letters and digits of any script, in lower case, with dashes between them. */
function slug(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? 'clip' : name.slice(0, 60);
}

async function makeClips(phrase: string, options: MakeOptions): Promise<void> {
  const { out, takes, language, force } = options;
  if (slug(phrase) === 'clip' && phrase !== 'clip') {
    throw new SeqkitError(`"${phrase}" holds nothing to say.`, { code: 'usage' });
  }
  checkWordFolder(options.word);
  if (options.play) soundPlayer();
  const [{ say = [] }] = pronunciationsOf([phrase], options.say);
  const choir = await voicesFor(language);
  const voices = choir.first(options.voices);
  const random = new Random(options.seed);
  const own = slug(phrase);
  const near = phrasesLike(phrase, choir, Math.ceil(options.negatives / 2), random);
  const others = FILLERS.filter((text) => slug(text) !== own).map((text) => ({ text, name: slug(text) }));
  if (!language.startsWith('en') && options.negatives > 0) note('The other phrases are English.');
  const folder = wordFolder(phrase, options);
  const manner = () => ({ tempo: random.uniform(0.66, 1.26), pitch: random.uniform(0.8, 1.25) });
  // The part before the first "_" names the speaker.
  const jobs: { path: string; request: SpeechRequest }[] = [];
  const add = (place: string, name: string, request: Omit<SpeechRequest, 'manner'>) => {
    const path = join(place, `${speakerOf(request.voice)}_${name}.wav`);
    jobs.push({ path, request: { ...request, manner: manner() } });
  };
  for (const voice of voices) {
    for (let take = 0; take < takes; take++) {
      const spelling = say.length === 0 ? {} : say[take % say.length];
      const text = `${spelling.text ?? phrase}${ENDINGS[take % ENDINGS.length]}`;
      const { ipa } = spelling;
      add(folder, `${own}-${take + 1}`, { voice, text, ...(ipa !== undefined && { ipa }) });
    }
  }
  const negatives = join(out, 'negatives');
  for (let n = 0; n < options.negatives; n++) {
    // Half of them sound like the phrase, as far as there are such; the rest are what is said all day.
    const like = n % 2 === 0 && near.texts.length > 0;
    const { text, name } = like ? near.texts[(n >> 1) % near.texts.length] : others[n % others.length];
    const voice = like ? near.voices[(n >> 1) % near.voices.length] : voices[n % voices.length];
    add(negatives, `${like ? 'like' : 'not'}-${own}-${name}-${n + 1}`, { voice, text });
  }
  for (const kind of [folder, negatives]) makeFolder(kind);
  for (const { path } of jobs) checkWritable(path, { force });
  const bar = new Progress('speaking', { total: jobs.length, unit: 'clips' });
  const sounds = await choir.speakAll(
    jobs.map(({ request }) => request),
    (done) => bar.update(done),
  );
  bar.end();
  for (const [n, { path }] of jobs.entries()) {
    const samples = asRecorded(resample(sounds[n], TAKE_RATE).samples, random);
    await writeFileAtomic(path, encodeWav({ samples, sampleRate: TAKE_RATE }), { force });
  }
  const names = voices.map(speakerOf);
  const result = {
    folder: out,
    activates: voices.length * takes,
    negatives: options.negatives,
    voices: names,
  };
  if (options.json) printJson(result);
  else
    print(
      `${out}: ${counted(result.activates, 'clip')} of "${phrase}" by ${counted(voices.length, 'voice')}, ${result.negatives} of other words`,
    );
  if (options.play) {
    for (const [n, voice] of voices.entries()) {
      note(`${voice.engine} ${voice.name}: ${jobs[n * takes].path}`);
      await playSound(sounds[n * takes]);
    }
  }
  note('Real recordings are better: add some to activates/ where you can.');
  note(nextStep(phrase, options));
}

/** A synthetic clip as a recorder gives it: at some level, with some silence around it and a faint hiss. */
function asRecorded(speech: Float32Array, random: Random): Float32Array {
  const { start, end } = findSpeech(speech, TAKE_RATE);
  const lead = Math.round(random.uniform(0.05, 0.25) * TAKE_RATE);
  const tail = Math.round(random.uniform(0.1, 0.5) * TAKE_RATE);
  const clip = new Float32Array(lead + end - start + tail);
  const peak = speech.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const gain = gainFor(peak, random.uniform(-16, -2));
  // The fading end of the word reaches into the tail.
  for (let i = 0; i < end - start + tail && start + i < speech.length; i++)
    clip[lead + i] = gain * speech[start + i];
  addNoise(clip, random.uniform(-75, -55), random);
  return clip;
}
