import { text } from '../../base/schema/index.js';

/** An argument that is a tune or tunes in ABC. */
export const abcText = { ...text, expected: 'text in ABC' };
