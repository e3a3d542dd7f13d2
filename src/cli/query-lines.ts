import { createInterface } from 'node:readline';
import { SeqkitError } from '../rnn/errors.js';
import { note, print, printJson } from './output.js';

/** What a query gives: for `--json`, for people, and what is no result. */
export interface QueryAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Answers the query on the command line or, where there are no words there, one query a line from
 * stdin: the answers in turn, under `--json` one value a line with the `query`. A query of stdin
 * that fails does not end the others.
 * @param typed the words on the command line
 * @throws SeqkitError of a single query; `usage` where there are no words and stdin is a terminal;
 *   `bad-value` at the end where queries of stdin failed
 */
export async function answerQueries(
  typed: readonly string[],
  { json }: { readonly json: boolean },
  answer: (words: string[]) => Promise<QueryAnswer>,
): Promise<void> {
  if (typed.length > 0) {
    const given = await answer([...typed]);
    if (json) printJson(given.json);
    else for (const line of given.lines) print(line);
    if (!json) for (const line of given.notes) note(line);
    return;
  }
  if (process.stdin.isTTY) {
    throw new SeqkitError('No words were given.', {
      code: 'usage',
      hint: 'Give them, or one query a line on stdin.',
    });
  }
  let [asked, failed] = [0, 0];
  for await (const line of createInterface({ input: process.stdin })) {
    const query = line.trim();
    if (query === '') continue;
    if (asked++ > 0 && !json) print('');
    try {
      const { json: value, lines } = await answer(query.split(/\s+/));
      if (json) printJson({ query, ...value });
      else for (const text of lines) print(text);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      failed++;
      const { code, message, hint } = error;
      if (json) printJson({ query, error: { code, message, hint } });
      else note(`error: ${query}: ${message}`);
    }
  }
  if (asked === 0) note('Nothing was asked: no words were given, and stdin holds none.');
  if (failed > 0) {
    throw new SeqkitError(`${failed} of ${asked} queries could not be answered.`, { code: 'bad-value' });
  }
}
