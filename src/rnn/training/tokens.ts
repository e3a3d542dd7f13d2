import { SeqkitError } from '../../base/errors.js';

/**
 * @param count V
 * @throws SeqkitError `bad-value` for a token that is no whole number from 0 to V - 1
 */
export function checkTokens(tokens: ArrayLike<number>, count: number): void {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token >= 0 && token < count && Number.isInteger(token)) continue;
    throw new SeqkitError(`The token ${token} is not a whole number from 0 to ${count - 1}.`, {
      code: 'bad-value',
      hint: 'Give the first layer as many tokens as the vocabulary has.',
    });
  }
}
