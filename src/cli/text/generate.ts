import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import type { EngineChoice } from '../../rnn/engine/engine-names.js';
import { SeqkitError } from '../../base/errors.js';
import { CopyCheck, type CopyReport } from '../../text/sampling/copy-check.js';
import type { GenerateSamplesOptions } from '../../text/sampling/generation.js';
import { packageFile } from '../../base/host/package-file.js';
import type { TextSource } from '../../text/corpus/text-source.js';
import type { TextModel } from '../../text/model/text-model.js';
import { converse } from './conversation.js';
import { engineOption, jsonOption, seedOption, verifyOption, wholeOption } from '../options/options.js';
import { counted, note, printGenerated, printJson, told } from '../terminal/output.js';
import { fileOrStandardInput } from '../terminal/standard-input.js';
import { unescaped } from '../options/unescaped.js';
import { addSamplingOptions, samplingOf, type TypedSampling } from './sampling-options.js';
import { givenModel } from '../models/given-model.js';

interface GenerateOptions extends TypedSampling {
  readonly prime: string;
  readonly length: number;
  readonly stop: readonly string[];
  readonly count: number;
  readonly bestOf?: number;
  readonly against?: string;
  readonly interactive: boolean;
  readonly seed: number;
  readonly engine: EngineChoice;
  readonly verify: boolean;
  readonly json: boolean;
}

/** What the library is asked for. */
type Asked = Omit<GenerateOptions, 'against' | 'interactive' | 'engine' | 'verify' | 'json'>;

/** Adds the command generate. */
export function register(program: Command): void {
  const command = program
    .command('generate')
    .description('Text from a model that train-text made.')
    .argument('[model]', 'a .safetensors file; without it, the model that comes with seqkit')
    .addOption(
      new Option(
        '--prime <text>',
        'what the text begins with; \\n is a line end, \\t a tab, \\\\ a backslash',
      )
        .argParser(unescaped)
        .default(''),
    )
    .addOption(
      wholeOption('--length <n>', 'characters to make, at most', { min: 0, max: 1_000_000_000 }).default(400),
    );
  addSamplingOptions(command)
    .addOption(
      new Option('--stop <text>', 'ends a text before this; may be given several times; \\n is a line end')
        .argParser((text: string, before: readonly string[]) => [...before, unescaped(text)])
        .default([] as string[], 'none'),
    )
    .addOption(
      wholeOption('--count <n>', 'texts to make at once; text i has the seed + i', {
        min: 1,
        max: 4_096,
      }).default(1),
    )
    .addOption(
      wholeOption(
        '--best-of <n>',
        'draw so many for each text, and keep the likeliest a character (default: 1)',
        { min: 1, max: 1_000 },
      ),
    )
    .addOption(
      new Option(
        '--against <file>',
        'tell what the text has copied word for word from this training text or folder',
      ),
    )
    .addOption(
      new Option('--interactive', 'answer lines from standard input, remembering what was said').default(
        false,
      ),
    )
    .addOption(seedOption())
    .addOption(engineOption())
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(generate);
}

const SHIPPED =
  "The model is the one that comes with seqkit: it has learnt Ambrose Bierce's Devil's Dictionary. train-text learns a text of yours.";

async function generate(typed: string | undefined, options: GenerateOptions): Promise<void> {
  const { TextModel } = await import('../../text/model/text-model.js');
  const { against: typedAgainst, interactive, engine, verify, json, ...asked } = options;
  checkTogether(options);
  const against = typedAgainst === undefined ? undefined : await trainingText(typedAgainst);
  const path = typed ?? packageFile('data/text/seqkit-text.safetensors');
  const model = told(await TextModel.load(await givenModel(path, 'a text model'), { engine, verify }));
  if (typed === undefined) note(SHIPPED);
  if (model.extra['tunes'] !== undefined) {
    throw new SeqkitError(`${path} holds a tune model, which writes symbols in place of characters.`, {
      code: 'bad-file',
      hint: 'Have it compose: seqkit compose.',
    });
  }
  const unknown = model.vocabulary.unknownIn(asked.prime);
  if (unknown.length > 0) {
    const how = model.vocabulary.bytes === 'none' ? 'reads on without' : 'reads their bytes';
    note(`The model does not know ${unknown.map((c) => JSON.stringify(c)).join(', ')}: it ${how}.`);
  }
  if (interactive) {
    if (model.reading.lines) {
      throw new SeqkitError('--interactive keeps what was said, and a model of lines forgets each line.', {
        code: 'usage',
        hint: 'Train one without --lines.',
      });
    }
    await interact(model, asked);
  } else if (json) {
    const { made, natsPerCharacter } = await kept(model, asked);
    const texts = made.map((text) => asked.prime + text);
    const copies = against === undefined ? undefined : await copiesOf(made, against);
    const { lines } = model.reading;
    printJson({
      ...(asked.count === 1 ? { text: texts[0] } : { texts }),
      ...(lines && { inTraining: texts.map((text) => model.hasSeen(text) ?? null) }),
      ...asked,
      ...(natsPerCharacter &&
        (asked.count === 1 ? { natsPerCharacter: natsPerCharacter[0] } : { natsPerCharacter })),
      ...(copies && { copies }),
      model: basename(path),
    });
  } else {
    await print(model, asked, against);
  }
  await model.dispose();
}

/** @throws SeqkitError `usage` for options that do not go together */
function checkTogether({ interactive, count, bestOf = 1, against, json }: GenerateOptions): void {
  if (count * bestOf > 65_536) {
    throw new SeqkitError(
      `--count ${count} and --best-of ${bestOf} make ${count * bestOf} texts at once, more than 65536.`,
      { code: 'usage' },
    );
  }
  if (!interactive) return;
  const other = Object.entries({
    ...{ '--count': count > 1, '--best-of': bestOf > 1, '--against': against !== undefined, '--json': json },
  });
  const [name] = other.find(([, given]) => given) ?? [];
  if (name === undefined) return;
  throw new SeqkitError(`--interactive does not go with ${name}.`, { code: 'usage' });
}

/** Whole texts, and of candidates what those that were kept come to. */
async function kept(
  model: TextModel,
  asked: GenerateSamplesOptions,
): Promise<{ made: string[]; natsPerCharacter?: number[] }> {
  const { count = 1, bestOf = 1 } = asked;
  const made = new Array<string>(count).fill('');
  const nats = new Array<number>(count).fill(0);
  for await (const { sample, text, natsPerCharacter = 0 } of model.streamSamples(asked)) {
    made[sample] += text;
    nats[sample] = natsPerCharacter;
  }
  return bestOf === 1 ? { made } : { made, natsPerCharacter: nats };
}

/** One text streams as it is made; several are printed one after the other, since they grow side by side. */
async function print(model: TextModel, asked: GenerateSamplesOptions, against?: TextSource): Promise<void> {
  const { prime = '', count = 1 } = asked;
  const { lines } = model.reading;
  const texts = new Array<string>(count).fill('');
  const streams = count === 1;
  let pending = streams ? prime : '';
  for await (const { sample, text } of model.streamSamples(asked)) {
    texts[sample] += text;
    if (!streams) continue;
    pending += text;
    // A terminal shows each character; a pipe is not woken for less than a line's worth.
    if (!process.stdout.isTTY && pending.length < 64) continue;
    await printGenerated(pending);
    pending = '';
  }
  const mark = (text: string): string =>
    lines && model.hasSeen(prime + text) ? '  (in the training text)' : '';
  if (streams) await printGenerated(`${pending}${mark(texts[0])}\n`);
  else if (lines) for (const text of texts) await printGenerated(`${prime}${text}${mark(text)}\n`);
  else for (const [i, text] of texts.entries()) await printGenerated(`--- ${i + 1} ---\n${prime}${text}\n`);
  if (lines && model.hasSeen('') === undefined) {
    note('The model was trained on too many lines to tell which of them are new: see --against.');
  }
  if (against === undefined) return;
  for (const [i, report] of (await copiesOf(texts, against)).entries()) {
    const { longest, longestLength, seenEightGrams } = report;
    const which = count === 1 ? '' : `${i + 1}: `;
    note(
      `${which}the longest stretch copied has ${counted(longestLength, 'character')}, ${JSON.stringify(longest)}; ${(100 * seenEightGrams).toFixed(1)}% of the stretches of 8 stand in the training text.`,
    );
  }
}

async function interact(model: TextModel, asked: Asked): Promise<void> {
  const { createInterface } = await import('node:readline');
  const session = model.session({ seed: asked.seed });
  if (asked.prime) session.feed(asked.prime);
  if (process.stdin.isTTY) note('Write a line; the model answers with one. Ctrl-D ends it.');
  const lines = createInterface({ input: process.stdin });
  const { length, stop } = asked;
  await converse(session, lines, printGenerated, { length, stop, ...samplingOf(asked) });
  session.dispose();
}

/** What the text is compared with. @throws SeqkitError `too-little-data` where it is empty: nothing is copied from that */
async function trainingText(typed: string): Promise<TextSource> {
  const { statSync } = await import('node:fs');
  const { filesAt } = await import('../../base/host/folders.js');
  const { fileText } = await import('../../text/corpus/text-source.js');
  const { path, name } = await fileOrStandardInput(typed);
  if (
    filesAt(path, 'the training text')
      .map((file) => statSync(file))
      .every((stats) => stats.isFile() && stats.size === 0)
  ) {
    throw new SeqkitError(`There is no text in ${name} to compare with.`, {
      code: 'too-little-data',
      hint: 'Give --against the text that the model was trained on.',
    });
  }
  return fileText(path, { name });
}

/** What each of the texts has copied from the training text, which is read once, chunk by chunk. */
async function copiesOf(texts: readonly string[], against: TextSource): Promise<CopyReport[]> {
  const checks = texts.map((text) => new CopyCheck(text));
  for await (const chunk of against.chunks()) for (const check of checks) check.read(chunk);
  return checks.map((check) => check.report());
}
