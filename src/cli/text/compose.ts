import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import { packageFile } from '../../base/host/package-file.js';
import type { ComposedTune, MusicModel } from '../../text/music/composition/music-model.js';
import type { ComposeTuneOptions, TuneModel } from '../../text/music/composition/tune-model.js';
import type { Tune } from '../../text/music/notation/tune.js';
import {
  engineOption,
  forceOption,
  jsonOption,
  realOption,
  seedOption,
  verifyOption,
  wholeOption,
} from '../options/options.js';
import { typedValue } from '../options/typed-value.js';
import { note, print, printGenerated, printJson, told } from '../terminal/output.js';
import { standardInputOf } from '../terminal/standard-input.js';
import { figuresBeside, reportLines, tableLines } from './compose-report.js';
import { addSamplingOptions, samplingOf, type TypedSampling } from './sampling-options.js';
import { tuneFiles, writeTuneFiles } from './tune-output.js';
import { givenModel } from '../models/given-model.js';

interface ComposeOptions extends TypedSampling {
  readonly key?: string;
  readonly meter?: string;
  readonly type?: string;
  readonly title?: string;
  readonly prompt?: string;
  readonly form?: string;
  readonly bars?: number;
  readonly sections?: number;
  readonly progression?: string;
  readonly opening?: string;
  readonly vary?: string;
  readonly fill?: string;
  readonly bestOf?: number;
  readonly maxCopy?: number;
  readonly maxRemoved?: number;
  readonly chords: boolean;
  readonly tempo?: number;
  readonly swing?: number;
  readonly instrument?: string;
  readonly count: number;
  readonly maxBars?: number;
  readonly constraint: boolean;
  readonly against?: readonly string[];
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly out?: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Adds the command compose. */
export function registerCompose(program: Command): void {
  const write = program
    .command('compose')
    .description(
      'Tunes from a model, such as train-music makes. They parse, and their bars add up to the meter.',
    )
    .argument('[model]', 'a .safetensors file; without it, the model that comes with seqkit')
    .option('--key <key>', 'such as D, Bm or "A Dorian"')
    .option('--meter <meter>', 'such as 4/4, 6/8 or C|')
    .option('--type <type>', 'such as reel')
    .option('--form <letters>', 'a letter for each section, twice where it is repeated, such as AABB or ABA')
    .addOption(wholeOption('--bars <n>', 'bars of each section', { min: 2, max: 64 }))
    .addOption(wholeOption('--sections <n>', 'how many sections', { min: 1, max: 12 }))
    .option(
      '--progression <chords>',
      'chords to play over, such as "Dm7 G7 | C | A7", of a model that has learnt chords',
    )
    .option('--opening <bars>', 'whole bars in ABC to go on from, in the form')
    .option('--vary <file>', 'the first tune of this file: its first section stays, the others are made anew')
    .option('--fill <file>', 'the first tune of this file: bars of rests that are not shown (x8) are made')
    .option('--title <text>', 'the title')
    .option('--prompt <bars>', 'bars in ABC to go on from, of a model of characters')
    .addOption(
      wholeOption('--count <n>', 'tunes to make at once; tune i has the seed + i', {
        min: 1,
        max: 4_096,
      }).default(1),
    )
    .addOption(
      wholeOption(
        '--best-of <n>',
        'draw so many for each tune, and keep the likeliest a bar of those whose figures are most like the training (default: 1)',
        {
          min: 1,
          max: 1_000,
        },
      ),
    )
    .addOption(
      realOption(
        '--max-copy <bars>',
        'keep what is copied from the training shorter than this, 2 or more; 0 for no limit (default: 2 where the model keeps a record)',
        { min: 0 },
      ),
    )
    .addOption(
      realOption(
        '--max-removed <share>',
        'draw a bar anew where the constraint takes more of the probability from a choice; 1 for never (default: 0.5 where the model keeps the headings of its training)',
        { above: 0, max: 1 },
      ),
    );
  addSamplingOptions(write)
    .addOption(
      wholeOption(
        '--max-bars <n>',
        'of a model of characters: after so many, the section in hand ends the tune (default: 32)',
        { min: 1, max: 10_000 },
      ),
    )
    .addOption(
      new Option(
        '--no-constraint',
        'let a model of characters write as it likes, and tell how much of it parses',
      ),
    )
    .addOption(new Option('--against <files...>', 'tell what is copied from these training tunes'))
    .addOption(
      new Option('--chords', 'add chord symbols by the rules of harmony, which are played too').default(
        false,
      ),
    )
    .addOption(realOption('--tempo <n>', 'of .mid and .wav: quarter notes a minute', { min: 20, max: 400 }))
    .addOption(
      realOption('--swing <share>', 'of .mid and .wav: what the first of two eighths takes of them', {
        min: 0.5,
        max: 0.8,
      }),
    )
    .option(
      '--instrument <name>',
      'of .mid: by its name in General MIDI, such as violin, or its number from 1',
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .option(
      '--out <file>',
      'where to write, in place of the screen: .abc, .mid, .svg or .png (sheet music), or .wav',
    )
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(compose);
}

const SHIPPED =
  'The model is the one that comes with seqkit. It has learnt tunes that a script makes: train-music learns real ones.';

/** What only a model of one notation takes, by the option's name. */
const ofSymbols = [
  'form',
  'bars',
  'sections',
  'progression',
  'opening',
  'vary',
  'fill',
  'bestOf',
  'maxCopy',
  'maxRemoved',
] as const;
const ofCharacters = ['prompt', 'maxBars'] as const;

async function compose(path: string | undefined, options: ComposeOptions): Promise<void> {
  const { openComposer } = await import('../../text/music/composition/open-composer.js');
  const { TuneModel: Tunes } = await import('../../text/music/composition/tune-model.js');
  const { describeTunes } = await import('../../text/music/composition/composed-report.js');
  const { readTuneFiles } = await import('./tune-input.js');
  const { askedKey } = await import('../../text/music/notation/key.js');
  const { askedMeter } = await import('../../text/music/notation/meter.js');
  const { askedProgression } = await import('../../text/music/composition/progression.js');
  const { checkPlayback } = await import('../../text/music/playback/playback-options.js');
  const { key, meter, progression, against, engine, verify, out, force, json } = options;
  const { tempo, swing, instrument } = options;
  const files = out === undefined ? undefined : tuneFiles(out, options.count, { force });
  if (key !== undefined) typedValue('--key', () => askedKey(key));
  if (meter !== undefined) typedValue('--meter', () => askedMeter(meter));
  if (progression !== undefined) typedValue('--progression', () => askedProgression(progression));
  const playback = typedValue(instrument === undefined ? undefined : '--instrument', () =>
    checkPlayback({
      ...(tempo !== undefined && { tempo }),
      ...(swing !== undefined && { swing }),
      ...(instrument !== undefined && { instrument }),
    }),
  );
  checkOutput(options, files?.kind);
  const training = against && readTuneFiles(against, await standardInputOf(against)).tunes;
  const given = await givenTunes(options);
  const file = path ?? packageFile('data/tunes/seqkit-tunes.safetensors');
  await givenModel(file);
  const model = told(await openComposer(file, { engine, verify }));
  if (path === undefined) note(SHIPPED);
  let tunes: ComposedTune[];
  try {
    tunes =
      model instanceof Tunes
        ? await composeSymbols(model, options, given)
        : await composeCharacters(model, options);
  } finally {
    await model.dispose();
  }
  const report = await describeTunes(tunes, training);
  const table = model instanceof Tunes ? await figuresBeside(tunes, model, training) : undefined;
  if (tunes.length < options.count) {
    note(
      `${tunes.length} of ${options.count} tunes: the others came to no end that plays, however often they were drawn.`,
    );
  }
  // Not before: what is copied from the training shows in the notes that the model wrote.
  if (options.chords) tunes = await withChords(tunes);
  const written = files && (await writeTuneFiles(files, tunes, { force, playback }));
  if (json) {
    printJson({
      ...report,
      ...(table && { figures: table }),
      composed: tunes.map(({ title: name, abc }) => ({ title: name, abc })),
      files: written,
    });
    return;
  }
  if (written) for (const file of written) print(`wrote ${file}`);
  else await printGenerated(tunes.map(({ abc }) => abc).join(''));
  for (const line of reportLines(report, options.constraint)) note(line);
  if (table && tunes.length > 1) for (const line of tableLines(table)) note(line);
}

/** @throws SeqkitError `usage` for options of playing where nothing is played */
function checkOutput({ tempo, swing, instrument }: ComposeOptions, kind: string | undefined): void {
  const given: [flag: string, value: unknown, kinds: readonly string[]][] = [
    ['--tempo', tempo, ['.mid', '.wav']],
    ['--swing', swing, ['.mid', '.wav']],
    ['--instrument', instrument, ['.mid']],
  ];
  for (const [flag, value, kinds] of given) {
    if (value === undefined || kinds.includes(kind ?? '')) continue;
    throw new SeqkitError(`${flag} is for ${kinds.join(' and ')} files.`, {
      code: 'usage',
      hint: `Give --out a name that ends in ${kinds.join(' or ')}.`,
    });
  }
}

async function givenTunes({ vary, fill }: ComposeOptions): Promise<{ vary?: Tune; fill?: Tune }> {
  const { readTuneFiles } = await import('./tune-input.js');
  const first = async (file: string): Promise<Tune> =>
    readTuneFiles([file], await standardInputOf([file])).tunes[0];
  return {
    ...(vary !== undefined && { vary: await first(vary) }),
    ...(fill !== undefined && { fill: await first(fill) }),
  };
}

async function composeSymbols(
  model: TuneModel,
  options: ComposeOptions,
  given: { vary?: Tune; fill?: Tune },
): Promise<ComposedTune[]> {
  refuse(options, ofCharacters, 'a model of symbols');
  if (!options.constraint) {
    throw new SeqkitError('--no-constraint is for a model of characters: symbols alone make no bars.', {
      code: 'usage',
      hint: 'Leave it out, or train a model with --notation characters.',
    });
  }
  if (options.progression !== undefined && !model.hasChords) {
    throw new SeqkitError('--progression is for a model that has learnt chords, which this one has not.', {
      code: 'usage',
      hint: 'Train one with train-music --chords.',
    });
  }
  const { copyLimit } = await import('../../text/music/copies/copy-limit.js');
  const { key, meter, type, title, form, bars, sections, progression, opening } = options;
  const { bestOf, maxCopy, maxRemoved } = options;
  if (maxCopy !== undefined) typedValue('--max-copy', () => copyLimit(maxCopy, model.seen.rows));
  const { count, seed } = options;
  const asked: ComposeTuneOptions = {
    ...(key !== undefined && { key }),
    ...(meter !== undefined && { meter }),
    ...(type !== undefined && { type }),
    ...(title !== undefined && { title }),
    ...(form !== undefined && { form }),
    ...(bars !== undefined && { bars }),
    ...(sections !== undefined && { sections }),
    ...(progression !== undefined && { progression }),
    ...(opening !== undefined && { opening }),
    ...(bestOf !== undefined && { bestOf }),
    ...(maxCopy !== undefined && { maxCopy }),
    ...(maxRemoved !== undefined && { maxRemoved }),
    ...given,
    ...{ count, seed },
    ...samplingOf(options),
  };
  return model.compose(asked);
}

async function composeCharacters(model: MusicModel, options: ComposeOptions): Promise<ComposedTune[]> {
  refuse(options, ofSymbols, 'a model of characters');
  const {
    key,
    meter,
    type,
    title,
    prompt = '',
    count,
    maxBars = 32,
    constraint: constrained,
    seed,
  } = options;
  return model.compose({
    ...(key !== undefined && { key }),
    ...(meter !== undefined && { meter }),
    ...(type !== undefined && { type }),
    ...(title !== undefined && { title }),
    ...{ prompt, count },
    ...samplingOf(options),
    ...{ maxBars, constrained, seed },
  });
}

/** @throws SeqkitError `usage` for an option that is of the other notation */
function refuse(options: ComposeOptions, names: readonly (keyof ComposeOptions)[], model: string): void {
  const name = names.find((each) => options[each] !== undefined);
  if (name === undefined) return;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new SeqkitError(`${flag} is not for ${model}, which this one is.`, {
    code: 'usage',
    hint:
      model === 'a model of symbols'
        ? 'Take --opening for bars to go on from, and --bars and --sections for the length.'
        : 'Train one with train-music --notation symbols.',
  });
}

async function withChords(tunes: readonly ComposedTune[]): Promise<ComposedTune[]> {
  const { harmonize } = await import('../../text/music/form/harmony.js');
  const { readTunes } = await import('../../text/music/notation/read-tunes.js');
  return tunes.map((tune) => {
    const [read] = readTunes(tune.abc).tunes;
    // Those that the model has chosen itself stay.
    if (!read || read.body.includes('"')) return tune;
    const header = /^[^]*?\nK:.*\n/.exec(tune.abc)![0];
    return { ...tune, abc: `${header}${harmonize(read).body}\n` };
  });
}
