import { decodeTextFile } from '../../base/encoding/text-file.js';
import { SeqkitError } from '../../base/errors.js';
import {
  wrongValue,
  either,
  exactly,
  isPlainObject,
  listOf,
  optional,
  optionsSchema,
  someText,
  text,
} from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import { Chatbot } from './chatbot.js';
import { readYaml } from './rasa-nlu.js';

/** What a user says, and what the bot must make of it. */
export interface DialogueStep {
  readonly user: string;
  /** The intent; null where the bot must refuse. */
  readonly intent?: string | null;
  /** The reply, word for word, or one of several. */
  readonly bot?: string | readonly string[];
  /** A part of the reply. */
  readonly contains?: string;
}

/** A dialogue that must go as written. */
export interface Dialogue {
  readonly story: string;
  readonly steps: readonly DialogueStep[];
}

/** A step that went otherwise. */
export interface DialogueFault {
  readonly story: string;
  /** From 1. */
  readonly step: number;
  readonly user: string;
  readonly expected: string;
  readonly found: string;
}

const dialogueStep = optionsSchema<DialogueStep>('a step', {
  user: text,
  intent: optional(either(someText, exactly(null))),
  bot: optional(either(text, listOf(text, { min: 1 }))),
  contains: optional(someText),
});
const dialogue = optionsSchema<Dialogue>('a story', {
  story: someText,
  steps: listOf(dialogueStep, { min: 1 }),
});
const dialogues = listOf(dialogue, { min: 1 });

/**
 * Reads dialogues from YAML or JSON: `stories`, each with its `story` (a name) and `steps` of `user`, `bot`, `intent` and
 * `contains`.
 * @throws SeqkitError `file-access`; `bad-file` with the place
 */
export async function readDialogues(from: FileSource): Promise<Dialogue[]> {
  const { bytes, name } = await readSource(from, 'readDialogues: from', {
    name: 'The stories',
    kind: 'stories',
  });
  const value = await readYaml(decodeTextFile(bytes, name).replace(/^\ufeff/, ''), name);
  try {
    return dialogues.parse(isPlainObject(value) ? value['stories'] : value, `${name}: stories`);
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    throw new SeqkitError(error.message, {
      code: 'bad-file',
      cause: error,
      hint:
        error.hint ??
        'Each story has "story", its name, and "steps" with "user" and "bot", "intent" or "contains".',
    });
  }
}

/** Goes through dialogues, each in a session of its own. @returns the steps that went otherwise; none where all is well */
export async function testDialogues(bot: Chatbot, stories: readonly Dialogue[]): Promise<DialogueFault[]> {
  if (!((bot as unknown) instanceof Chatbot)) throw wrongValue('testDialogues: bot', 'a Chatbot', bot);
  const faults: DialogueFault[] = [];
  for (const { story, steps } of dialogues.parse(stories, 'testDialogues: stories')) {
    const session = bot.session();
    for (const [i, { user, intent, bot: said, contains }] of steps.entries()) {
      const answer = await session.reply(user);
      const fault = (expected: string, found: string): void =>
        void faults.push({ story, step: i + 1, user, expected, found });
      if (intent !== undefined && answer.intent !== intent) {
        fault(`intent ${intent ?? 'none'}`, `intent ${answer.intent ?? 'none'}`);
      }
      const replies = said === undefined ? [] : typeof said === 'string' ? [said] : said;
      if (replies.length > 0 && !replies.includes(answer.reply)) {
        fault(replies.map((reply) => JSON.stringify(reply)).join(' or '), JSON.stringify(answer.reply));
      }
      if (contains !== undefined && !answer.reply.includes(contains)) {
        fault(`a reply with ${JSON.stringify(contains)}`, JSON.stringify(answer.reply));
      }
    }
  }
  return faults;
}
