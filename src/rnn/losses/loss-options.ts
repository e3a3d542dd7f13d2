import { choice, optional, type OptionalSchema } from '../../base/schema/index.js';

/** A loss's own name among its options, as `{ name: 'huber', delta: 2 }` has it. */
export function ownName(name: string): OptionalSchema<string> {
  return optional(choice([name]));
}
