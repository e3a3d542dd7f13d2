import { InTurn } from '../../base/in-turn.js';
import { someText, text as anyText } from '../../base/schema/index.js';
import type { FoundEntity } from './entity-finder.js';
import type { FullIntent } from './intents.js';
import { checkJson } from './json-value.js';
import { PLACEHOLDER } from './placeholders.js';
import { openState, type PendingSlots, type SessionState } from './session-state.js';

/** An intent, and how probable it is that it is meant. */
export interface ScoredIntent {
  readonly intent: string;
  readonly confidence: number;
}

/** What a bot makes of a message. */
export interface Understanding {
  /** The intent that is meant; null where the bot is not for it. */
  readonly intent: string | null;
  /** How probable the intent is; where none is meant, how probable that is. */
  readonly confidence: number;
  /** The next intents, the most probable first. */
  readonly alternatives: readonly ScoredIntent[];
  readonly entities: readonly FoundEntity[];
}

/** What `reply` gives. */
export interface Reply extends Understanding {
  /** What is said; empty for an intent without responses and handler. */
  readonly reply: string;
  /** What to keep for the user's next message: plain JSON. */
  readonly state: SessionState;
}

/** What a handler is told. */
export interface HandlerCall extends Understanding {
  readonly intent: string;
  readonly text: string;
  /** The values of the intent's slots and of the message's entities. */
  readonly slots: Readonly<Record<string, string>>;
  /** JSON that the session keeps; the handler may change it. */
  readonly memory: Record<string, unknown>;
  /** The response that the intent has, its slots filled in. */
  readonly response: string;
}

/** Answers in an intent's place: with a text, or with undefined for the intent's own response. */
export type Handler = (call: HandlerCall) => string | undefined | void | Promise<string | undefined | void>;

/** What a session needs of its bot. */
export interface SessionBot {
  readonly intents: ReadonlyMap<string, FullIntent>;
  readonly fallback: readonly string[];
  understand(text: string, contexts: readonly string[]): Understanding;
  knowsEntity(entity: string): boolean;
  handlerOf(tag: string): Handler | undefined;
}

/** A context stays open for this many messages after the one that opened it. */
const CONTEXT_TURNS = 5;
/** A question is asked so often, before the bot goes on without an answer. */
const MAX_ASKED = 3;

/** A conversation with one user. Messages are answered one after the other. */
export class ChatSession {
  readonly #bot: SessionBot;
  readonly #turns = new InTurn();
  #state: SessionState;

  /** @param saved the state of an earlier session */
  constructor(bot: SessionBot, saved?: unknown) {
    this.#bot = bot;
    const state = openState(saved);
    const asks = state.pending && bot.intents.get(state.pending.intent);
    // The bot may have been trained again since, without that intent.
    const stillAsks = asks?.slots.some(({ name }) => name === state.pending?.slot) === true;
    this.#state = stillAsks ? state : { ...state, pending: null };
  }

  /** What is remembered, for `bot.session(state)`: plain JSON. */
  get state(): SessionState {
    return structuredClone(this.#state);
  }

  /**
   * Answers a message.
   * @throws SeqkitError `bad-value`; whatever a handler throws, and then the state is as before
   */
  async reply(text: string): Promise<Reply> {
    const message = anyText.parse(text, 'reply: text');
    return this.#turns.run(() => this.#reply(message));
  }

  async #reply(text: string): Promise<Reply> {
    const before = this.#state;
    const understood = this.#bot.understand(text, Object.keys(before.contexts));
    const { pending } = before;
    const turn: SessionState = {
      ...before,
      turn: before.turn + 1,
      contexts: fewerTurns(before.contexts),
      pending: null,
    };
    if (pending) {
      const answer = await this.#answerPending(text, understood, pending, turn);
      if (answer) return answer;
    }
    const intent = understood.intent === null ? undefined : this.#bot.intents.get(understood.intent);
    if (!intent) return this.#say(understood, this.#nextOf('', this.#bot.fallback), counted(turn, ''));
    return this.#fill(text, understood, intent, {}, turn, 0);
  }

  /** What a message says to the question that was asked; undefined where it is about something else. */
  async #answerPending(
    text: string,
    understood: Understanding,
    pending: PendingSlots,
    turn: SessionState,
  ): Promise<Reply | undefined> {
    const intent = this.#bot.intents.get(pending.intent)!;
    const slot = intent.slots.find(({ name }) => name === pending.slot)!;
    const own = { ...understood, intent: intent.tag };
    const missing = intent.slots.filter(({ name }) => !Object.hasOwn(pending.values, name));
    if (understood.entities.some(({ entity }) => missing.some((one) => one.entity === entity))) {
      return this.#fill(text, own, intent, pending.values, turn, 0, slot.name);
    }
    if (understood.intent !== null && understood.intent !== intent.tag) return undefined;
    if (text.trim() !== '' && !this.#bot.knowsEntity(slot.entity)) {
      // Nobody has said how its values look: whatever was answered is one.
      const values = { ...pending.values, [slot.name]: text.trim() };
      return this.#fill(text, own, intent, values, turn, 0);
    }
    if (pending.asked >= MAX_ASKED) return undefined;
    if (understood.intent !== null) return this.#ask(understood, pending, turn);
    const refusal = this.#nextOf('', this.#bot.fallback);
    const again = this.#ask(understood, pending, counted(turn, ''));
    return { ...again, reply: `${refusal} ${again.reply}` };
  }

  #ask(understood: Understanding, pending: PendingSlots, turn: SessionState): Reply {
    const intent = this.#bot.intents.get(pending.intent)!;
    const { question } = intent.slots.find(({ name }) => name === pending.slot)!;
    const asked = { ...pending, asked: pending.asked + 1 };
    return this.#say(understood, filled(question, { ...turn.slots, ...pending.values }), {
      ...turn,
      pending: asked,
    });
  }

  /** Takes values from the message, and asks for the first that is missing, or answers. */
  async #fill(
    text: string,
    understood: Understanding,
    intent: FullIntent,
    given: Readonly<Record<string, string>>,
    turn: SessionState,
    asked: number,
    first?: string,
  ): Promise<Reply> {
    const values = ownFields(given);
    const left = [...understood.entities];
    // What was asked for has the first claim on a value.
    const slots = [...intent.slots].sort((a, b) => Number(b.name === first) - Number(a.name === first));
    for (const { name, entity } of slots) {
      if (Object.hasOwn(values, name)) continue;
      const at = left.findIndex((one) => one.entity === entity);
      if (at >= 0) values[name] = left.splice(at, 1)[0].value;
    }
    const missing = intent.slots.find(({ name }) => !Object.hasOwn(values, name));
    if (missing) {
      return this.#ask(understood, { intent: intent.tag, slot: missing.name, values, asked }, turn);
    }
    for (const { entity, value } of left) if (!Object.hasOwn(values, entity)) values[entity] = value;
    return this.#answer(text, understood, intent, values, turn);
  }

  async #answer(
    text: string,
    understood: Understanding,
    intent: FullIntent,
    values: Readonly<Record<string, string>>,
    turn: SessionState,
  ): Promise<Reply> {
    const slots = { ...turn.slots, ...values };
    const response = filled(this.#nextOf(intent.tag, intent.responses), slots);
    const memory = structuredClone(turn.memory) as Record<string, unknown>;
    const handler = this.#bot.handlerOf(intent.tag);
    const own = { ...understood, intent: intent.tag, text, slots: { ...values }, memory, response };
    const said = await handler?.(own);
    if (handler) checkJson(memory, `memory of the handler of "${intent.tag}"`);
    const contexts = ownFields(turn.contexts);
    for (const name of intent.contextOut) contexts[name] = CONTEXT_TURNS;
    const state = { ...counted(turn, intent.tag), slots, contexts, memory };
    return this.#say(
      understood,
      said === undefined ? response : someText.parse(said, `The answer of the handler of "${intent.tag}"`),
      state,
    );
  }

  #say(understood: Understanding, reply: string, state: SessionState): Reply {
    this.#state = state;
    return { reply, ...understood, state: structuredClone(state) };
  }

  /** Answers take turns. */
  #nextOf(tag: string, answers: readonly string[]): string {
    const times = Object.hasOwn(this.#state.answered, tag) ? this.#state.answered[tag] : 0;
    return answers.length === 0 ? '' : answers[times % answers.length];
  }
}

/** A copy in which any name is a field, `__proto__` too. */
function ownFields<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, fields);
}

function counted(state: SessionState, tag: string): SessionState {
  const times = Object.hasOwn(state.answered, tag) ? state.answered[tag] : 0;
  return { ...state, answered: { ...state.answered, [tag]: times + 1 } };
}

function fewerTurns(contexts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(contexts).flatMap(([name, turns]) => (turns > 1 ? [[name, turns - 1]] : [])),
  );
}

/** A text with the values of its slots; a slot without a value stays as written. */
function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (written, name: string) =>
    Object.hasOwn(values, name) ? values[name] : written,
  );
}
