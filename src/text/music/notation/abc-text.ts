import { schemaOf, type Schema } from '../../../base/schema/index.js';

/** An argument that is a tune or tunes in ABC. */
export const abcText: Schema<string> = schemaOf('text in ABC', (value) => typeof value === 'string');
