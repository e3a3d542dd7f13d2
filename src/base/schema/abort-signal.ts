import { schemaOf, type Schema } from './schema.js';

/** A signal that ends what goes on. Of any realm: a page's frames and some test runners have classes of their own. */
export const abortSignal: Schema<AbortSignal> = schemaOf(
  'an AbortSignal',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<AbortSignal>).aborted === 'boolean' &&
    typeof (value as Partial<AbortSignal>).addEventListener === 'function',
  (value) => (value instanceof AbortController ? 'Give its signal: controller.signal.' : undefined),
);
