import { Option, type Command } from 'commander';
import type { Chatbot } from '../../tasks/chatbot/chatbot.js';
import type { ChatbotFigures } from '../../tasks/chatbot/scope.js';
import type { Reply } from '../../tasks/chatbot/session.js';
import { SeqkitError } from '../../base/errors.js';
import { forceOption, jsonOption, realOption, seedOption, verifyOption } from '../options/options.js';
import { counted, note, print, printJson, told } from '../terminal/output.js';
import { givenModel } from '../models/given-model.js';

interface TrainOptions {
  readonly out: string;
  readonly vectors?: string | false;
  readonly includeVectors: boolean;
  readonly threshold?: number;
  readonly seed: number;
  readonly force: boolean;
  readonly json: boolean;
}

interface ChatOptions {
  readonly test?: string;
  readonly verify: boolean;
  readonly json: boolean;
}

/** Adds the commands train-chatbot and chat. */
export function register(program: Command): void {
  program
    .command('train-chatbot')
    .description('Train a bot on phrases for what users may want.')
    .argument('<intents>', "an intents.json, Rasa's nlu.yml, or a corpus.json of node-nlp")
    .option('--out <file>', 'where the bot goes', 'chatbot.safetensors')
    .option(
      '--vectors <file>',
      'word vectors of your own (default: those that come with seqkit, for English)',
    )
    .option('--no-vectors', 'the n-grams of the phrases alone')
    .addOption(
      new Option('--include-vectors', "put seqkit's own vectors into the file, for a page to open").default(
        false,
      ),
    )
    .addOption(
      realOption(
        '--threshold <p>',
        'answer at this probability of an intent (default: what suits the phrases)',
        {
          min: 0,
          max: 1,
        },
      ),
    )
    .addOption(seedOption())
    .addOption(forceOption())
    .addOption(jsonOption())
    .action(train);
  program
    .command('chat')
    .description(
      'Talk with a bot that train-chatbot made, on the terminal or line by line from standard input.',
    )
    .argument('<model>', 'a .safetensors file')
    .option(
      '--test <file>',
      'go through the dialogues of a YAML file; the exit status is 1 where one goes otherwise',
    )
    .addOption(verifyOption())
    .addOption(jsonOption())
    .action(chat);
}

async function train(path: string, options: TrainOptions): Promise<void> {
  const { out, vectors: typed, includeVectors, threshold, seed, force, json } = options;
  if (includeVectors && typed !== undefined && typeof typed !== 'boolean') {
    throw new SeqkitError(
      '--include-vectors is for the vectors of seqkit: your own are always in the file.',
      {
        code: 'usage',
      },
    );
  }
  if (includeVectors && typed === false) {
    throw new SeqkitError('--include-vectors does not go with --no-vectors.', { code: 'usage' });
  }
  const { checkWritable } = await import('../../base/host/files.js');
  const { Chatbot } = await import('../../tasks/chatbot/chatbot.js');
  const { readIntents } = await import('../../tasks/chatbot/read-intents.js');
  const { KeyedVectors } = await import('../../embeddings/keyed-vectors/keyed-vectors.js');
  checkWritable(out, { force });
  const intents = await readIntents(path);
  const vectors = typeof typed === 'string' ? told(await KeyedVectors.load(typed)) : undefined;
  const start = performance.now();
  const bot = told(
    await Chatbot.train(intents, {
      ...(typed === false ? { vectors: false } : vectors && { vectors }),
      includeVectors,
      ...(threshold !== undefined && { threshold }),
      seed,
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await bot.save(out, { force });
  const phrases = intents.intents.reduce((sum, { patterns }) => sum + patterns.length, 0);
  const { figures, notes } = bot;
  const result = { out, intents: bot.tags.length, phrases, seconds, figures };
  if (json) printJson({ ...result, ...(notes.length > 0 && { notes }) });
  else report(bot, phrases, seconds, out);
  bot.dispose();
  vectors?.dispose();
}

function report({ tags, figures }: Chatbot, phrases: number, seconds: number, out: string): void {
  const { accuracy, answered, answeredRightly, foreign, nearMisses, threshold } = figures;
  print(
    `bot          ${counted(tags.length, 'intent')}, ${counted(phrases, 'phrase')}, trained in ${seconds.toFixed(1)} s`,
  );
  print(`held out     ${percent(accuracy)} of the phrases are told rightly by the others`);
  print(
    `threshold    ${threshold.toFixed(3)}: ${percent(answered)} of them are answered, ${percent(answeredRightly)} rightly`,
  );
  print(
    `out of scope ${refusals(foreign, 'other message')}, ${refusals(nearMisses, 'near miss', 'near misses')}`,
  );
  print(`wrote        ${out}`);
  note(`Next: seqkit chat ${out}`);
}

function refusals({ messages, refused }: ChatbotFigures['foreign'], one: string, several?: string): string {
  return messages === 0
    ? `no ${several ?? `${one}s`}`
    : `${percent(refused)} of ${counted(messages, one, several)} refused`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

async function chat(path: string, { test, verify, json }: ChatOptions): Promise<void> {
  const { Chatbot } = await import('../../tasks/chatbot/chatbot.js');
  const bot = told(await Chatbot.load(await givenModel(path), { verify }));
  try {
    if (test === undefined) await converse(bot, json);
    else await runStories(bot, test, json);
  } finally {
    bot.dispose();
  }
}

/** Answers each line; on a terminal with a prompt before it. */
async function converse(bot: Chatbot, json: boolean): Promise<void> {
  const { createInterface } = await import('node:readline');
  const { stdin } = process;
  const isTalk = stdin.isTTY && !json;
  if (isTalk) note('Write a message; Ctrl-D ends it.');
  const lines = createInterface({ input: stdin, ...(isTalk && { output: process.stderr, prompt: '> ' }) });
  const session = bot.session();
  if (isTalk) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      const answer = await session.reply(line).catch((error: unknown) => {
        // Who types can say it otherwise; a script is told by the exit status.
        if (!isTalk || !(error instanceof SeqkitError)) throw error;
        note(error.message);
      });
      if (answer === undefined) note('Say it in other words.');
      else if (json) printJson(answer);
      else print(answer.reply === '' ? silent(answer) : answer.reply);
    }
    if (isTalk) lines.prompt();
  }
}

/** What is shown of an intent that a program answers. */
function silent({ intent }: Reply): string {
  return `(${intent ?? 'no intent'}, without a response)`;
}

async function runStories(bot: Chatbot, path: string, json: boolean): Promise<void> {
  const { readDialogues, testDialogues } = await import('../../tasks/chatbot/dialogue-test.js');
  const stories = await readDialogues(path);
  const faults = await testDialogues(bot, stories);
  if (json) printJson({ stories: stories.length, faults });
  else {
    for (const { story, step, user, expected, found } of faults) {
      print(`${story}, step ${step}, ${JSON.stringify(user)}: ${found}, expected ${expected}`);
    }
    const failed = new Set(faults.map(({ story }) => story)).size;
    print(`${stories.length - failed} of ${counted(stories.length, 'story', 'stories')} went as written`);
  }
  if (faults.length > 0) {
    throw new SeqkitError(`${counted(faults.length, 'step')} of ${path} went otherwise.`, {
      code: 'bad-value',
    });
  }
}
