import {
  anything,
  exactly,
  optionsSchema,
  recordOf,
  someText,
  text,
  wholeNumber,
  either,
} from '../../base/schema/index.js';

/** A question that waits for its answer. */
export interface PendingSlots {
  /** The intent that asks. */
  readonly intent: string;
  /** The slot whose value is asked for. */
  readonly slot: string;
  /** The values so far, by slot. */
  readonly values: Readonly<Record<string, string>>;
  /** How often the question was asked. */
  readonly asked: number;
}

/** What a session remembers of one user: plain JSON. */
export interface SessionState {
  readonly formatVersion: 1;
  /** How many messages came. */
  readonly turn: number;
  /** Open contexts, with the turns that they stay open. */
  readonly contexts: Readonly<Record<string, number>>;
  /** The last value of each slot and entity. */
  readonly slots: Readonly<Record<string, string>>;
  readonly pending: PendingSlots | null;
  /** How often each intent has answered, by tag; the fallback under "". */
  readonly answered: Readonly<Record<string, number>>;
  /** What handlers keep; JSON. */
  readonly memory: Readonly<Record<string, unknown>>;
}

const count = wholeNumber({ min: 0 });

const pendingSlots = optionsSchema<PendingSlots>('session: pending', {
  intent: someText,
  slot: someText,
  values: recordOf(text),
  asked: count,
});

const sessionState = optionsSchema<SessionState>('session', {
  formatVersion: exactly(1),
  turn: count,
  contexts: recordOf(count),
  slots: recordOf(text),
  pending: either(pendingSlots, exactly(null)),
  answered: recordOf(count),
  memory: recordOf(anything()),
});

const NEW: SessionState = {
  formatVersion: 1,
  turn: 0,
  contexts: {},
  slots: {},
  pending: null,
  answered: {},
  memory: {},
};

/** A state that was saved, checked; or a new one. @throws SeqkitError `bad-value`, `usage` */
export function openState(saved: unknown): SessionState {
  return saved === undefined || saved === null ? NEW : sessionState.parse(saved, 'session');
}
