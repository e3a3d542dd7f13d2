import type { AbortSignalLike } from '../abort-signal.js';
import { schemaOf, type Schema } from './schema.js';

/** A signal that ends what goes on. */
export const abortSignal: Schema<AbortSignalLike> = schemaOf(
  'an AbortSignal',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<AbortSignalLike>).aborted === 'boolean',
  (value) => (value instanceof AbortController ? 'Give its signal: controller.signal.' : undefined),
);
