/// <reference lib="esnext.disposable" preserve="true" />
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { SeqkitError } from '../../base/errors.js';
import { endByUsing } from '../../base/disposal.js';
import { IS_NODE } from '../../base/host/platform.js';
import { Lifetime } from '../../base/lifetime.js';
import {
  callback,
  either,
  exactly,
  fileBytes,
  flag,
  isPlainObject,
  listOf,
  number,
  optional,
  optionsSchema,
  schemaOf,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { encodeTask, readTask, saveTask } from '../file/task-file.js';
import { EntityFinder } from './entity-finder.js';
import { readMarks } from './entity-marks.js';
import { IntentModel, sentencesOf, type Example } from './intent-model.js';
import { parseIntents, type FullIntent, type FullIntents, type Intent, type Intents } from './intents.js';
import { learnScope, type ChatbotFigures } from './scope.js';
import {
  ChatSession,
  type Handler,
  type ScoredIntent,
  type SessionBot,
  type Understanding,
} from './session.js';

/** How a bot is trained. */
export interface ChatbotOptions {
  /**
   * Word vectors, for words that no phrase has; false for n-grams alone.
   * @default those that come with seqkit for English in Node, else none
   */
  readonly vectors?: KeyedVectors | false;
  /**
   * Whether the file holds the vectors that come with seqkit, 10 MB, so that a page can open it; vectors of one's own
   * are always held. @default false
   */
  readonly includeVectors?: boolean;
  /**
   * A message is answered where it is an intent's with this probability at least.
   * @default what cross-validation finds best
   */
  readonly threshold?: number;
  /** The seed of what is generated to set the threshold. @default 1 */
  readonly seed?: number;
}

const chatbotOptions = optionsSchema<ChatbotOptions>('Chatbot.train', {
  vectors: optional(
    either(
      schemaOf<KeyedVectors>('KeyedVectors', (value) => value instanceof KeyedVectors),
      exactly(false),
    ),
  ),
  includeVectors: optional(flag),
  threshold: optional(number({ min: 0, max: 1 })),
  seed: optional(wholeNumber({ min: 0 })),
});
const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
const handlerSchema = callback<Handler>();
const contextNames = listOf(someText);

/** Intents that `alternatives` lists at most. */
const MAX_ALTERNATIVES = 3;
/** An intent whose context is not open is meant where it is so many times as probable as any that is open. */
const CLOSED_LEAD = 2;
/** Longer messages are no messages. */
const MAX_CHARACTERS = 10_000;

interface Parts {
  readonly given: FullIntents;
  readonly model: IntentModel;
  readonly figures: ChatbotFigures;
  /** Of its intents, where they are new. */
  readonly notes?: readonly string[];
}

/**
 * A bot that answers what it has phrases for: which intent a message means, with which entities; what it asks for before it
 * answers; and what it is not for, which it says.
 *
 * @example
 * const bot = await Chatbot.train({ intents: [{ tag: 'hello', patterns: ['hi', 'hello'], responses: ['Hello!'] }] });
 * const session = bot.session();
 * const { reply, intent, state } = await session.reply('hi there');
 */
export class Chatbot {
  /** What the bot tells of itself: shares of held-out phrases answered and of other messages refused. */
  readonly figures: ChatbotFigures;
  /** The tags of its intents. */
  readonly tags: readonly string[];
  readonly language: string;
  /** What the user should know about its intents, its training, or the file it came from. */
  notes: readonly string[] = [];
  /** Disposes of the bot at the end of a block that has it by `using`, where the platform knows of that. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #lifetime = new Lifetime('The chatbot');
  readonly #given: FullIntents;
  readonly #intents: ReadonlyMap<string, FullIntent>;
  readonly #model: IntentModel;
  readonly #finder: EntityFinder;
  readonly #handlers = new Map<string, Handler>();

  private constructor({ given, model, figures, notes = [] }: Parts) {
    this.figures = figures;
    this.tags = given.intents.map(({ tag }) => tag);
    this.language = given.language;
    this.#given = given;
    this.#model = model;
    this.#intents = new Map(given.intents.map((intent) => [intent.tag, intent]));
    this.#finder = finderOf(given);
    this.notes = [...notes, ...model.notes];
  }

  /**
   * Trains a bot.
   * @param intents the contents of an intents.json, or its list of intents; see `readIntents` for files
   * @throws SeqkitError `bad-value`, `usage`; `too-little-data` for fewer than two intents
   */
  static async train(intents: Intents | readonly Intent[], options: ChatbotOptions = {}): Promise<Chatbot> {
    const { vectors, includeVectors = false, threshold, seed = 1 } = chatbotOptions.parse(options);
    const given = parseIntents(intents);
    if (given.intents.length < 2) {
      throw new SeqkitError('A chatbot needs two intents at least.', {
        code: 'too-little-data',
        hint: 'Add another intent with phrases of its own.',
      });
    }
    const phrases = given.intents.flatMap(({ tag, patterns }, label) =>
      patterns.map((pattern, i): Example => [readMarks(pattern, `${tag}: patterns[${i}]`).text, label]),
    );
    const texts = phrases.map(([text]) => text);
    const sentences = wantsVectors(vectors, given.language)
      ? await sentencesOf(texts, vectors === false ? undefined : vectors, includeVectors)
      : undefined;
    const data = { phrases, intents: given.intents.length, outOfScope: given.outOfScope };
    const { language } = given;
    const { model, figures } = learnScope({ ...data, language, sentences, seed, threshold });
    const { intentNotes } = await import('./intent-notes.js');
    return new Chatbot({ given, model, figures, notes: intentNotes(given) });
  }

  /** The least probability that an intent is meant at which a message is answered. */
  get threshold(): number {
    return this.figures.threshold;
  }

  /**
   * What a message means.
   * @param contexts those that are open
   * @throws SeqkitError `bad-value`
   */
  understand(text: string, contexts: readonly string[] = []): Understanding {
    this.#lifetime.check();
    const message = messageText.parse(text, 'understand: text');
    const opened = contextNames.parse(contexts, 'understand: contexts');
    const entities = this.#finder.find(message);
    const probabilities = this.#model.probabilities(message);
    const { intents } = this.#given;
    const none = probabilities.length > intents.length ? probabilities[intents.length] : 0;
    const isOpen = (intent: FullIntent) =>
      intent.contextIn.length === 0 || intent.contextIn.some((name) => opened.includes(name));
    const ranked = intents
      .map((intent, k) => ({ intent: intent.tag, confidence: probabilities[k], open: isOpen(intent) }))
      .sort((a, b) => b.confidence - a.confidence);
    const scored = ranked.flatMap(({ open, ...one }): ScoredIntent[] => (open ? [one] : []));
    // A message that is clearly another intent's, which is closed, is nobody's.
    const isClosed = ranked[0].confidence > CLOSED_LEAD * (scored[0]?.confidence ?? 0);
    const hasWords = /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(message);
    const inScope = hasWords && !isClosed ? 1 - none : 0;
    const isMeant = inScope > 0 && inScope >= this.threshold;
    const others = isMeant ? scored.slice(1) : scored;
    return {
      intent: isMeant ? scored[0].intent : null,
      confidence: isMeant ? scored[0].confidence : 1 - inScope,
      alternatives: others.slice(0, MAX_ALTERNATIVES),
      entities,
    };
  }

  /**
   * A conversation with one user.
   * @param saved the `state` of an earlier one, which it goes on with
   * @throws SeqkitError `bad-value` for a state that is none
   */
  session(saved?: unknown): ChatSession {
    this.#lifetime.check();
    const bot: SessionBot = {
      intents: this.#intents,
      fallback: this.#given.fallback,
      understand: (text, contexts) => this.understand(text, contexts),
      knowsEntity: (entity) => this.#finder.knows(entity),
      handlerOf: (tag) => this.#handlers.get(tag),
    };
    return new ChatSession(bot, saved);
  }

  /**
   * Answers an intent by a function of yours: once its slots are filled, what it returns is said.
   * @param handler undefined for the intent's responses again
   * @throws SeqkitError `bad-value` for a tag that no intent has
   */
  on(tag: string, handler: Handler | undefined): this {
    if (!this.#intents.has(someText.parse(tag, 'on: tag'))) {
      throw new SeqkitError(`on: no intent has the tag ${JSON.stringify(tag)}.`, {
        code: 'bad-value',
        hint: `The tags are ${this.tags.join(', ')}.`,
      });
    }
    if (handler === undefined) this.#handlers.delete(tag);
    else this.#handlers.set(tag, handlerSchema.parse(handler, 'on: handler'));
    return this;
  }

  /** Writes the bot to a file, whole or not at all; handlers are not in it. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    someText.parse(path, 'save: path');
    const { force = false } = saveOptions.parse(options);
    await saveTask(path, this.toBytes(), { force });
  }

  /** The bot as a file's bytes. */
  toBytes(): Uint8Array {
    this.#lifetime.check();
    const { settings, tensors, parts } = this.#model.contents();
    const own = { figures: this.figures, ...settings, intents: this.#given };
    return encodeTask({ kind: KIND, settings: own, tensors, parts });
  }

  /**
   * Opens a saved bot.
   * @param from its file's path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access`, or `bad-file` where it is damaged or of another kind
   */
  static async load(from: FileSource, options: VerifyOptions = {}): Promise<Chatbot> {
    const { file, source } = await readTask(from, KIND, verifyOptions.parse(options));
    const { figures, intents, ...settings } = file.settings;
    const stored = <T>(read: () => T): T => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof SeqkitError)) throw error;
        throw new SeqkitError(`${source}: ${error.message}`, { code: 'bad-file', cause: error });
      }
    };
    const given = stored(() => parseIntents(intents));
    const model = await IntentModel.from(settings, file, source);
    if (model.classes !== given.intents.length && model.classes !== given.intents.length + 1) {
      throw new SeqkitError(
        `${source} tells ${model.classes} classes apart for ${given.intents.length} intents.`,
        {
          code: 'bad-file',
        },
      );
    }
    const read = stored(() => storedFigures(figures));
    const bot = stored(() => new Chatbot({ given, model, figures: read }));
    bot.notes = [...file.notes, ...bot.notes];
    return bot;
  }

  /** `load` from what `toBytes` gave. */
  static async fromBytes(bytes: Uint8Array, options: VerifyOptions = {}): Promise<Chatbot> {
    return Chatbot.load(fileBytes.parse(bytes, 'fromBytes: bytes'), options);
  }

  /** Frees the word vectors. After it every method but this one throws `usage`. */
  dispose(): void {
    this.#lifetime.endNow();
    this.#model.dispose();
  }
}

endByUsing(Chatbot);

const KIND = 'Chatbot';
const verifyOptions = optionsSchema<VerifyOptions>('load', { verify: optional(flag) });
const messageText = schemaOf<string>(
  `text of at most ${MAX_CHARACTERS} characters`,
  (value) => typeof value === 'string' && value.length <= MAX_CHARACTERS,
);

/** The default vectors are English words, and a page has no files to read them from. */
function wantsVectors(vectors: ChatbotOptions['vectors'], language: string): boolean {
  if (vectors !== undefined) return vectors !== false;
  return language === 'en' && IS_NODE;
}

function finderOf({ intents, entities }: FullIntents): EntityFinder {
  const phrases = intents.flatMap(({ tag, patterns }) =>
    patterns.map((pattern, i) => readMarks(pattern, `${tag}: patterns[${i}]`)),
  );
  const marked = phrases.flatMap((phrase) => phrase.entities);
  const asked = intents.flatMap(({ slots }) => slots.map(({ entity }) => entity));
  const names = new Set([...Object.keys(entities), ...marked.map(({ entity }) => entity), ...asked]);
  return new EntityFinder(
    entities,
    marked,
    [...names],
    phrases.map(({ text }) => text),
  );
}

function storedFigures(value: unknown): ChatbotFigures {
  const threshold = isPlainObject(value) ? value['threshold'] : undefined;
  number({ min: 0, max: 1 }).parse(threshold, 'figures.threshold');
  return value as ChatbotFigures;
}
