import {
  callback,
  either,
  listOf,
  numberOrInfinity,
  optional,
  optionsSchema,
  schemaOf,
  someText,
  wholeNumber,
  type Schema,
} from '../base/schema/index.js';

export interface HandlerOptions {
  /** What the API is called. @default 'seqkit' */
  readonly title?: string;
  /** The largest body, in bytes. @default 10 MiB */
  readonly maxBodyBytes?: number;
  /** Requests a minute of each client, and as many at once; Infinity for any number. @default 600 */
  readonly requestsPerMinute?: number;
  /** Seconds that a body may take to arrive; a stream of sound may take any time. @default 60 */
  readonly bodySeconds?: number;
  /** Origins of pages that may ask, such as `https://example.org`; `*` for every one. @default none */
  readonly cors?: string | readonly string[];
  /**
   * Names by which the server is called; others are refused, so that no page elsewhere reaches it by a name of its own
   * (DNS rebinding). @default any
   */
  readonly hosts?: readonly string[];
  /** Told of what the server itself did wrong. */
  readonly onError?: (error: unknown) => void;
}

/** Whose pages may ask: the origin of an address, or all. */
export const pageOrigin: Schema<string> = schemaOf(
  'an origin, such as https://example.org, or *',
  (value) => value === '*' || (typeof value === 'string' && isOrigin(value)),
);

function isOrigin(text: string): boolean {
  try {
    return /^https?:/.test(text) && new URL(text).origin === text;
  } catch {
    return false;
  }
}

export const handlerOptions = optionsSchema<HandlerOptions>('createHandler', {
  title: optional(someText),
  maxBodyBytes: optional(wholeNumber({ min: 1 })),
  requestsPerMinute: optional(numberOrInfinity({ min: 1 })),
  bodySeconds: optional(numberOrInfinity({ above: 0 })),
  cors: optional(either(pageOrigin, listOf(pageOrigin, { min: 1 }))),
  hosts: optional(listOf(someText, { min: 1 })),
  onError: optional(callback<(error: unknown) => void>()),
});
