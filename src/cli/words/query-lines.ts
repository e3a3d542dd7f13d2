import { createInterface } from 'node:readline';
import { SeqkitError } from '../../base/errors.js';
import { counted, note, print, printJson } from '../terminal/output.js';
import { typedError } from '../terminal/report-error.js';

/** What a query gives: for `--json`, for people, and what is no result. */
export interface QueryAnswer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** How queries of stdin are written, for `--help`. */
export const QUERY_LINES =
  '\nWithout words, reads one query a line from stdin, with spaces between its words, or tabs where words hold spaces.';

/**
 * Answers the query on the command line or, where there are no words there, one query a line from
 * stdin: the answers in turn, under `--json` one value a line with the `query`. A query of stdin
 * that fails does not end the others. Its words are separated by spaces or, where there is a tab in
 * the line, by tabs alone.
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
    else tell(given);
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
      const given = await answer(wordsOf(line));
      if (json) printJson({ query, ...given.json });
      else tell(given);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      failed++;
      const { code, message, hint } = typedError(error);
      if (json) printJson({ query, error: { code, message, hint } });
      else note(`error: ${query}: ${message}`);
    }
  }
  if (asked === 0) note('Nothing was asked: no words were given, and stdin holds none.');
  if (failed > 0) {
    throw new SeqkitError(`${failed} of ${counted(asked, 'query', 'queries')} could not be answered.`, {
      code: 'bad-value',
    });
  }
}

function tell({ lines, notes }: QueryAnswer): void {
  for (const line of lines) print(line);
  for (const line of notes) note(line);
}

/** The words of a line of stdin. */
function wordsOf(line: string): string[] {
  const parts = line.includes('\t') ? line.split('\t').map((word) => word.trim()) : line.split(/\s+/);
  return parts.filter((word) => word !== '');
}
